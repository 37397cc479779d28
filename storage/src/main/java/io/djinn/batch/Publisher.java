package io.djinn.batch;

import io.djinn.buffer.Snapshots;
import io.djinn.wal.LogWriter;
import java.util.ArrayDeque;

/**
 * Publishes appended batches in number order, each after it and all before it have met their
 * durability mode.
 */
final class Publisher {
  private record Waiting(long batch, long endLsn) {}

  private final Snapshots snapshots;
  private final LogWriter log;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long appended;
  private boolean isStopped;

  Publisher(Snapshots snapshots, LogWriter log) {
    this.snapshots = snapshots;
    this.log = log;
    appended = snapshots.published();
  }

  /** Takes an appended batch; called in number order. */
  synchronized void appended(long batch, long endLsn, SyncMode mode) {
    if (mode == SyncMode.SYNC || mode == SyncMode.GROUP) {
      waiting.add(new Waiting(batch, endLsn));
    }
    appended = batch;
    publish();
  }

  /** Publishes nothing any more, not even what is durable; when this returns that holds. */
  synchronized void stop() {
    isStopped = true;
  }

  /** Publishes what can be; called after each sync too. */
  synchronized void publish() {
    if (isStopped) {
      return;
    }
    long synced = log.syncedLsn();
    while (!waiting.isEmpty() && waiting.peek().endLsn() <= synced) {
      waiting.poll();
    }
    long number = waiting.isEmpty() ? appended : waiting.peek().batch() - 1;
    if (number > snapshots.published()) {
      snapshots.publish(number);
    }
  }
}
