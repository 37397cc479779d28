package io.djinn.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * Counters and distributions of waits of one open store, written by any thread without a lock and
 * without allocating.
 *
 * <p>A snapshot taken beside writers has each event wholly or not at all in each of its figures,
 * but not the same events in all of them.
 */
public final class Metrics {
  /** Shortest time told from none. */
  private static final long LEAST_NANOS = 256;

  /** Longer waits count as this long. */
  private static final long MOST_NANOS = 3_600_000_000_000L;

  /** Two digits: a percentile is at most a hundredth off. */
  private static final int DIGITS = 2;

  private final AtomicLongArray counts = new AtomicLongArray(EventCount.values().length);
  private final AtomicLongArray totals = new AtomicLongArray(WaitCause.values().length);
  private final AtomicLongArray longest = new AtomicLongArray(WaitCause.values().length);
  private final AtomicHistogram[] waits = new AtomicHistogram[WaitCause.values().length];

  public Metrics() {
    for (int i = 0; i < waits.length; i++) {
      waits[i] = new AtomicHistogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }
  }

  public void add(EventCount event, long count) {
    counts.getAndAdd(event.ordinal(), count);
  }

  public long count(EventCount event) {
    return counts.get(event.ordinal());
  }

  /** Records that somebody was held up for so long. */
  public void record(WaitCause cause, long nanos) {
    long bounded = Math.min(MOST_NANOS, Math.max(0, nanos));
    int at = cause.ordinal();
    totals.getAndAdd(at, bounded);
    for (long most = longest.get(at);
        bounded > most && !longest.compareAndSet(at, most, bounded); ) {
      most = longest.get(at);
    }
    waits[at].recordValue(bounded);
  }

  /** A distribution as it is now. */
  public Histogram waits(WaitCause cause) {
    Histogram copy = new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    copy.add(waits[cause.ordinal()]);
    return copy;
  }

  /** The sum of all waits for a cause, nanoseconds. */
  public long totalNanos(WaitCause cause) {
    return totals.get(cause.ordinal());
  }

  /** The longest wait for a cause, nanoseconds. */
  public long longestNanos(WaitCause cause) {
    return longest.get(cause.ordinal());
  }
}
