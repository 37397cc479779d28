package io.djinn.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Counts and waits are kept whole, by any number of threads, and without garbage. */
class MetricsTest {
  private static final int THREADS = 4;
  private static final int EVENTS = 20_000;

  private final Metrics metrics = new Metrics();

  @Test
  void percentilesAreAHundredthOffAtMost() {
    for (long i = 1; i <= 1_000; i++) {
      metrics.record(WaitCause.SYNC, i * 1_000_000);
    }
    Histogram waits = metrics.waits(WaitCause.SYNC);
    assertEquals(1_000, waits.getTotalCount());
    assertEquals(500e6, waits.getValueAtPercentile(50), 5e6);
    assertEquals(990e6, waits.getValueAtPercentile(99), 9.9e6);
    assertEquals(500_500L * 1_000_000, metrics.totalNanos(WaitCause.SYNC));
    assertEquals(1_000_000_000, metrics.longestNanos(WaitCause.SYNC));
    assertEquals(0, metrics.waits(WaitCause.MERGE).getTotalCount());
  }

  @Test
  void aWaitBeyondAllBoundsCountsAsTheLongest() {
    metrics.record(WaitCause.MERGE, Long.MAX_VALUE);
    metrics.record(WaitCause.MERGE, -5);
    assertEquals(2, metrics.waits(WaitCause.MERGE).getTotalCount());
    assertEquals(3_600_000_000_000L, metrics.longestNanos(WaitCause.MERGE));
    assertEquals(3_600_000_000_000L, metrics.totalNanos(WaitCause.MERGE));
  }

  @Test
  void nothingIsLostBetweenThreads() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 1; n <= EVENTS; n++) {
                  metrics.record(WaitCause.SLOT, n);
                  metrics.add(EventCount.COMMITS, 2);
                }
              },
              "recorder-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(THREADS * EVENTS, metrics.waits(WaitCause.SLOT).getTotalCount());
    assertEquals(2L * THREADS * EVENTS, metrics.count(EventCount.COMMITS));
    assertEquals((long) THREADS * EVENTS * (EVENTS + 1) / 2, metrics.totalNanos(WaitCause.SLOT));
    assertEquals(EVENTS, metrics.longestNanos(WaitCause.SLOT));
  }

  @Test
  void recordingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(
        threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
    long least = Long.MAX_VALUE;
    // The JVM allocates in some passes, when it links calls.
    for (int pass = 0; pass < 8; pass++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        metrics.record(WaitCause.CHECKPOINT, i * 1_000_000L);
        metrics.add(EventCount.CHECKPOINTS, 1);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
    assertTrue(metrics.count(EventCount.CHECKPOINTS) > 0);
  }
}
