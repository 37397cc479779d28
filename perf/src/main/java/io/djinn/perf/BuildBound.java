package io.djinn.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A bound that a figure of a setting has to keep.
 *
 * @param isLeast whether the limit is the least value, not the most
 * @param isAim whether missing it fails nothing
 */
record BuildBound(String figure, double value, boolean isLeast, double limit, boolean isAim) {
  private static final double LEAST_SHARE_OF_CEILING = 0.93;
  private static final double SPEED_UP_AIM = 1.8;
  private static final double MOST_CPU_RATIO = 1.1;
  private static final double MOST_LONELY_SHARE = 0.05;

  /** What a process may grow by beyond the budget of its build. */
  private static final double MOST_RSS_OVER_MIB = 32;

  private static final double LEAST_POSTGRES_TIMES = 8;

  /** The bounds of a setting, those without a figure left out. */
  static List<BuildBound> of(BuildSetting setting, double serialSeconds, Figures summary) {
    List<BuildBound> bounds = new ArrayList<>();
    add(bounds, summary, "serialSeconds", true, serialSeconds, false);
    add(bounds, summary, "speedUp", true, SPEED_UP_AIM, true);
    add(bounds, summary, "shareOfCeiling", true, LEAST_SHARE_OF_CEILING, false);
    add(bounds, summary, "cpuRatio", false, MOST_CPU_RATIO, false);
    add(bounds, summary, "lonelyShare", false, MOST_LONELY_SHARE, false);
    add(bounds, summary, "mostAccountedShare", false, 1, false);
    add(bounds, summary, "mostRssAnonOverMiB", false, MOST_RSS_OVER_MIB, false);
    add(bounds, summary, "luceneTimes", true, setting.luceneBound(), false);
    add(bounds, summary, "luceneBytesShare", false, 1, false);
    if (setting.isOfArrays()) {
      add(bounds, summary, "postgresTimes", true, LEAST_POSTGRES_TIMES, true);
    }
    return bounds;
  }

  private static void add(
      List<BuildBound> bounds,
      Figures summary,
      String figure,
      boolean isLeast,
      double limit,
      boolean isAim) {
    if (summary.has(figure)) {
      bounds.add(new BuildBound(figure, summary.number(figure), isLeast, limit, isAim));
    }
  }

  boolean isMet() {
    return isLeast ? value >= limit : value <= limit;
  }

  /** Whether it is a bound, and missed. */
  boolean isBroken() {
    return !isAim && !isMet();
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s %.6g (%s at %s %.6g): %s",
        figure,
        value,
        isAim ? "aim" : "bound",
        isLeast ? "least" : "most",
        limit,
        isMet() ? "met" : "MISSED");
  }
}
