package io.djinn.perf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads the bytes in an index's pending list every 10 ms, and keeps the most it saw. */
final class PendingSampler {
  private static final int INTERVAL_MILLIS = 10;

  private final TrigramStore store;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "pending-sampler");
  private volatile long samples;
  private volatile long mostBytes;
  private volatile RuntimeException failure;

  PendingSampler(TrigramStore store) {
    this.store = store;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long most = 0;
    long count = 0;
    try {
      do {
        most = Math.max(most, store.stats().pendingBytes());
        count++;
      } while (!end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
    } catch (RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    mostBytes = most;
    samples = count;
  }

  /** Ends the sampling; throws what it failed with. */
  PendingSampler stop() throws InterruptedException {
    end.countDown();
    thread.join();
    if (failure != null) {
      throw new IllegalStateException("the pending list can not be read", failure);
    }
    return this;
  }

  long samples() {
    return samples;
  }

  long mostBytes() {
    return mostBytes;
  }
}
