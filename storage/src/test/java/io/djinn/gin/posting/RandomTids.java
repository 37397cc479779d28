package io.djinn.gin.posting;

import java.util.Random;

/** Ascending TIDs of different natures: dense, geometric, clustered, sparse, with outliers. */
final class RandomTids {
  static final int NATURES = 7;

  private RandomTids() {}

  static long[] ascending(Random random, int nature, int count) {
    long[] tids = new long[count];
    long tid = nature == 5 ? 0 : random.nextInt(1000);
    int mean = 1 << 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      tids[i] = tid;
      tid += 1 + gap(random, nature, mean, i);
      if (tid > Segment.MAX_TID) {
        return java.util.Arrays.copyOf(tids, i + 1);
      }
    }
    return tids;
  }

  private static long gap(Random random, int nature, int mean, int i) {
    return switch (nature) {
      case 0 -> 0;
      case 1 -> (long) (-Math.log(1 - random.nextDouble()) * mean);
      case 2 -> random.nextInt(8) == 0 ? random.nextInt(mean * 64) : random.nextInt(3);
      case 3 -> random.nextLong() >>> 24 + random.nextInt(40);
      case 4 -> random.nextInt(200) == 0 ? random.nextLong() >>> 30 : random.nextInt(mean);
      case 5 -> (1L << 36) + random.nextInt(mean);
      default -> (i >> 7 & 1) == 0 ? 0 : random.nextInt(mean * 16);
    };
  }
}
