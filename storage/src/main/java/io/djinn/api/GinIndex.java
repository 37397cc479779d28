package io.djinn.api;

import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.GinMetaPage;
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

/** An inverted index: keys of rows to the addresses of the rows that hold them. */
public final class GinIndex {
  /** The highest TID: an unsigned number of 48 bits. */
  public static final long MAX_TID = (1L << 48) - 1;

  /**
   * One of the conditions that must hold for a row.
   *
   * @param column index of the column, 0-based
   */
  public record Condition(int column, GinQuery query) {}

  private final Djinn db;
  private volatile CatalogEntry entry;
  private volatile GinSpec spec;
  private final int root;
  private final PendingList pending;
  private final VacuumGuard guard = new VacuumGuard();
  private volatile boolean isDropped;

  /**
   * @param pending null where changes go to the tree itself
   */
  GinIndex(Djinn db, CatalogEntry entry, int root, PendingList pending) {
    this.db = db;
    this.entry = entry;
    this.root = root;
    this.pending = pending;
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

  int metaPage() {
    return entry.metaPage();
  }

  int root() {
    return root;
  }

  /** The pending list, null where changes go to the tree itself. */
  PendingList pending() {
    return pending;
  }

  private PendingView pending(Snapshot snapshot) {
    return pending == null ? PendingView.EMPTY : pending.view(snapshot.batch());
  }

  int pageSizeBytes() {
    return db.store().pageSizeBytes();
  }

  void dropped() {
    isDropped = true;
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
    return new TidCursor(this, snapshot, List.copyOf(conditions), source, pending(snapshot));
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
    List<RowVerifier.Column> columns = new ArrayList<>();
    for (int i = 0; i < spec.columns().size(); i++) {
      GinSpec.Column column = spec.columns().get(i);
      columns.add(
          new RowVerifier.Column(column.path(), column.operatorClass(), spec.keepsPayloads(i)));
    }
    try (SnapshotReader reader = snapshot.reader()) {
      RowVerifier.Result result =
          new RowVerifier(reader, db.account(), metaPage(), pending(snapshot), columns, source)
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
    return pending == null ? new FlushResult(0, 0) : db.merger().flush(this);
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
    return db.inStep(
        snapshot,
        reader -> {
          GinMetaPage meta = new GinMetaPage().read(reader, entry.metaPage());
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
