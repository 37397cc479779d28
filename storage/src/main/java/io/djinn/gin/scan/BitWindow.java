package io.djinn.gin.scan;

import java.util.Arrays;

/**
 * A bitmap over a stretch of 65,536 TIDs, with a second bitmap of its words that are not zero, so
 * that few TIDs are found as fast as many.
 */
final class BitWindow {
  private static final int SIZE_BITS = 16;
  private static final int SIZE = 1 << SIZE_BITS;

  private final long[] words = new long[SIZE >>> 6];
  private final long[] summary = new long[SIZE >>> 12];
  private long start;

  /** Begins an empty window at a TID; {@link #take} has emptied the one before. */
  void start(long tid) {
    start = tid;
  }

  long start() {
    return start;
  }

  long end() {
    return start + SIZE;
  }

  void set(long tid) {
    int bit = (int) (tid - start);
    words[bit >>> 6] |= 1L << bit;
    summary[bit >>> 12] |= 1L << (bit >>> 6);
  }

  /** Moves up to {@code out.length} TIDs out of the window, ascending; returns their number. */
  int take(long[] out) {
    int count = 0;
    for (int i = 0; i < summary.length; i++) {
      while (summary[i] != 0) {
        int index = i << 6 | Long.numberOfTrailingZeros(summary[i]);
        long word = words[index];
        long base = start + ((long) index << 6);
        while (word != 0) {
          if (count == out.length) {
            words[index] = word;
            return count;
          }
          out[count++] = base + Long.numberOfTrailingZeros(word);
          word &= word - 1;
        }
        words[index] = 0;
        summary[i] &= summary[i] - 1;
      }
    }
    return count;
  }

  /** Drops TIDs below another. */
  void dropBelow(long tid) {
    if (tid <= start) {
      return;
    }
    if (tid >= end()) {
      Arrays.fill(words, 0);
      Arrays.fill(summary, 0);
      return;
    }
    int bit = (int) (tid - start);
    int index = bit >>> 6;
    Arrays.fill(words, 0, index, 0);
    words[index] &= -1L << bit;
    Arrays.fill(summary, 0, index >>> 6, 0);
    summary[index >>> 6] &= -1L << index;
  }
}
