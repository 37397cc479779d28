package io.djinn.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Work that arrives by the clock, at a constant rate, whether or not what came before is done; the
 * latency of each piece counts from when it should have begun, so that a pause is felt by all that
 * arrive in it.
 */
final class OpenLoop {
  private static final int DIGITS = 3;

  /** How long before its time a thread stops to sleep: longer than waking takes. */
  private static final long SPIN_NANOS = 80_000;

  /** One piece of work. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  private final int threads;
  private final double perSecond;

  OpenLoop(int threads, double perSecond) {
    this.threads = threads;
    this.perSecond = perSecond;
  }

  static Histogram histogram() {
    return new Histogram(DIGITS);
  }

  /**
   * Runs all the work that arrives in a time; ends when it is done, which may be later.
   *
   * @param latencies takes nanoseconds
   */
  void run(long nanos, Work work, Histogram latencies) throws InterruptedException {
    long arrivals = Math.max(1, (long) (nanos / 1e9 * perSecond));
    AtomicLong next = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime() + SPIN_NANOS;
      List<Future<Histogram>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        results.add(
            pool.submit(
                () -> {
                  Histogram own = histogram();
                  for (long n = next.getAndIncrement(); n < arrivals; n = next.getAndIncrement()) {
                    long due = start + (long) (n * 1e9 / perSecond);
                    await(due);
                    work.run();
                    own.recordValue(System.nanoTime() - due);
                  }
                  return own;
                }));
      }
      for (Future<Histogram> result : results) {
        latencies.add(result.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the work failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static void await(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
