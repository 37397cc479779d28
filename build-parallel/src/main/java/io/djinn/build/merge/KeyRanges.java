package io.djinn.build.merge;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.Run;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the key space at samples of the runs' sparse indexes into tasks of about equal bytes.
 *
 * <p>A key whose bytes exceed a task's share leaves the ranges: its list is cut by TID.
 */
public final class KeyRanges {
  /** A range gets no larger than so many hundredths of its share, unless it can not be cut. */
  private static final int MOST_PERCENT = 108;

  /** The part of a share that a range handed over by a thread to a hungry one has at least. */
  private static final int HANDED_PART = 16;

  private final KeySamples samples;
  private final long share;
  private final List<MergeTask> tasks = new ArrayList<>();
  private KeyRange first;
  private KeyRange last;
  private int ranges;

  private KeyRanges(KeySamples samples, long share) {
    this.samples = samples;
    this.share = share;
  }

  /**
   * @param runs all of them
   * @param wanted number of tasks, if they are large enough
   * @param leastBytes a task should have
   * @param account the samples draw on
   * @return tasks whose ranges together are the whole key space; one at least
   */
  public static RangeQueue cut(List<Run> runs, int wanted, long leastBytes, MemoryAccount account) {
    long total = runs.stream().mapToLong(Run::rawBytes).sum();
    KeySamples samples = new KeySamples(runs, account);
    try {
      long share = Math.max(leastBytes, (total + wanted - 1) / wanted);
      KeyRanges cutting = new KeyRanges(samples, share);
      cutting.cut();
      return new RangeQueue(
          samples,
          cutting.first,
          cutting.tasks,
          leastBytes == Long.MAX_VALUE ? leastBytes : leastBytes / HANDED_PART);
    } catch (Throwable t) {
      samples.close();
      throw t;
    }
  }

  private void cut() {
    long most = share / 100 > Long.MAX_VALUE / MOST_PERCENT ? share : share * MOST_PERCENT / 100;
    begin(0, 0, false);
    long weight = 0;
    int i = 0;
    while (i < samples.count()) {
      int behind = i;
      long bytes = 0;
      boolean isWhole = true;
      while (behind < samples.count() && samples.isEqual(i, behind)) {
        weight += samples.weightBelow(behind);
        bytes += samples.weightFrom(behind);
        isWhole &= samples.isWhole(behind++);
      }
      if (isWhole && bytes > share) {
        end(i, weight);
        addParts(i, behind);
        begin(samples.key(i), samples.keyLength(i), true);
        weight = 0;
      } else {
        boolean isDue = weight + bytes / 2 >= share || weight + bytes > most;
        boolean isAbove =
            NativeMemory.compare(
                    samples.key(i), samples.keyLength(i), last.start(), last.startLength())
                > 0;
        if (weight > 0 && isDue && isAbove) {
          end(i, weight);
          begin(samples.key(i), samples.keyLength(i), false);
          weight = 0;
        }
        weight += bytes;
      }
      i = behind;
    }
    last.weightBytes(weight);
    tasks.add(MergeTask.of(last));
  }

  private void begin(long key, int length, boolean isBehind) {
    link(KeyRange.from(ranges++, key, length, isBehind, 0));
  }

  private void link(KeyRange range) {
    if (last == null) {
      first = range;
    } else {
      last.next(range);
    }
    last = range;
  }

  /** Ends the last range at a sample. */
  private void end(int sample, long weight) {
    last.end(samples.key(sample), samples.keyLength(sample));
    last.weightBytes(weight);
    tasks.add(MergeTask.of(last));
  }

  /** Cuts the list of one key, which some samples in a row are of. */
  private void addParts(int from, int to) {
    TidCuts cuts = new TidCuts();
    for (int i = from; i < to; i++) {
      Run run = samples.run(i);
      cuts.add(run.base(), run.lastTid(), samples.weightFrom(i));
    }
    long total = cuts.totalBytes();
    link(KeyRange.ofKey(ranges++, samples.key(from), samples.keyLength(from), total));
    long[] bounds = cuts.cut((int) ((total + share - 1) / share));
    int part = 0;
    for (int i = 1; i < bounds.length; i++) {
      if (bounds[i] > bounds[i - 1]) {
        double bytes = cuts.bytesBelow(bounds[i]) - cuts.bytesBelow(bounds[i - 1]);
        tasks.add(new MergeTask(last, part++, bounds[i - 1], bounds[i], (long) bytes));
      }
    }
  }
}
