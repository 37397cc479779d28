package io.djinn.build.merge;

import io.djinn.sort.RunCursor;
import java.util.Arrays;

/**
 * Where to cut a key's list that several runs hold parts of, so that all pieces have about as many
 * bytes: as if the TIDs of each run's part were spread evenly over the run's interval.
 */
final class TidCuts {
  private long[] first = new long[8];
  private long[] last = new long[8];
  private long[] bytes = new long[8];
  private int count;

  /** Adds a run's part of the list. */
  void add(long firstTid, long lastTid, long listBytes) {
    if (count == first.length) {
      first = Arrays.copyOf(first, 2 * count);
      last = Arrays.copyOf(last, 2 * count);
      bytes = Arrays.copyOf(bytes, 2 * count);
    }
    first[count] = firstTid;
    last[count] = lastTid;
    bytes[count++] = listBytes;
  }

  long totalBytes() {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += bytes[i];
    }
    return total;
  }

  /**
   * @return bounds of the pieces: one more than there are pieces, from 0 to {@link RunCursor#END};
   *     they ascend, and some may be equal
   */
  long[] cut(int pieces) {
    long[] bounds = new long[pieces + 1];
    double total = bytesBelow(RunCursor.END);
    for (int i = 1; i < pieces; i++) {
      bounds[i] = tidWith(total * i / pieces);
    }
    bounds[pieces] = RunCursor.END;
    return bounds;
  }

  /** The lowest TID that has so many bytes below it. */
  private long tidWith(double wanted) {
    long low = 0;
    long high = 1L << 48;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (bytesBelow(middle) >= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  double bytesBelow(long tid) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      if (tid > first[i]) {
        double width = last[i] - first[i] + 1;
        sum += bytes[i] * Math.min(1, (tid - first[i]) / width);
      }
    }
    return sum;
  }
}
