package io.djinn.gin.pending;

import io.djinn.batch.OpenBatch;
import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.entry.KeyChanges;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The pending list of one index: an ordered journal of inserts and deletes in pages of its own,
 * which are in memory too, as one {@link PendingView} a batch number, so that every snapshot sees
 * the list as it was.
 *
 * <pre>
 * pages   head -> ... -> frozenTail -> ... -> tail       (linked by the metapage)
 *         merged or being merged     appended to
 * view    frozen runs                newer runs
 * </pre>
 *
 * <p>Merging freezes what there is and walks its keys in slices, each part of some batch: a slice
 * puts the newest operations of a range of keys into the tree. Until the walk is complete a key may
 * be found in both places, with the same outcome; then the frozen runs leave the view, and the
 * frozen pages are freed. A crash begins the walk anew.
 *
 * <p>Changes are staged while a batch is applied, in the writer's slot, and hold from {@link
 * #appended} on; a batch that is given up leaves nothing.
 */
public final class PendingList {
  /** What a merge changes: the entry tree, and the counts of the metapage. */
  public interface Tree {
    /** Makes the changes of many keys, in operations of its own. */
    void changeMany(OpenBatch batch, int root, KeyChanges changes);

    /** Where changes of the metapage's counts are added. */
    GinCounts counts();

    /** Memory for a composite key, and for arguments of a record of the metapage behind it. */
    long keyBuffer();

    long arguments();
  }

  /** Bytes merged for each byte appended, above half the limit. */
  private static final int PACE = 2;

  /** Bytes owed that call for somebody to merge beside the batches that append. */
  private static final int SLICE_BYTES = 16 << 10;

  /**
   * Bytes that are worth a slice while a lone commit waits for its sync, which it should not
   * outlast.
   */
  private static final int ASIDE_BYTES = 4 << 10;

  /** A small list is merged in smaller slices. */
  private static final int SLICES_PER_LIMIT = 64;

  /** Part of the limit that may be owed before a batch of a lone thread merges itself. */
  private static final int LONE_OWED_PER_LIMIT = 16;

  /** Runs of a tier beyond its fan-in that call for somebody to compact them. */
  private static final int LOOSE_SLACK = 8;

  /** Runs of a tier beyond its fan-in with which a batch of a lone thread compacts itself. */
  static final int LONE_SLACK = 16;

  /** Pages of merged rows that one batch frees. */
  private static final int SLICE_PAGES = 64;

  /** TIDs of one key that a slice changes. */
  private static final int CHUNK_TIDS = 256;

  /** Pages that a TID of a posting tree changes at most, but for those every one changes. */
  private static final int PAGES_PER_TID = 3;

  /** Pages that a slice changes beside those of its TIDs. */
  private static final int PAGES_BESIDE = 16;

  private static final int PRUNE_INTERVAL = 16;
  private static final byte[] FIRST_KEY = new byte[0];

  /** The view that snapshots see from a batch number on, to the next newer version's. */
  private static final class Version {
    private final long number;
    private final PendingView view;
    private volatile Version older;

    Version(long number, PendingView view, Version older) {
      this.number = number;
      this.view = view;
      this.older = older;
    }
  }

  /** Everything a batch may change beside pages. */
  private static final class State {
    private PendingView view = PendingView.EMPTY;
    private long rows;
    private long bytes;
    private long frozenRows;
    private long frozenBytes;
    private long frozenOperations;
    private byte[] mergeFrom = FIRST_KEY;
    private long mergeFromTid;
    private boolean isFreeing;
    private long owedBytes;
    private boolean isLone;
    private long firstNanos;
    private long lastNanos;
    private long merges;
    private long mergedRows;
    private long freedPages;

    State copy() {
      State copy = new State();
      copy.view = view;
      copy.rows = rows;
      copy.bytes = bytes;
      copy.frozenRows = frozenRows;
      copy.frozenBytes = frozenBytes;
      copy.frozenOperations = frozenOperations;
      copy.mergeFrom = mergeFrom;
      copy.mergeFromTid = mergeFromTid;
      copy.isFreeing = isFreeing;
      copy.owedBytes = owedBytes;
      copy.isLone = isLone;
      copy.firstNanos = firstNanos;
      copy.lastNanos = lastNanos;
      copy.merges = merges;
      copy.mergedRows = mergedRows;
      copy.freedPages = freedPages;
      return copy;
    }
  }

  private final int metaPageNo;
  private final int root;
  private final long limitBytes;
  private final long[] inserts = new long[CHUNK_TIDS];
  private final long[] deletes = new long[CHUNK_TIDS];
  private final ByteStrings payloads = new ByteStrings();
  private final ByteStrings payloadsOfAll = new ByteStrings();

  private State state = new State();
  private State staged;
  private long stagedAttempt = -1;
  private int untilPruned = PRUNE_INTERVAL;

  /** The walk of the last slice, and the place it stands on: {@link State#mergeFrom} itself. */
  private PendingCursor walk;

  private byte[] walkAt;
  private volatile Version newest;
  private volatile long bytes;
  private volatile long firstNanos;
  private volatile long lastNanos;
  private volatile boolean hasWork;
  private volatile boolean isOwing;
  private volatile boolean isLoose;
  private volatile boolean isBehind;
  private volatile boolean isHelped;
  private volatile Progress progress = new Progress(0, 0, 0, false, false);

  /**
   * How far merging has come since the store was opened.
   *
   * @param merges walks that were completed
   * @param rows rows they moved into the tree
   * @param freedPages pages freed behind them
   * @param isMerging whether a walk is under way
   * @param isFreeing whether pages of a completed walk are still to be freed
   */
  public record Progress(
      long merges, long rows, long freedPages, boolean isMerging, boolean isFreeing) {}

  /** An empty list. */
  public PendingList(int metaPageNo, int root, long limitBytes) {
    this.metaPageNo = metaPageNo;
    this.root = root;
    this.limitBytes = limitBytes;
    newest = new Version(0, state.view, null);
  }

  /**
   * Builds the list in memory from its pages.
   *
   * @param reader of a snapshot, outside any step
   */
  public static PendingList load(
      SnapshotReader reader, int metaPageNo, long limitBytes, long nowNanos) {
    return of(
        new PendingLoader(metaPageNo).load(PendingLoader.in(reader)), limitBytes, nowNanos, 0);
  }

  /**
   * The list whose content was loaded.
   *
   * @param since number of the batch it is seen from
   */
  static PendingList of(PendingLoader loader, long limitBytes, long nowNanos, long since) {
    PendingList list = new PendingList(loader.metaPageNo(), loader.root(), limitBytes);
    State state = list.state;
    state.view = loader.view();
    state.rows = loader.rows();
    state.bytes = loader.bytes();
    state.frozenRows = loader.frozenRows();
    state.frozenBytes = loader.frozenBytes();
    state.frozenOperations = state.view.hasFrozen() ? state.view.frozen().operations() : 0;
    state.isFreeing = loader.isFreeing();
    state.firstNanos = nowNanos;
    state.lastNanos = nowNanos;
    list.newest = new Version(since, state.view, null);
    list.show();
    return list;
  }

  /** The list as a registered snapshot of this number sees it. */
  public PendingView view(long snapshot) {
    Version version = newest;
    while (version.number > snapshot && version.older != null) {
      version = version.older;
    }
    return version.view;
  }

  public int metaPageNo() {
    return metaPageNo;
  }

  /** Bytes of the rows in the list, as of the newest batch. */
  public long bytes() {
    return bytes;
  }

  public long limitBytes() {
    return limitBytes;
  }

  public Progress progress() {
    return progress;
  }

  /** Whether there are rows to merge, or pages to free. */
  public boolean hasWork() {
    return hasWork;
  }

  /** When the oldest row that may still be there was appended. */
  public long firstNanos() {
    return firstNanos;
  }

  /** When the newest row was appended. */
  public long lastNanos() {
    return lastNanos;
  }

  /** What the batch has made of the list so far; begun anew by each attempt to apply a batch. */
  private State stage(OpenBatch batch) {
    if (stagedAttempt != batch.attempt()) {
      staged = state.copy();
      stagedAttempt = batch.attempt();
    }
    return staged;
  }

  /**
   * The batch was appended: what it staged holds from its number on.
   *
   * @param oldestActive gives the lowest number that a snapshot may have
   */
  public void appended(long number, LongSupplier oldestActive) {
    if (staged == null) {
      // Another member of the same batch has been told.
      return;
    }
    state = staged;
    staged = null;
    stagedAttempt = -1;
    Version before = newest;
    if (before.view != state.view) {
      newest = new Version(number, state.view, before);
      if (--untilPruned == 0) {
        untilPruned = PRUNE_INTERVAL;
        prune(oldestActive.getAsLong());
      }
    }
    show();
  }

  private void show() {
    bytes = state.bytes;
    firstNanos = state.firstNanos;
    lastNanos = state.lastNanos;
    isOwing = state.owedBytes >= Math.min(ASIDE_BYTES, limitBytes / SLICES_PER_LIMIT / 2);
    isLoose = state.view.isLoose(0);
    isHelped = state.isLone && (isOwing || isLoose);
    isBehind =
        isHelped
            && (state.owedBytes >= Math.min(SLICE_BYTES, limitBytes / SLICES_PER_LIMIT)
                || isLoose && state.view.isLoose(LOOSE_SLACK));
    hasWork = !state.view.isEmpty() || state.isFreeing;
    if (state.merges != progress.merges()
        || state.freedPages != progress.freedPages()
        || state.isFreeing != progress.isFreeing()
        || state.view.hasFrozen() != progress.isMerging()) {
      progress =
          new Progress(
              state.merges,
              state.mergedRows,
              state.freedPages,
              state.view.hasFrozen(),
              state.isFreeing);
    }
  }

  /** Forgets versions that no snapshot can see any more. */
  private void prune(long oldestActive) {
    Version version = newest;
    while (version.number > oldestActive && version.older != null) {
      version = version.older;
    }
    version.older = null;
  }

  /**
   * Appends the rows of a batch; above half the limit twice as much is owed to the tree. Where many
   * threads commit the batch merges that and compacts runs itself, which is the least work in all;
   * a lone thread leaves both to its waits and to the agent, as long as they keep up.
   *
   * @param run the same rows' operations
   */
  public void append(
      OpenBatch batch, Tree tree, PendingJournal journal, PendingRun run, long nowNanos) {
    State changed = stage(batch);
    PendingPages.append(batch, tree, metaPageNo, journal);
    if (changed.view.isEmpty()) {
      changed.firstNanos = nowNanos;
    }
    changed.lastNanos = nowNanos;
    changed.isLone = batch.isLone();
    changed.view = changed.view.with(run, batch.isLone() ? LONE_SLACK : 0);
    changed.rows += journal.rows();
    changed.bytes += journal.bytes();
    if (changed.bytes > limitBytes / 2) {
      changed.owedBytes += (long) PACE * journal.bytes();
    }
    long mostOwed =
        batch.isLone()
            ? limitBytes / LONE_OWED_PER_LIMIT
            : Math.min(SLICE_BYTES, limitBytes / SLICES_PER_LIMIT);
    if (changed.owedBytes >= mostOwed) {
      mergeOwed(batch, tree, Math.max(SLICE_BYTES, (long) PACE * journal.bytes()));
    }
  }

  /** Whether inserts have left enough to merge for a slice of its own. */
  public boolean isOwing() {
    return isOwing;
  }

  /** Whether a lone thread has left something to merge or to compact. */
  public boolean isHelped() {
    return isHelped;
  }

  /** Whether that is so much that it should not wait for an occasion. */
  public boolean isBehind() {
    return isBehind;
  }

  /** Merges some of what inserts have left: a slice, at most about so many bytes of it. */
  public void mergeOwed(OpenBatch batch, Tree tree, long mostBytes) {
    State changed = stage(batch);
    if (changed.owedBytes == 0) {
      return;
    }
    if (!changed.isFreeing && !changed.view.hasFrozen() && !changed.view.isEmpty()) {
      freeze(batch, tree);
    }
    double operationsPerByte =
        changed.frozenBytes == 0 ? 0 : (double) changed.frozenOperations / changed.frozenBytes;
    long wanted = Math.min(mostBytes, changed.owedBytes);
    merge(batch, tree, Math.max(1, (long) Math.ceil(wanted * operationsPerByte)));
  }

  /** Merges twice as many bytes as a batch has appended behind the list. */
  void pay(OpenBatch batch, Tree tree, int appendedBytes) {
    long most = (long) PACE * appendedBytes;
    stage(batch).owedBytes += most;
    if (hasRoom(batch)) {
      mergeOwed(batch, tree, Math.max(SLICE_BYTES, most));
    }
  }

  /** Whether the batch leaves nothing to merge and no page to free. */
  public boolean isDone(OpenBatch batch) {
    State changed = stage(batch);
    return changed.view.isEmpty() && !changed.isFreeing;
  }

  /** Merges a slice of what inserts have left, as a batch of its own. */
  public void mergeOwed(OpenBatch batch, Tree tree) {
    mergeOwed(batch, tree, SLICE_BYTES);
  }

  /**
   * Runs of the newest view that should become one: whoever has the time compacts them, outside the
   * writer's slot, and gives the result to {@link #replace}. Null where there are none.
   */
  public RunCompaction compaction() {
    return isLoose ? newest.view.compaction(0) : null;
  }

  /** Puts a compacted run in place of its inputs, where they are still there. */
  public void replace(OpenBatch batch, RunCompaction compaction, PendingRun compacted) {
    State changed = stage(batch);
    changed.view = changed.view.with(compaction, compacted);
  }

  /**
   * Does some of the work there is: freezes, merges, or frees.
   *
   * @param operations how many operations on a key and TID to merge at most, about
   * @return operations merged
   */
  public long merge(OpenBatch batch, Tree tree, long operations) {
    State changed = stage(batch);
    if (changed.isFreeing) {
      batch.operation(() -> freePages(batch, tree, changed));
      return 0;
    }
    if (!changed.view.hasFrozen()) {
      if (changed.view.isEmpty()) {
        return 0;
      }
      freeze(batch, tree);
    }
    return walk(batch, tree, changed, operations);
  }

  private void freeze(OpenBatch batch, Tree tree) {
    State changed = stage(batch);
    batch.operation(
        () -> {
          GinMetaPage meta = new GinMetaPage().read(batch, metaPageNo);
          GinMetaPage.setPending(
              batch,
              metaPageNo,
              meta.pendingHead(),
              meta.pendingTail(),
              meta.pendingTail(),
              false,
              tree.arguments());
        });
    changed.view = changed.view.freeze();
    changed.frozenRows = changed.rows;
    changed.frozenBytes = changed.bytes;
    changed.frozenOperations = changed.view.frozen().operations();
    changed.mergeFrom = FIRST_KEY;
    changed.mergeFromTid = 0;
    changed.firstNanos = changed.lastNanos;
  }

  /** Puts operations of the next keys into the tree; completes the merge behind the last one. */
  private long walk(OpenBatch batch, Tree tree, State changed, long budget) {
    FrozenChanges changes = new FrozenChanges(batch, tree, changed, budget);
    tree.changeMany(batch, root, changes);
    double bytesPerOperation = (double) changed.frozenBytes / Math.max(1, changed.frozenOperations);
    changed.owedBytes =
        Math.max(0, changed.owedBytes - (long) Math.ceil(changes.merged * bytesPerOperation));
    if (changes.isAtEnd) {
      complete(batch, tree, changed);
      walk = null;
      walkAt = null;
    } else {
      changes.mark();
    }
    return changes.merged;
  }

  /** The frozen operations from where the walk stands on, until enough are merged. */
  private final class FrozenChanges implements KeyChanges {
    private final OpenBatch batch;
    private final State changed;
    private final long keyBuffer;
    private final long budget;
    private final PendingCursor cursor;
    private boolean standsOnKey;
    private boolean isAtEnd;
    private boolean isCut;
    private long merged;
    private int inserted;
    private int deleted;
    private boolean hasPayloads;

    FrozenChanges(OpenBatch batch, Tree tree, State changed, long budget) {
      this.batch = batch;
      this.changed = changed;
      this.budget = budget;
      keyBuffer = tree.keyBuffer();
      // A slice that was given up has gone on in the walk but not in the state.
      boolean goesOn = walk != null && walkAt == changed.mergeFrom;
      cursor = goesOn ? walk : changed.view.frozen().cursor(changed.mergeFrom);
      standsOnKey = goesOn && changed.mergeFromTid > 0;
      walk = cursor;
      walkAt = null;
    }

    @Override
    public boolean next() {
      if (isCut || merged >= budget || !hasRoom(batch)) {
        return false;
      }
      if (!standsOnKey && !cursor.next()) {
        isAtEnd = true;
        return false;
      }
      standsOnKey = false;
      NativeMemory.copyFromArray(cursor.key(), 0, keyBuffer, cursor.keyLength());
      take(cursor.tids());
      return true;
    }

    /** Takes some TIDs of the key; the walk goes on behind them. */
    private void take(PendingTids tids) {
      int at = 0;
      while (at < tids.count() && tids.tid(at) < changed.mergeFromTid) {
        at++;
      }
      // Each may be on a leaf of its own, and the batch must hold them all.
      int room = (batch.frameLimit() - batch.touchedPages() - PAGES_BESIDE) / PAGES_PER_TID;
      int end = Math.min(tids.count(), at + Math.max(1, Math.min(CHUNK_TIDS, room)));
      inserted = 0;
      deleted = 0;
      hasPayloads = cursor.hasPayloads();
      int first = at;
      payloads.clear();
      payloadsOfAll.clear();
      if (hasPayloads) {
        cursor.addPayloads(at, end, payloadsOfAll);
      }
      for (; at < end; at++) {
        if (tids.isDelete(at)) {
          deletes[deleted++] = tids.tid(at);
        } else {
          if (hasPayloads) {
            payloads.addAll(payloadsOfAll, at - first, at - first + 1);
          }
          inserts[inserted++] = tids.tid(at);
        }
      }
      merged += Math.max(1, inserted + deleted);
      isCut = at < tids.count();
      changed.mergeFromTid = isCut ? tids.tid(at) : 0;
    }

    /** Remembers where the walk is to go on: at the key it stands on, or behind it. */
    void mark() {
      if (merged == 0) {
        return;
      }
      // Behind a key comes the same key with a further byte.
      changed.mergeFrom = Arrays.copyOf(cursor.key(), cursor.keyLength() + (isCut ? 0 : 1));
      if (!isCut) {
        changed.mergeFrom[cursor.keyLength()] = 0;
      }
      walkAt = changed.mergeFrom;
    }

    @Override
    public long key() {
      return keyBuffer;
    }

    @Override
    public int keyLength() {
      return cursor.keyLength();
    }

    @Override
    public long[] inserts() {
      return inserts;
    }

    @Override
    public int inserted() {
      return inserted;
    }

    @Override
    public ByteStrings payloads() {
      return hasPayloads ? payloads : null;
    }

    @Override
    public long[] deletes() {
      return deletes;
    }

    @Override
    public int deleted() {
      return deleted;
    }
  }

  /** Whether the batch may touch as many pages again as one operation may. */
  private static boolean hasRoom(OpenBatch batch) {
    return batch.touchedPages() == 0
        || batch.touchedPages() + OpenBatch.OPERATION_PAGES <= batch.frameLimit() / 2
        || batch.touchedPages() < batch.frameLimit() / 4;
  }

  /** The tree has all that was frozen. */
  private void complete(OpenBatch batch, Tree tree, State changed) {
    batch.operation(
        () -> {
          GinMetaPage meta = new GinMetaPage().read(batch, metaPageNo);
          GinMetaPage.setPending(
              batch,
              metaPageNo,
              meta.pendingHead(),
              meta.pendingTail(),
              meta.frozenTail(),
              true,
              tree.arguments());
        });
    tree.counts().add(Field.PENDING_ROWS, -changed.frozenRows);
    tree.counts().add(Field.PENDING_BYTES, -changed.frozenBytes);
    changed.merges++;
    changed.mergedRows += changed.frozenRows;
    changed.rows -= changed.frozenRows;
    changed.bytes -= changed.frozenBytes;
    changed.frozenRows = 0;
    changed.frozenBytes = 0;
    changed.frozenOperations = 0;
    changed.view = changed.view.withoutFrozen();
    changed.isFreeing = true;
    if (changed.bytes <= limitBytes / 2) {
      // A longer walk later puts more operations into each leaf.
      changed.owedBytes = 0;
    }
  }

  /** Frees some of the pages whose rows the tree has, first ones first. */
  private void freePages(OpenBatch batch, Tree tree, State changed) {
    GinMetaPage meta = new GinMetaPage().read(batch, metaPageNo);
    int head = meta.pendingHead();
    int tail = meta.pendingTail();
    int frozenTail = meta.frozenTail();
    int freed = 0;
    boolean isLast = false;
    while (!isLast && freed < SLICE_PAGES) {
      PendingPage.check(batch.page(head), head, batch.pageSizeBytes());
      int next = PendingPage.next(batch.page(head));
      isLast = head == frozenTail;
      batch.free(head);
      freed++;
      head = next;
    }
    if (isLast) {
      frozenTail = 0;
      changed.isFreeing = false;
      tail = head == 0 ? 0 : tail;
    }
    GinMetaPage.setPending(batch, metaPageNo, head, tail, frozenTail, !isLast, tree.arguments());
    tree.counts().add(Field.PENDING_PAGES, -freed);
    changed.freedPages += freed;
  }
}
