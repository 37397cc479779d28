package io.djinn.nativetests;

import java.util.Arrays;

/**
 * One figure of a process over the cycles of a soak, and whether it grows.
 *
 * <p>After a warm-up of a quarter, the median of the last third is compared with the highest value
 * of the first third: what comes and goes passes, a leak does not, however slow, once it has lost
 * more than the noise is wide.
 */
record SoakSeries(String name, long... values) {
  /** Fewer values say nothing. */
  static final int LEAST_VALUES = 16;

  SoakSeries {
    if (values.length < LEAST_VALUES) {
      throw new IllegalArgumentException(
          name + ": " + values.length + " values, needs " + LEAST_VALUES);
    }
  }

  /** Highest value of the first third after the warm-up. */
  long before() {
    return Arrays.stream(values, warmUp(), warmUp() + third()).max().orElseThrow();
  }

  /** Median of the last third. */
  long after() {
    long[] last = Arrays.copyOfRange(values, values.length - third(), values.length);
    Arrays.sort(last);
    return last[last.length / 2];
  }

  /** What it has grown by; 0 or less where it has not. */
  long growth() {
    return after() - before();
  }

  private int warmUp() {
    return values.length / 4;
  }

  private int third() {
    return (values.length - warmUp()) / 3;
  }

  @Override
  public String toString() {
    return name + " " + before() + " -> " + after();
  }
}
