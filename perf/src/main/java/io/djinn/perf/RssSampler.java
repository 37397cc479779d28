package io.djinn.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The highest anonymous resident memory of this process while the sampler runs: {@code RssAnon} of
 * {@code /proc/self/status}, read at intervals, at the start and at the end.
 */
final class RssSampler {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String FIELD = "RssAnon:";
  private static final int INTERVAL_MILLIS = 50;

  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread = new Thread(this::sample, "rss-sampler");
  private volatile long peakBytes;

  RssSampler() {
    peakBytes = residentBytes();
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether the system tells. */
  static boolean isAvailable() {
    return Files.isReadable(STATUS);
  }

  /** Anonymous resident memory of this process now. */
  static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(FIELD)) {
          String kilobytes = line.substring(FIELD.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) << 10;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(STATUS + " has no " + FIELD);
  }

  private void sample() {
    try {
      while (!end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
        peakBytes = Math.max(peakBytes, residentBytes());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the sampling; returns the highest value seen, bytes. */
  long stop() throws InterruptedException {
    end.countDown();
    thread.join();
    return Math.max(peakBytes, residentBytes());
  }
}
