package io.djinn.batch;

import io.djinn.buffer.Snapshots;
import io.djinn.wal.LogWriter;

/**
 * Publishes appended batches in number order, each after it and all before it have met their
 * durability mode, and wakes the first member of each.
 */
final class Publisher {
  private final Snapshots snapshots;
  private final LogWriter log;
  private Member head;
  private Member tail;
  private boolean isStopped;

  Publisher(Snapshots snapshots, LogWriter log) {
    this.snapshots = snapshots;
    this.log = log;
  }

  /** Takes the first member of an appended batch; called in number order. */
  void appended(Member first) {
    synchronized (this) {
      if (head == null) {
        head = first;
      } else {
        tail.nextBatch = first;
      }
      tail = first;
    }
    publish();
  }

  /** Publishes nothing any more, not even what is durable; when this returns that holds. */
  synchronized void stop() {
    isStopped = true;
  }

  /** Publishes what can be; called after each sync too. */
  void publish() {
    Member first;
    Member end;
    synchronized (this) {
      if (isStopped) {
        return;
      }
      long synced = log.syncedLsn();
      long number = 0;
      first = head;
      while (head != null && (!head.isSyncedFirst || head.endLsn <= synced)) {
        number = head.number;
        head = head.nextBatch;
      }
      end = head;
      if (first != end) {
        snapshots.publish(number);
      }
    }
    wake(first, end);
  }

  /** Lets every member that waits look again: the log has failed. */
  void wakeAll() {
    Member first;
    synchronized (this) {
      first = head;
    }
    wake(first, null);
  }

  private void wake(Member first, Member end) {
    for (Member batch = first; batch != end; batch = batch.nextBatch) {
      if (batch.thread != Thread.currentThread()) {
        log.signal(batch.thread);
      }
    }
  }
}
