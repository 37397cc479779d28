package io.djinn.wal;

/**
 * Which batches end where in the log, so that a sync says which are durable.
 *
 * <p>A bounded ring: when it is full the newest mark is moved on, and the batches in between become
 * durable with it, later than they might have, never sooner.
 */
final class CommitMarks {
  private static final int CAPACITY = 1 << 12;

  private final long[] batches = new long[CAPACITY];
  private final long[] ends = new long[CAPACITY];
  private int first;
  private int count;
  private volatile long durableBatch;

  CommitMarks(long durableBatch) {
    this.durableBatch = durableBatch;
  }

  long durableBatch() {
    return durableBatch;
  }

  synchronized void add(long batch, long endLsn) {
    int at = (first + Math.min(count, CAPACITY - 1)) % CAPACITY;
    batches[at] = batch;
    ends[at] = endLsn;
    count = Math.min(count + 1, CAPACITY);
  }

  synchronized void synced(long lsn) {
    while (count > 0 && ends[first] <= lsn) {
      durableBatch = batches[first];
      first = (first + 1) % CAPACITY;
      count--;
    }
  }
}
