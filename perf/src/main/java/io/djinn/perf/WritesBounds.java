package io.djinn.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the figures of {@link WritesCommand} must keep. */
final class WritesBounds {
  static final double LEAST_SHARE_OF_RAW = 0.75;
  static final double LEAST_TIMES_ONE_THREAD = 8;
  static final double MOST_TIMES_MEDIAN = 20;
  static final double MOST_TIMES_RAW = 2;
  static final double MOST_QUERY_RATIO = 2;

  /** A list is full from this share of its limit on: at half of it inserts begin to merge. */
  static final double LEAST_SHARE_OF_FULL = 0.25;

  /** The arrivals that must be met: else it was no constant load. */
  static final double LEAST_SHARE_OF_RATE = 0.9;

  private static final double MOST_MERGE_MICROS = 50_000;

  private WritesBounds() {}

  /** In words, each bound that a part's figures are out of. */
  static List<String> broken(WritesPart part, Figures figures) {
    List<String> broken = new ArrayList<>();
    switch (part) {
      case DURABLE -> {
        atLeast(broken, "one thread, share of raw", figures, "shareOfRaw", LEAST_SHARE_OF_RAW);
        atLeast(broken, "16 threads, times one", figures, "timesOneThread", LEAST_TIMES_ONE_THREAD);
      }
      case ASYNC -> {}
      case QUERIES -> {
        atLeast(
            broken,
            "bytes in the full pending list",
            figures,
            "leastPendingBytes",
            LEAST_SHARE_OF_FULL * figures.number("pendingListLimit"));
        atMost(broken, "full to empty pending list", figures, "ratio", MOST_QUERY_RATIO);
      }
      case CONSTANT -> {
        atLeast(
            broken,
            "arrivals met a second",
            figures,
            "reachedPerSecond",
            LEAST_SHARE_OF_RATE * figures.number("perSecond"));
        atMost(
            broken,
            "p99.9 of inserts, µs",
            figures,
            "insertP999Micros",
            Math.max(
                MOST_TIMES_MEDIAN * figures.number("insertP50Micros"),
                MOST_TIMES_RAW * figures.number("rawP999Micros")));
        atMost(
            broken, "longest slice of merging, µs", figures, "mergeMaxMicros", MOST_MERGE_MICROS);
        atMost(
            broken,
            "bytes in the pending list",
            figures,
            "mostPendingBytes",
            figures.number("pendingListLimit") + figures.number("logBytesPerCommit"));
      }
    }
    return broken;
  }

  private static void atLeast(
      List<String> broken, String what, Figures figures, String name, double bound) {
    if (!(figures.number(name) >= bound)) {
      broken.add(String.format(Locale.ROOT, "%s: %.2f < %.2f", what, figures.number(name), bound));
    }
  }

  private static void atMost(
      List<String> broken, String what, Figures figures, String name, double bound) {
    if (!(figures.number(name) <= bound)) {
      broken.add(String.format(Locale.ROOT, "%s: %.2f > %.2f", what, figures.number(name), bound));
    }
  }
}
