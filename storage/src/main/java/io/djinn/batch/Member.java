package io.djinn.batch;

/**
 * One commit on its way: queued for the writer's slot, applied by itself or by another one that
 * holds it, appended with its batch, published.
 *
 * <p>Fields are written by whoever holds the slot and read by the committing thread after it saw
 * the state they were written before.
 */
final class Member {
  /** How far a commit has come. */
  enum State {
    /** Waits for the slot, or for somebody who has it. */
    QUEUED,
    /** Has the slot. */
    LEADS,
    /** In the log's memory under its number. */
    APPENDED,
    /** Nothing to append: its promise is that of what was appended before. */
    EMPTY,
    /** Not applied, or of unknown outcome; the failure says which. */
    FAILED
  }

  final BatchCommitter.Work work;
  final SyncMode mode;
  final long nanos;
  final Thread thread = Thread.currentThread();
  final long queuedNanos;

  /** The next one in the queue; later the next one of its batch. */
  Member next;

  /** Of the first member of a batch: the first one of the next batch to be published. */
  Member nextBatch;

  /** Of the first member: whether the batch is published only when it is synced. */
  boolean isSyncedFirst;

  /** Whether it is the engine's own, or one that nobody waits for. */
  boolean isBeside;

  /** Of the first member: whether its thread alone has made this batch and the last ones. */
  boolean isAlone;

  long number;
  long endLsn;
  long appendedNanos;
  Throwable failure;
  volatile State state = State.QUEUED;

  Member(BatchCommitter.Work work, SyncMode mode, long nanos, long queuedNanos) {
    this.work = work;
    this.mode = mode;
    this.nanos = nanos;
    this.queuedNanos = queuedNanos;
  }

  boolean isSyncWanted() {
    return mode == SyncMode.SYNC || mode == SyncMode.GROUP;
  }

  /** Throws what the work threw, or what became of the batch. */
  void throwFailure() {
    if (state == State.FAILED) {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }
  }

  void fail(Throwable t) {
    failure = t;
    state = State.FAILED;
  }
}
