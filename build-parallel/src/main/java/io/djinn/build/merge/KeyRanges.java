package io.djinn.build.merge;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts the key space at samples of the runs' sparse indexes, weighted by bytes. */
public final class KeyRanges {
  /** Bytes of heap a sample takes while they are sorted, drawn on the account. */
  private static final int SAMPLE_BYTES = 24;

  private KeyRanges() {}

  /**
   * A range of the key space; the bounds lie in the indexes of runs.
   *
   * @param number counts the ranges in key order, from 0
   * @param start address of the first key that may be in it
   * @param startLength 0 where there is no lower bound
   * @param end address of the first key behind it
   * @param endLength -1 where there is no upper bound
   * @param weightBytes bytes of records in it, roughly
   */
  public record Range(
      int number, long start, int startLength, long end, int endLength, long weightBytes) {}

  /**
   * @param wanted number of ranges, if they are large enough
   * @param leastBytes a range should have
   * @return ranges that together are the whole key space, in key order; one at least
   */
  public static List<Range> cut(
      List<Run> runs, int wanted, long leastBytes, MemoryAccount account) {
    int count = runs.stream().mapToInt(run -> run.index().count()).sum();
    long total = runs.stream().mapToLong(Run::rawBytes).sum();
    long drawn = (long) count * SAMPLE_BYTES;
    account.draw(drawn);
    try {
      return cut(runs, samples(runs, count), Math.max(leastBytes, total / Math.max(1, wanted)));
    } finally {
      account.release(drawn);
    }
  }

  private static Long[] samples(List<Run> runs, int count) {
    Long[] samples = new Long[count];
    int n = 0;
    for (int r = 0; r < runs.size(); r++) {
      for (int i = 0; i < runs.get(r).index().count(); i++) {
        samples[n++] = (long) r << 32 | i;
      }
    }
    Arrays.sort(
        samples,
        (a, b) -> {
          RunIndex left = runs.get((int) (a >>> 32)).index();
          RunIndex right = runs.get((int) (b >>> 32)).index();
          int i = a.intValue();
          int j = b.intValue();
          return NativeMemory.compare(
              left.prefix(i), left.prefixLength(i), right.prefix(j), right.prefixLength(j));
        });
    return samples;
  }

  private static List<Range> cut(List<Run> runs, Long[] samples, long share) {
    List<Range> ranges = new ArrayList<>();
    long start = 0;
    int startLength = 0;
    long weight = 0;
    for (Long sample : samples) {
      Run run = runs.get((int) (sample >>> 32));
      RunIndex index = run.index();
      int i = sample.intValue();
      long after = i + 1 < index.count() ? index.bytesBefore(i + 1) : run.rawBytes();
      long bytes = after - index.bytesBefore(i);
      boolean isDue = weight >= share || (weight > 0 && bytes >= share);
      if (isDue
          && NativeMemory.compare(index.prefix(i), index.prefixLength(i), start, startLength) > 0) {
        ranges.add(
            new Range(
                ranges.size(), start, startLength, index.prefix(i), index.prefixLength(i), weight));
        start = index.prefix(i);
        startLength = index.prefixLength(i);
        weight = 0;
      }
      weight += bytes;
    }
    ranges.add(new Range(ranges.size(), start, startLength, 0, -1, weight));
    return ranges;
  }
}
