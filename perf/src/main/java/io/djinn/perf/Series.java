package io.djinn.perf;

import java.util.Arrays;
import java.util.List;

/**
 * One figure over several runs.
 *
 * @param median the middle value, or the mean of the two in the middle
 * @param spread highest less lowest value, as a share of the median; 0 where that is 0
 */
record Series(double median, double spread) {
  /** The figure of this name of all runs, at least one. */
  static Series of(List<Figures> runs, String name) {
    return of(runs.stream().mapToDouble(run -> run.number(name)).toArray());
  }

  static Series of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    double range = sorted[sorted.length - 1] - sorted[0];
    return new Series(median, median == 0 ? 0 : range / median);
  }
}
