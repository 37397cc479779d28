package io.djinn.api;

import io.djinn.memory.MemoryAccount;
import java.util.ArrayDeque;

/**
 * Memory of batches that have ended, for the next ones: a batch of many rows would else grow its
 * own from nothing, and copy it at each step.
 */
final class OperationsPool implements AutoCloseable {
  /** What is kept at most. */
  private static final int MOST_KEPT = 16;

  private static final long MOST_BYTES_EACH = 256 << 10;

  private final MemoryAccount account;
  private final long limitBytes;
  private final ArrayDeque<BatchOperations> kept = new ArrayDeque<>(MOST_KEPT);
  private boolean isClosed;

  /**
   * @param limitBytes of the keys of one batch
   */
  OperationsPool(MemoryAccount account, long limitBytes) {
    this.account = account;
    this.limitBytes = limitBytes;
  }

  /** Operations of which there are none yet. */
  BatchOperations take() {
    synchronized (this) {
      if (!kept.isEmpty()) {
        return kept.pop();
      }
    }
    return new BatchOperations(account, limitBytes);
  }

  /** Takes operations back that were committed, and that nobody looks at any more. */
  void giveBack(BatchOperations operations) {
    if (operations.clear() <= MOST_BYTES_EACH) {
      synchronized (this) {
        if (!isClosed && kept.size() < MOST_KEPT) {
          kept.push(operations);
          return;
        }
      }
    }
    operations.close();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    kept.forEach(BatchOperations::close);
    kept.clear();
  }
}
