package io.djinn.api;

import io.djinn.buffer.SnapshotReader;
import io.djinn.error.IndexNotReadyException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.BuildJournal;
import io.djinn.gin.pending.PendingList;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.space.CatalogEntry;
import io.djinn.verify.RowVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;

/**
 * An inverted index: keys of rows to the addresses of the rows that hold them.
 *
 * <p>One that is being built takes inserts and deletes; what reads it throws {@link
 * IndexNotReadyException}, and a vacuum waits for the end of the build.
 */
public final class GinIndex {
  /** The highest TID: an unsigned number of 48 bits. */
  public static final long MAX_TID = (1L << 48) - 1;

  /**
   * One of the conditions that must hold for a row.
   *
   * @param column index of the column, 0-based
   */
  public record Condition(int column, GinQuery query) {}

  /** Where the index is found by snapshots from a batch on. */
  private static final class Version {
    private final long since;
    private final int metaPage;
    private final int root;

    /** Null where changes go to the tree itself. */
    private final PendingList pending;

    /** Where earlier snapshots find it; null where they do not, or there are none any more. */
    private volatile Version older;

    Version(long since, int metaPage, int root, PendingList pending, Version older) {
      this.since = since;
      this.metaPage = metaPage;
      this.root = root;
      this.pending = pending;
      this.older = older;
    }
  }

  private final Djinn db;
  private volatile CatalogEntry entry;
  private volatile GinSpec spec;

  /** Null until a first build has ended; changes in the writer's slot. */
  private volatile Version newest;

  /** What a build under way is told of writes, else null; changes in the writer's slot. */
  private volatile BuildJournal journal;

  private final VacuumGuard guard = new VacuumGuard();
  private volatile boolean isDropped;

  /** An index that is there. */
  GinIndex(Djinn db, CatalogEntry entry, int root, PendingList pending) {
    this(db, entry);
    newest = new Version(0, entry.metaPage(), root, pending, null);
  }

  /** An index that is being built. */
  GinIndex(Djinn db, CatalogEntry entry, BuildJournal journal) {
    this(db, entry);
    this.journal = journal;
  }

  private GinIndex(Djinn db, CatalogEntry entry) {
    this.db = db;
    this.entry = entry;
    spec = GinSpec.of(entry, db.options().operatorClasses());
  }

  public String name() {
    return entry.name();
  }

  /** Columns, options and source. */
  public GinSpec spec() {
    return spec;
  }

  CatalogEntry entry() {
    return entry;
  }

  /** Takes what the catalog says from now on; only source and rows may differ. */
  void rebound(CatalogEntry newEntry, GinSpec newSpec) {
    entry = newEntry;
    spec = newSpec;
  }

  /** A build anew has begun: writes go to its journal too. In the writer's slot. */
  void rebuilding(BuildJournal newJournal) {
    journal = newJournal;
  }

  /** A build anew has ended without a result. */
  void keepsAsItWas() {
    journal = null;
  }

  /**
   * A build has made the index, or made it anew. In the writer's slot.
   *
   * @param list null where changes go to the tree itself
   */
  void built(long number, CatalogEntry newEntry, int root, PendingList list) {
    rebound(newEntry, GinSpec.of(newEntry, db.options().operatorClasses()));
    forgetOlder(newest);
    newest = new Version(number, newEntry.metaPage(), root, list, newest);
    journal = null;
  }

  /** The pending list is empty: from a batch on changes go to the tree. In the writer's slot. */
  void unlisted(long number) {
    Version before = newest;
    forgetOlder(before);
    newest = new Version(number, before.metaPage, before.root, null, before);
  }

  /** Forgets what no snapshot can find any more. */
  private void forgetOlder(Version version) {
    if (version != null && version.older != null && db.merger().oldestActive() >= version.since) {
      version.older = null;
    }
  }

  /** Where writes are kept for a build under way; null where there is none. */
  BuildJournal journal() {
    return journal;
  }

  /** Whether there is something to be read. */
  boolean isVisible() {
    return newest != null;
  }

  private Version version() {
    Version version = newest;
    if (version == null) {
      requireLive();
      throw new IndexNotReadyException(
          "index \""
              + name()
              + "\" is being built: it takes inserts and deletes, and can be read when that is"
              + " done");
    }
    return version;
  }

  private Version version(Snapshot snapshot) {
    Version version = version();
    forgetOlder(version);
    long since = version.since;
    while (version != null && version.since > snapshot.batch()) {
      version = version.older;
    }
    if (version == null && snapshot.isExpired()) {
      throw new SnapshotExpiredException(
          "the snapshot of batch " + snapshot.batch() + " was given up");
    }
    if (version == null) {
      throw new IndexNotReadyException(
          "index \""
              + name()
              + "\" was made visible by batch "
              + since
              + ", the snapshot is of batch "
              + snapshot.batch());
    }
    return version;
  }

  int metaPage() {
    return version().metaPage;
  }

  int root() {
    return version().root;
  }

  /** The pending list, null where changes go to the tree itself or the index is being built. */
  PendingList pending() {
    Version version = newest;
    return version == null ? null : version.pending;
  }

  /** Whether rows that are written now may have to be appended to a list. */
  boolean isListed() {
    return journal != null || pending() != null;
  }

  private static PendingView pending(Version version, Snapshot snapshot) {
    return version.pending == null ? PendingView.EMPTY : version.pending.view(snapshot.batch());
  }

  /** Whether a vacuum has begun that has not ended. */
  boolean isVacuumed() {
    return guard.isBusy();
  }

  int pageSizeBytes() {
    return db.store().pageSizeBytes();
  }

  void dropped() {
    isDropped = true;
  }

  boolean isDropped() {
    return isDropped;
  }

  void requireLive() {
    if (isDropped) {
      throw new IllegalStateException("index \"" + name() + "\" was dropped");
    }
  }

  /** Throws where the index is being vacuumed of a TID. */
  void requireInsertable(long tid) {
    guard.requireInsertable(name(), tid);
  }

  /** Whether {@link #requireInsertable} may throw. */
  boolean isGuarded() {
    return guard.isUp();
  }

  /** The longest composite key of this store: column, category and key, bytes. */
  int maxKeyBytes() {
    return EntryKeys.maxKeyBytes(db.store().pageSizeBytes());
  }

  /** The most bytes of a payload in this store. */
  int maxPayloadBytes() {
    return EntryKeys.maxPayloadBytes(db.store().pageSizeBytes());
  }

  void seal(Throwable cause) {
    db.store().seal(cause);
  }

  static void checkTid(long tid) {
    if (tid < 0 || tid > MAX_TID) {
      throw new IllegalArgumentException("TID " + tid + ": must be 0 to " + MAX_TID);
    }
  }

  private void checkValues(Object[] values) {
    if (values.length != spec.columns().size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + spec.columns().size() + " columns");
    }
  }

  /**
   * Adds a row's keys to a batch.
   *
   * @param tid address of the row, 0 to {@link #MAX_TID}
   * @param values one a column, as the column's operator class takes it; null is SQL NULL
   * @throws io.djinn.error.KeyTooLongException where a key is over the limit; the batch is as
   *     before
   * @throws IllegalStateException where the index is being vacuumed of this TID; the batch is as
   *     before, and a commit of one that took the row earlier throws the same
   */
  public void insert(WriteBatch batch, long tid, Object... values) {
    checkTid(tid);
    checkValues(values);
    requireLive();
    requireInsertable(tid);
    batch.collect(this, tid, true, WriteBatch.of(values));
  }

  /** Adds the keys of a source's row to a batch. */
  public void insert(WriteBatch batch, long tid, Row row) {
    checkTid(tid);
    requireLive();
    requireInsertable(tid);
    batch.collect(this, tid, true, WriteBatch.of(row));
  }

  /**
   * Removes a row's keys in a batch.
   *
   * @param values the values the row was inserted with
   */
  public void delete(WriteBatch batch, long tid, Object... values) {
    checkTid(tid);
    checkValues(values);
    requireLive();
    batch.collect(this, tid, false, WriteBatch.of(values));
  }

  /** Removes the keys of a source's row in a batch. */
  public void delete(WriteBatch batch, long tid, Row row) {
    checkTid(tid);
    requireLive();
    batch.collect(this, tid, false, WriteBatch.of(row));
  }

  /** Searches the only or first column; the cursor says which TIDs the caller must recheck. */
  public TidCursor search(Snapshot snapshot, GinQuery query) {
    return search(snapshot, List.of(new Condition(0, query)), null);
  }

  /** Searches the only or first column and rechecks with the rows of a source. */
  public TidCursor search(Snapshot snapshot, GinQuery query, RowSource source) {
    return search(snapshot, List.of(new Condition(0, query)), source);
  }

  /**
   * Searches for rows for which all conditions hold.
   *
   * @param source where rows are fetched from for recheck; null leaves that to the caller
   */
  public TidCursor search(Snapshot snapshot, List<Condition> conditions, RowSource source) {
    if (snapshot.db() != db) {
      throw new IllegalArgumentException("the snapshot is of another store");
    }
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException("a search needs at least one condition");
    }
    for (Condition condition : conditions) {
      check(condition);
    }
    if (source != null && !source.canFetch()) {
      throw new IllegalArgumentException("the source can not fetch rows: pass null and recheck");
    }
    Version version = version(snapshot);
    return new TidCursor(
        this,
        snapshot,
        List.copyOf(conditions),
        source,
        version.metaPage,
        pending(version, snapshot));
  }

  private void check(Condition condition) {
    if (condition.column() < 0 || condition.column() >= spec.columns().size()) {
      throw new IllegalArgumentException(
          "column " + condition.column() + ": the index has " + spec.columns().size());
    }
    String own = spec.columns().get(condition.column()).operatorClass().spelling();
    String made = condition.query().operatorClass();
    if (!made.isEmpty() && !made.equals(own)) {
      throw new IllegalArgumentException(
          "the query is made for " + made + ", the column has " + own);
    }
  }

  /** Whether all conditions hold for a row. */
  boolean matches(List<Condition> conditions, Row row) {
    for (Condition condition : conditions) {
      GinSpec.Column column = spec.columns().get(condition.column());
      if (!condition.query().matches(row.value(column.path(), column.operatorClass()))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Searches for rows for which all conditions hold, and keeps their TIDs in bounded memory.
   *
   * <p>Where they would take more than the limit, blocks of TIDs are kept in their place, {@link
   * TidBitmap#isLossy}: the rows in them are found again when they are asked for, so that the
   * answer is the same whatever the limit.
   *
   * @param snapshot to be open as long as the rows of a lossy bitmap are asked for
   * @param memoryLimitBytes {@link TidBitmap#MIN_MEMORY} to {@link TidBitmap#MAX_MEMORY}
   * @throws IllegalArgumentException where the limit is out of these bounds, or for what {@link
   *     #search(Snapshot, List, RowSource)} throws it
   */
  public TidBitmap bitmap(Snapshot snapshot, List<Condition> conditions, long memoryLimitBytes) {
    TidBitmap bitmap =
        new TidBitmap(this, snapshot, List.copyOf(conditions), memoryLimitBytes, spec.slotBits());
    try (TidCursor cursor = search(snapshot, conditions, null)) {
      while (cursor.next()) {
        bitmap.add(cursor.tid(), cursor.needsRecheck());
      }
      bitmap.filled(cursor.counters());
    }
    return bitmap;
  }

  /**
   * Compares the index with the rows of its source, both ways.
   *
   * @param source the rows, at least as many as were indexed
   */
  public RowCheck verifyRows(Snapshot snapshot, RowSource source) {
    requireLive();
    Version version = version(snapshot);
    List<RowVerifier.Column> columns = new ArrayList<>();
    for (int i = 0; i < spec.columns().size(); i++) {
      GinSpec.Column column = spec.columns().get(i);
      columns.add(
          new RowVerifier.Column(column.path(), column.operatorClass(), spec.keepsPayloads(i)));
    }
    try (SnapshotReader reader = snapshot.reader()) {
      RowVerifier.Result result =
          new RowVerifier(
                  reader,
                  db.account(),
                  version.metaPage,
                  pending(version, snapshot),
                  columns,
                  source)
              .verify(spec.lastRow(), spec.absentRows());
      return new RowCheck(result.rows(), result.absentRows(), result.pairs(), result.problems());
    }
  }

  /**
   * Moves what the pending list holds now into the tree, and waits until that is visible.
   *
   * @return rows moved, and pages freed
   */
  public FlushResult flush() {
    requireLive();
    long rows = 0;
    long pages = 0;
    PendingList list = version().pending;
    while (list != null) {
      FlushResult flushed = db.merger().flush(this, list);
      rows += flushed.rows();
      pages += flushed.pages();
      PendingList present = pending();
      // Another one where the index was built anew meanwhile.
      list = present == list ? null : present;
    }
    return new FlushResult(rows, pages);
  }

  /**
   * Removes every TID that is dead, from every key; keys and pages that are left empty go too.
   *
   * <p>Drains the pending list up to now first. Others may read and write meanwhile, but a TID
   * called dead must not be inserted before this has returned; {@link #vacuum(TidSet,
   * VacuumOptions)} sees to that itself. Works in small steps and batches: after a crash, a failure
   * or a cancelling some TIDs are gone and others not, and another vacuum removes the rest. When it
   * returns, what it removed is as durable as a commit of this store.
   *
   * @param isDead asked once for each key and TID, in the calling thread and outside of steps and
   *     batches; it may be slow and may read the store
   * @throws io.djinn.error.VacuumCancelledException where the options' token was cancelled or the
   *     calling thread interrupted, whose interrupt is kept; both are looked at before each TID is
   *     tested and before each batch
   * @throws IllegalStateException where the index is being vacuumed already, or is dropped
   *     meanwhile
   */
  public VacuumReport vacuum(LongPredicate isDead, VacuumOptions options) {
    return vacuum(Objects.requireNonNull(isDead, "isDead"), null, options);
  }

  /**
   * As {@link #vacuum(LongPredicate, VacuumOptions)}, with the dead TIDs known beforehand: while
   * this runs an insert of one of them is refused.
   */
  public VacuumReport vacuum(TidSet dead, VacuumOptions options) {
    return vacuum(dead::contains, dead, options);
  }

  private VacuumReport vacuum(LongPredicate isDead, TidSet dead, VacuumOptions options) {
    Objects.requireNonNull(options, "options");
    db.store().seal().check();
    requireLive();
    guard.begin(name(), dead);
    try (Vacuum vacuum = new Vacuum(db, this, isDead, options)) {
      return vacuum.run();
    } finally {
      guard.end();
    }
  }

  /** The counts of the index as a snapshot sees them. */
  public GinStats stats(Snapshot snapshot) {
    int metaPage = version(snapshot).metaPage;
    return db.inStep(
        snapshot,
        reader -> {
          GinMetaPage meta = new GinMetaPage().read(reader, metaPage);
          return new GinStats(
              meta.totalPages(),
              meta.entryPages(),
              meta.postingPages(),
              meta.keys(),
              meta.tids(),
              meta.pendingPages(),
              meta.pendingRows(),
              meta.pendingBytes(),
              meta.formatVersion());
        });
  }
}
