package io.djinn.batch;

import io.djinn.buffer.PageVersions;
import io.djinn.error.DjinnException;
import io.djinn.error.StoreSealedException;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.metrics.EventCount;
import io.djinn.metrics.Metrics;
import io.djinn.metrics.WaitCause;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogRecords;
import io.djinn.wal.LogWriter;
import java.util.function.Consumer;

/**
 * The writer's slot: applies one batch at a time, appends it, links its frames, and lets it be
 * published.
 *
 * <p>Commits come in first come, first served. Whoever has the slot applies those that wait behind
 * it with its own, under one COMMIT, where their works may be shared; all of them or nothing. Where
 * one of them throws the batch is forgotten and each is applied as a batch of its own, so that it
 * fails alone.
 *
 * <p>Up to the append nothing has been written, and a batch that fails is forgotten. The append
 * itself runs under the lock that fixes redo points, with log space reserved before; whatever fails
 * there seals the store.
 */
public final class BatchCommitter implements AutoCloseable {
  /** Most commits of one batch. */
  public static final int MOST_MEMBERS = 64;

  /** Time in the slot after which a batch takes no further member. */
  private static final long SHARED_NANOS = 1_000_000;

  /** Batches of one thread in a row after which it is taken to be the only one that commits. */
  private static final int LONE_BATCHES = 4;

  /** What a commit does to the pages. */
  public interface Work {
    /**
     * Changes pages inside {@link OpenBatch#operation}s. Where {@link #isShared} it may run again,
     * on the thread of another commit too, after what it did was forgotten.
     */
    void apply(OpenBatch batch);

    /**
     * Whether it may be applied in one batch with other commits: then it changes nothing but pages
     * before {@link #appended}, and bears to be applied a second time.
     */
    default boolean isShared() {
      return false;
    }

    /**
     * The batch was appended under this number, or changed no page and leaves the newest number as
     * it was: whatever the next batch bases on besides pages is changed now. Runs once for each
     * commit that was not refused, in their order, in the writer's slot before anybody can see the
     * batch, and may not fail.
     */
    default void appended(long number) {}

    /**
     * What a commit does while it waits for its sync and nobody else commits: a batch of its own,
     * which nobody waits for and which may fail without a word. Null where there is nothing to do.
     */
    default Work aside() {
      return null;
    }
  }

  /** Waits until the log has room under its limit; runs outside any step. */
  public interface LogRoom {
    void await();

    /** Whether {@link #await} would return at once. */
    default boolean isFree() {
      return true;
    }
  }

  private final PageVersions versions;
  private final LogWriter log;
  private final OpenBatch batch;
  private final LogRecords records;
  private final Publisher publisher;
  private final LogRoom room;
  private final Consumer<Throwable> seal;
  private final Runnable check;
  private final Env env;
  private final Metrics metrics;
  private final SlotQueue slot = new SlotQueue();
  private volatile Thread holder;
  private final Object redoPoint = new Object();
  private volatile long appendedBatch;
  private volatile long redoBatch;
  private Thread lastThread;
  private int loneBatches;

  /**
   * @param lastBatch number of the newest batch there is
   * @param check throws where the store is sealed or closed
   * @param seal takes a failure after which nothing may be written any more
   */
  public BatchCommitter(
      PageVersions versions,
      LogWriter log,
      EditTable table,
      PageSupply supply,
      PageAllocator allocator,
      LogRoom room,
      Env env,
      Metrics metrics,
      long lastBatch,
      MemoryAccount account,
      Runnable check,
      Consumer<Throwable> seal) {
    this.versions = versions;
    this.log = log;
    this.room = room;
    this.env = env;
    this.metrics = metrics;
    this.check = check;
    this.seal = seal;
    records = new LogRecords(versions.file().pageSizeBytes());
    batch = new OpenBatch(versions, table, supply, allocator, account);
    publisher = new Publisher(versions.snapshots(), log);
    appendedBatch = lastBatch;
    redoBatch = lastBatch;
  }

  /** To be run after each sync of the log. */
  public void publish() {
    publisher.publish();
  }

  /** Publishes nothing any more: called before anybody can see that the store is sealed. */
  public void stopPublishing() {
    publisher.stop();
  }

  /** Lets everybody who waits for publication see that the log has failed. */
  public void wakeAll() {
    publisher.wakeAll();
  }

  /**
   * Applies, appends and publishes one commit; returns the number of its batch. One that changed
   * nothing leaves nothing in the log and returns the newest batch's number, once that and all
   * before it have met the mode asked for here: a synced commit promises everything before it,
   * whatever it holds.
   *
   * @param nanos the time of GROUP and ASYNC, nanoseconds
   */
  public long commit(Work work, SyncMode mode, long nanos) {
    return commit(new Member(work, mode, nanos, env.nanoTime()));
  }

  /**
   * As {@link #commit(Work, SyncMode, long)} without durability, for the engine's own threads: who
   * commits alone does so beside them too.
   */
  public void commitBeside(Work work) {
    commit(beside(work));
  }

  private Member beside(Work work) {
    Member member = new Member(work, SyncMode.NONE, 0, env.nanoTime());
    member.isBeside = true;
    return member;
  }

  private long commit(Member member) {
    slot.enter(member);
    log.awaitSignal(() -> isOver(member));
    if (member.state == Member.State.LEADS) {
      Member over;
      try {
        holder = member.thread;
        over = lead(member);
      } finally {
        holder = null;
        leave();
      }
      for (; over != null; over = over.nextBatch) {
        log.signal(over.thread);
      }
      try {
        boolean isAlone = isAlone(member);
        if (isAlone) {
          commitAside(member.work);
        }
        return outcome(member, isAlone);
      } finally {
        // The first one wakes the others of its batch: the log thread has better things to do.
        for (Member other = member.next; other != null; other = other.next) {
          log.signal(other.thread);
        }
      }
    }
    return outcome(member, false);
  }

  /**
   * Applies and appends a batch of its own for which nobody waits, and returns before it is
   * published, where log and frames have room for it. Throws what the work threw.
   */
  public void append(Work work) {
    append(beside(work));
  }

  /**
   * Appends images of pages that are no versions, as {@link #append} does, see {@link
   * OpenBatch#images}; returns the bytes they take in the log.
   */
  public long appendImages(int firstPageNo, long address, int pages) {
    long[] before = new long[1];
    Member member =
        beside(
            images -> {
              before[0] = log.appendedLsn();
              images.images(firstPageNo, address, pages);
            });
    append(member);
    return member.endLsn - before[0];
  }

  private void append(Member member) {
    if (!hasRoomBeside()) {
      commit(member);
      return;
    }
    slot.enter(member);
    log.awaitSignal(() -> isOver(member));
    metrics.record(WaitCause.SLOT, env.nanoTime() - member.queuedNanos);
    applyBeside(member);
    member.throwFailure();
  }

  /** Applies and appends a member that has the slot, alone. */
  private void applyBeside(Member member) {
    try {
      holder = member.thread;
      apply(member, false);
    } finally {
      holder = null;
      leave();
    }
  }

  /** Whether a commit waits for the slot. */
  public boolean isAwaited() {
    return slot.first() != null;
  }

  /** Waits until every batch that is appended now can be seen; throws where the log has failed. */
  public void awaitPublished() {
    long number = appendedBatch;
    log.await(() -> isPublished(number));
    if (!isPublished(number)) {
      log.check();
    }
  }

  private boolean hasRoomBeside() {
    return room.isFree() && versions.freeFrames() >= 2 * OpenBatch.OPERATION_PAGES;
  }

  /**
   * Does what a commit has to do aside, where the slot is free. The commit itself is appended: no
   * failure here is one of it.
   */
  private void commitAside(Work committed) {
    try {
      Work work = committed.aside();
      if (work != null && hasRoomBeside()) {
        Member member = beside(work);
        if (slot.tryEnter(member)) {
          applyBeside(member);
        }
      }
    } catch (InternalError e) {
      // A late report of a failed access to the mapping: which one is not known.
      seal.accept(e);
    } catch (RuntimeException | OutOfMemoryError e) {
      // Left to the next commit, or to the engine's threads.
    }
  }

  /** Whether a member has nothing left to wait for, or has to do its work itself. */
  private boolean isOver(Member member) {
    return switch (member.state) {
      case QUEUED -> false;
      case APPENDED -> isPublished(member.number) || log.hasFailed();
      case LEADS, EMPTY, FAILED -> true;
    };
  }

  private boolean isPublished(long number) {
    return versions.snapshots().published() >= number;
  }

  private void leave() {
    Member next = slot.handOver();
    if (next != null) {
      log.signal(next.thread);
    }
  }

  /**
   * Applies and appends a member with those that wait behind it. Returns those that were taken out
   * and are over, linked as {@link Member#nextBatch}.
   */
  private Member lead(Member first) {
    metrics.record(WaitCause.SLOT, env.nanoTime() - first.queuedNanos);
    if (apply(first, first.work.isShared())) {
      return null;
    }
    metrics.add(EventCount.SPLIT_GROUPS, 1);
    Member over = null;
    for (Member member = first; member != null; ) {
      Member following = member.next;
      member.next = null;
      apply(member, false);
      if (member != first && member.state != Member.State.APPENDED) {
        member.nextBatch = over;
        over = member;
      }
      member = following;
    }
    return over;
  }

  /**
   * Applies and appends a batch. False where a group has been forgotten because one of its members,
   * linked as {@link Member#next}, threw: then nothing has happened to any of them.
   */
  private boolean apply(Member first, boolean mayShare) {
    try {
      check.run();
      room.await();
    } catch (Throwable t) {
      first.fail(t);
      return true;
    }
    long number = appendedBatch + 1;
    Member last = first;
    try {
      batch.begin(number, loneBatches >= LONE_BATCHES);
      first.work.apply(batch);
      if (mayShare) {
        long since = env.nanoTime();
        int count = 1;
        for (Member next = takeNext(first, count, since); next != null; ) {
          last.next = next;
          last = next;
          next.work.apply(batch);
          next = takeNext(first, ++count, since);
        }
      }
      if (!batch.isEmpty()) {
        log.reserve(batch.logBytes());
      }
    } catch (InternalError e) {
      // A late report of a failed access to the mapping: which one is not known.
      batch.forget();
      seal.accept(e);
      failSealed(first, last, e);
      return true;
    } catch (Throwable t) {
      batch.forget();
      if (last != first) {
        return false;
      }
      first.fail(t);
      return true;
    }
    if (batch.isEmpty()) {
      batch.forget();
      try {
        tellAppended(appendedBatch, first);
      } catch (Throwable t) {
        seal.accept(t);
        for (Member member = first; member != null; member = member.next) {
          member.fail(t);
        }
        return true;
      }
      settle(first, appendedBatch, log.appendedLsn(), Member.State.EMPTY);
    } else {
      append(number, first);
    }
    return true;
  }

  /** The next member of the batch that the first one began, or null where it takes no more. */
  private Member takeNext(Member first, int count, long sinceNanos) {
    Member next = slot.first();
    if (next == null
        || count == MOST_MEMBERS
        || next.work == null
        || !next.work.isShared()
        || next.isBeside
        // A batch that is published at once would have to wait for its sync.
        || next.isSyncWanted() && !first.isSyncWanted()
        || batch.touchedPages() > batch.frameLimit() / 2) {
      return null;
    }
    long now = env.nanoTime();
    if (now - sinceNanos > SHARED_NANOS) {
      return null;
    }
    metrics.record(WaitCause.SLOT, now - next.queuedNanos);
    return slot.take();
  }

  private static void failSealed(Member first, Member culprit, InternalError e) {
    for (Member member = first; member != null; member = member.next) {
      member.fail(
          member == culprit
              ? e
              : new StoreSealedException(
                  "the store was sealed by another commit of the batch, of which nothing was"
                      + " written: "
                      + e.getMessage(),
                  e));
    }
  }

  private void append(long number, Member first) {
    try {
      synchronized (redoPoint) {
        batch.finish(records);
        log.begin();
        long firstLsn = log.nextLsn();
        int count = batch.recordCount();
        for (int at = 0; at < count; at++) {
          log.append(batch.encode(at, redoBatch, records, log.body()));
        }
        log.append(LogRecords.encodeCommit(log.body(), number, firstLsn, count));
        batch.link();
        // First: who acts on what the members are told must find the batch to wait for.
        appendedBatch = number;
        tellAppended(number, first);
        first.isSyncedFirst = first.isSyncWanted();
        if (!first.isBeside) {
          loneBatches = first.next == null && first.thread == lastThread ? loneBatches + 1 : 0;
          lastThread = first.thread;
          first.isAlone = loneBatches >= LONE_BATCHES;
        }
        settle(first, number, log.end(number), Member.State.APPENDED);
        publisher.appended(first);
      }
      metrics.add(EventCount.BATCHES, 1);
      if (first.next != null) {
        metrics.add(EventCount.SHARED_BATCHES, 1);
      }
    } catch (Throwable t) {
      seal.accept(t);
      first.fail(t);
      for (Member member = first.next; member != null; member = member.next) {
        member.fail(unknownOutcome(number, t.getMessage(), t));
      }
    }
  }

  private static void tellAppended(long number, Member first) {
    for (Member member = first; member != null; member = member.next) {
      member.work.appended(number);
    }
  }

  /** Tells the members of a batch where it stands, and asks for the sync they want. */
  private void settle(Member first, long number, long endLsn, Member.State state) {
    long now = env.nanoTime();
    boolean isSyncWantedNow = false;
    long withinNanos = Long.MAX_VALUE;
    for (Member member = first; member != null; member = member.next) {
      isSyncWantedNow |= member.mode == SyncMode.SYNC;
      if (member.mode == SyncMode.GROUP || member.mode == SyncMode.ASYNC) {
        withinNanos = Math.min(withinNanos, member.nanos);
      }
      member.number = number;
      member.endLsn = endLsn;
      member.appendedNanos = now;
      member.state = state;
    }
    if (isSyncWantedNow) {
      log.requestSync(endLsn);
    } else if (withinNanos != Long.MAX_VALUE) {
      log.requestSyncWithin(withinNanos);
    }
  }

  private long outcome(Member member, boolean isAlone) {
    member.throwFailure();
    boolean isEmpty = member.state == Member.State.EMPTY;
    await(member.number, member.endLsn, member.mode, isEmpty, isAlone);
    metrics.add(EventCount.COMMITS, 1);
    if (member.isSyncWanted() && !isEmpty) {
      metrics.record(WaitCause.SYNC, env.nanoTime() - member.appendedNanos);
    }
    return member.number;
  }

  /** Whether nobody but this member waits for the slot or for a sync, as far as can be seen. */
  private boolean isAlone(Member member) {
    return member.mode == SyncMode.SYNC
        && member.state == Member.State.APPENDED
        && member.isAlone
        && slot.first() == null;
  }

  private void await(long number, long endLsn, SyncMode mode, boolean isEmpty, boolean isAlone) {
    if (isEmpty) {
      // Nobody else's commit: the log thread's progress has to be looked at.
      log.await(() -> isPublished(number));
    } else if (isAlone) {
      log.awaitOwnSync(() -> isPublished(number) || log.hasFailed());
    } else {
      log.awaitSignal(() -> isPublished(number) || log.hasFailed());
    }
    if (!isPublished(number)) {
      try {
        log.check();
      } catch (StoreSealedException e) {
        throw unknownOutcome(number, e.getMessage(), e.getCause());
      }
      throw new DjinnException("batch " + number + " was not published");
    }
    if (isEmpty && (mode == SyncMode.SYNC || mode == SyncMode.GROUP)) {
      log.await(() -> log.syncedLsn() >= endLsn);
      if (log.syncedLsn() < endLsn) {
        log.check();
      }
    }
  }

  private static StoreSealedException unknownOutcome(long number, String why, Throwable cause) {
    return new StoreSealedException(
        "the outcome of batch " + number + " is unknown until the store is opened again: " + why,
        cause);
  }

  /** Where redo would start, taken so that no batch lies on both sides. */
  public record RedoPoint(long lsn, long batch) {}

  /** Fixes the redo point at the end of the appended log: later changes log images first. */
  public RedoPoint fixRedoPoint() {
    synchronized (redoPoint) {
      redoBatch = appendedBatch;
      return new RedoPoint(log.appendedLsn(), redoBatch);
    }
  }

  /** Whether the calling thread is appending a batch: no redo point may be fixed inside one. */
  public boolean isAppendingHere() {
    return Thread.holdsLock(redoPoint);
  }

  /** Whether the calling thread has the writer's slot. */
  public boolean isHeldHere() {
    return holder == Thread.currentThread();
  }

  /** Keeps batches out while the caller works; comes in like a commit. */
  public void withSlot(Runnable work) {
    Member member = new Member(null, SyncMode.NONE, 0, env.nanoTime());
    slot.enter(member);
    log.awaitSignal(() -> isOver(member));
    try {
      holder = member.thread;
      work.run();
    } finally {
      holder = null;
      leave();
    }
  }

  @Override
  public void close() {
    batch.close();
  }
}
