package io.djinn.api;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * An immutable set of TIDs, kept as ranges: 16 bytes for each stretch of TIDs without a gap.
 *
 * <p>Made by a {@link Builder}, which takes what any bitmap hands out one by one.
 */
public final class TidSet {
  private final long[] firsts;
  private final long[] lasts;
  private final long count;

  private TidSet(long[] firsts, long[] lasts) {
    this.firsts = firsts;
    this.lasts = lasts;
    long tids = 0;
    for (int i = 0; i < firsts.length; i++) {
      tids += lasts[i] - firsts[i] + 1;
    }
    count = tids;
  }

  public static TidSet of(long... tids) {
    Builder builder = new Builder();
    for (long tid : tids) {
      builder.add(tid);
    }
    return builder.build();
  }

  public boolean contains(long tid) {
    int at = Arrays.binarySearch(firsts, tid);
    // Where it begins no range, the one that begins before it may hold it.
    return at >= 0 || at < -1 && tid <= lasts[-at - 2];
  }

  /** TIDs in the set. */
  public long count() {
    return count;
  }

  /** Collects the TIDs of a set, in any order; quickest where they ascend. */
  public static final class Builder {
    private long[] firsts = new long[16];
    private long[] lasts = new long[16];
    private int rangeCount;
    private boolean isAscending = true;

    /** Adds a TID, 0 to {@link GinIndex#MAX_TID}. */
    public Builder add(long tid) {
      return addRange(tid, tid);
    }

    /**
     * Adds every TID of a range.
     *
     * @param first 0 to {@link GinIndex#MAX_TID}
     * @param last not below the first
     */
    public Builder addRange(long first, long last) {
      GinIndex.checkTid(first);
      GinIndex.checkTid(last);
      if (last < first) {
        throw new IllegalArgumentException(
            "TIDs " + first + " to " + last + ": the last one is below the first");
      }
      if (rangeCount > 0) {
        int top = rangeCount - 1;
        if (first >= firsts[top] && first <= lasts[top] + 1) {
          lasts[top] = Math.max(lasts[top], last);
          return this;
        }
        isAscending &= first > lasts[top];
      }
      if (rangeCount == firsts.length) {
        firsts = Arrays.copyOf(firsts, rangeCount * 2);
        lasts = Arrays.copyOf(lasts, rangeCount * 2);
      }
      firsts[rangeCount] = first;
      lasts[rangeCount] = last;
      rangeCount++;
      return this;
    }

    /** The set of what was added so far. */
    public TidSet build() {
      if (isAscending) {
        return new TidSet(Arrays.copyOf(firsts, rangeCount), Arrays.copyOf(lasts, rangeCount));
      }
      Builder sorted = new Builder();
      IntStream.range(0, rangeCount)
          .boxed()
          .sorted(Comparator.comparingLong(range -> firsts[range]))
          .forEach(range -> sorted.addRange(firsts[range], lasts[range]));
      return sorted.build();
    }
  }
}
