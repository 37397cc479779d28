package io.djinn.api;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.error.BatchTooLargeException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.NoMemoryException;
import io.djinn.error.NoSpaceException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.gin.GinWriter;
import io.djinn.gin.pending.PendingList;
import io.djinn.gin.pending.PendingRun;
import io.djinn.gin.pending.RunCompaction;
import io.djinn.metrics.WaitCause;
import io.djinn.recovery.PageStore;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Merges pending lists into their trees beside the batches that fill them, in slices: when a list
 * has rested or has grown old, when inserts owe more than their own threads have merged, and at
 * once for whoever flushes it. Compacts runs in memory outside the writer's slot.
 */
final class PendingMerger implements Agent {
  /** A list that nobody appended to for so long is merged. */
  static final long IDLE_NANOS = 200_000_000;

  /** A list with a row as old as this is merged. */
  static final long AGE_NANOS = 10_000_000_000L;

  private static final long LOOK_NANOS = 50_000_000;
  private static final long SLICE_NANOS = 1_000_000;
  private static final int SLICE_OPERATIONS = 2048;

  /** Operations that are compacted during a sync, which that should not outlast. */
  private static final int ASIDE_OPERATIONS = 4096;

  /** Operations between two looks at the clock. */
  private static final int UNIT_OPERATIONS = 512;

  private final PageStore store;
  private final GinWriter writer;
  private final Collection<PendingList> lists;
  private EngineThread thread;

  PendingMerger(PageStore store, GinWriter writer, Collection<PendingList> lists) {
    this.store = store;
    this.writer = writer;
    this.lists = lists;
  }

  void start() {
    thread = store.env().start("djinn-merge", this);
  }

  @Override
  public boolean work() {
    if (store.isCommitting() || store.seal().isSealed() || store.seal().isClosed()) {
      return false;
    }
    boolean isAny = false;
    for (PendingList list : lists) {
      boolean isDue = isDue(list);
      if (isDue || list.isHelped()) {
        try {
          RunCompaction compaction = list.isHelped() ? list.compaction() : null;
          if (compaction != null) {
            store.append(compacted(list, compaction));
          } else if (isDue) {
            store.commitBeside(sliceOf(list));
          } else {
            store.append(sliceOf(list));
          }
          isAny |= isDue(list) || list.isHelped();
        } catch (NoSpaceException
            | NoMemoryException
            | OutOfMemoryError
            | BatchTooLargeException
            | CorruptPageException e) {
          // Nothing has changed: tried again at the next look. A list that can not be merged is
          // told to whoever fills it to its limit or flushes it, and verify names a damaged page.
          continue;
        }
      }
    }
    return isAny;
  }

  private boolean isDue(PendingList list) {
    if (!list.hasWork()) {
      return false;
    }
    long now = store.env().nanoTime();
    return list.progress().isFreeing()
        || now - list.lastNanos() >= IDLE_NANOS
        || now - list.firstNanos() >= AGE_NANOS;
  }

  @Override
  public long idleNanos() {
    for (PendingList list : lists) {
      if (list.hasWork()) {
        return LOOK_NANOS;
      }
    }
    return 0;
  }

  @Override
  public void failed(Throwable t) {
    if (!store.seal().isClosed()) {
      store.seal(t);
    }
  }

  /** Merges a slice, as a batch of its own. */
  private void slice(PendingList list) {
    store.commit(sliceOf(list), SyncMode.NONE, 0);
  }

  private BatchCommitter.Work sliceOf(PendingList list) {
    return work(list, batch -> applySlice(batch, list));
  }

  /** Merges a slice of the journal of a build, as a batch of its own. */
  void sliceOfJournal(PendingList prefix) {
    store.commit(work(prefix, batch -> mergeSlice(batch, prefix)), SyncMode.NONE, 0);
  }

  /**
   * What a thread that waits for its own sync may do in a list's behalf meanwhile; null where there
   * is nothing to do, or the agent is about to.
   */
  BatchCommitter.Work aside(PendingList list) {
    if (list.isBehind()) {
      return null;
    }
    RunCompaction compaction = list.compaction();
    if (compaction == null) {
      return list.isOwing() ? owed(list) : null;
    }
    if (compaction.operations() > ASIDE_OPERATIONS) {
      thread.wake();
      return null;
    }
    return compacted(list, compaction);
  }

  /** Compacts, in the caller's thread and now; what remains is to put the run in its place. */
  private BatchCommitter.Work compacted(PendingList list, RunCompaction compaction) {
    PendingRun run = compaction.compact();
    return work(list, batch -> list.replace(batch, compaction, run));
  }

  /** Merges what inserts owe, as a batch of its own. */
  private BatchCommitter.Work owed(PendingList list) {
    return work(
        list,
        batch -> {
          if (lists.contains(list)) {
            long start = store.env().nanoTime();
            writer.begin(list.metaPageNo());
            list.mergeOwed(batch, writer);
            writer.end(batch);
            store.metrics().record(WaitCause.MERGE, store.env().nanoTime() - start);
          }
        });
  }

  private BatchCommitter.Work work(PendingList list, Consumer<OpenBatch> change) {
    return new BatchCommitter.Work() {
      @Override
      public void apply(OpenBatch batch) {
        change.accept(batch);
      }

      @Override
      public void appended(long number) {
        list.appended(number, PendingMerger.this::oldestActive);
      }
    };
  }

  private void applySlice(OpenBatch batch, PendingList list) {
    if (!lists.contains(list)) {
      // Its index was dropped.
      return;
    }
    mergeSlice(batch, list);
  }

  private void mergeSlice(OpenBatch batch, PendingList list) {
    long start = store.env().nanoTime();
    writer.begin(list.metaPageNo());
    long merged = 0;
    long unit;
    do {
      unit = list.merge(batch, writer, UNIT_OPERATIONS);
      merged += unit;
    } while (unit > 0
        && merged < SLICE_OPERATIONS
        && batch.touchedPages() < batch.frameLimit() / 4
        && !store.isSlotAwaited()
        && store.env().nanoTime() - start < SLICE_NANOS);
    writer.end(batch);
    store.metrics().record(WaitCause.MERGE, store.env().nanoTime() - start);
  }

  /** The lowest number that a snapshot may have. */
  long oldestActive() {
    return store.versions().snapshots().oldestActive();
  }

  /** Tells a list that a batch of its index was appended. */
  void appended(PendingList list, long number) {
    boolean hadWork = list.hasWork();
    boolean wasBehind = list.isBehind();
    list.appended(number, this::oldestActive);
    if (!hadWork && list.hasWork() || !wasBehind && list.isBehind()) {
      thread.wake();
    }
  }

  /** Where a list is over its limit, merges until it is not: what it holds must stay bounded. */
  void awaitRoom(GinIndex index, PendingList list) {
    // A list that another has taken the place of is merged by nobody.
    while (list.bytes() >= list.limitBytes() && index.pending() == list) {
      index.requireLive();
      slice(list);
    }
  }

  /** Merges everything that is pending now, or until another list takes the place of this one. */
  FlushResult flush(GinIndex index, PendingList list) {
    PendingList.Progress before = list.progress();
    // What is being merged now was frozen before the newest rows came.
    long merges = before.merges() + (before.isMerging() ? 2 : 1);
    while (index.pending() == list
        && (list.hasWork() && list.progress().merges() < merges || list.progress().isFreeing())) {
      index.requireLive();
      slice(list);
    }
    // The last slices may be somebody else's, of which nobody has waited to see them.
    store.awaitPublished();
    PendingList.Progress after = list.progress();
    return new FlushResult(after.rows() - before.rows(), after.freedPages() - before.freedPages());
  }

  void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
