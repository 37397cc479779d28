package io.djinn.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that insert as fast as they can for a while, each commit before the thread's next one.
 */
final class InsertPhase {
  private InsertPhase() {}

  /**
   * Rows a second: those committed, over the time from the common start to the last thread's end.
   *
   * @param rowsPerBatch rows of each commit
   */
  static double rowsPerSecond(TrigramStore store, int threads, int rowsPerBatch, long nanos)
      throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      CountDownLatch go = new CountDownLatch(1);
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        results.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  go.await();
                  long rows = 0;
                  long end = System.nanoTime() + nanos;
                  do {
                    store.insert(rowsPerBatch);
                    rows += rowsPerBatch;
                  } while (System.nanoTime() < end);
                  return rows;
                }));
      }
      ready.await();
      long start = System.nanoTime();
      go.countDown();
      long rows = 0;
      for (Future<Long> result : results) {
        rows += result.get();
      }
      return rows * 1e9 / (System.nanoTime() - start);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an insert failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
