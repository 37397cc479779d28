package io.djinn.gin.pending;

/**
 * Which runs are compacted when a new one comes: a pure function of their sizes.
 *
 * <p>Runs have tiers by size; a run counts for the highest tier of itself and all newer ones. Where
 * {@link #fanIn} runs are of one tier they become one, together with all newer ones. So there are
 * fewer than that many runs a tier, and an operation is moved about once a tier: a writer pays for
 * each move, a reader with one binary search for each run. Runs of the lowest tier are those of
 * single rows, cheap to search; there may be most of them.
 */
final class RunTiers {
  /** Runs of the lowest tier that become one. */
  static final int LOWEST_FAN_IN = 32;

  /** Runs of another tier that become one. */
  static final int FAN_IN = 16;

  /** By how much the runs of a tier are larger than those of the one below. */
  static final int FACTOR = 16;

  /** Runs of fewer operations are of the lowest tier. */
  static final int LOWEST_OPERATIONS = 1024;

  /**
   * No compaction writes more operations, so that none takes longer than a few milliseconds; above
   * it there may be more than {@link #FAN_IN} runs, of which any two neighbours are larger
   * together.
   */
  static final int MOST_OPERATIONS = 1 << 17;

  private RunTiers() {}

  /** The tier of a run: each takes {@link #FACTOR} times as many operations. */
  static int tier(long operations) {
    int tier = 0;
    for (long rest = operations / LOWEST_OPERATIONS; rest > 0; rest /= FACTOR) {
      tier++;
    }
    return tier;
  }

  /** Runs of a tier that become one. */
  static int fanIn(int tier) {
    return tier == 0 ? LOWEST_FAN_IN : FAN_IN;
  }

  /**
   * How many of the newest runs become one; at most one where none do.
   *
   * @param runs operations of each run, newest first
   * @param count those that may be compacted
   * @param slack runs of a tier that are let be beyond its fan-in, or fewer where negative
   */
  static int compacted(int[] runs, int count, int slack) {
    if (count == 0) {
      return 0;
    }
    long size = runs[0];
    int compacted = 1;
    while (true) {
      int tier = tier(size);
      int end = compacted;
      while (end < count && tier(runs[end]) <= tier) {
        end++;
      }
      if (end - compacted + 1 < Math.max(2, fanIn(tier) + slack)) {
        return compacted;
      }
      for (; compacted < end; compacted++) {
        if (size + runs[compacted] > MOST_OPERATIONS) {
          return compacted;
        }
        size += runs[compacted];
      }
    }
  }
}
