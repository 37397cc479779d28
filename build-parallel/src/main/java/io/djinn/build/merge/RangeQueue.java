package io.djinn.build.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The tasks of the last merge: the parts of long lists first, then ranges, the largest first.
 *
 * <p>A thread that finds no task while others still merge raises a flag. A thread that merges a
 * range sees it at its next look around, lowers its range's end to a sample above its present key,
 * half of what is left away, and hands the rest over as a new range. So no thread waits long for
 * the last one, and none ever waits for another in order to go on. Only the thread that merges a
 * range lowers its end; that thread alone looks at it.
 */
public final class RangeQueue implements AutoCloseable {
  private final KeySamples samples;
  private final long leastBytes;
  private final KeyRange first;
  private final long totalBytes;
  private final PriorityQueue<MergeTask> waiting =
      new PriorityQueue<>(
          Comparator.comparing((MergeTask task) -> !task.range().isOneKey())
              .thenComparing(Comparator.comparingLong(MergeTask::weightBytes).reversed())
              .thenComparingInt(task -> task.range().number())
              .thenComparingInt(MergeTask::part));

  private final int tasks;
  private final int parts;
  private int ranges;
  private int merging;
  private int handedOver;
  private volatile int hungry;

  /**
   * @param samples to cut at
   * @param first of the ranges, all of which are linked in key order
   * @param tasks all of them
   * @param leastBytes a range that is handed over should have
   */
  RangeQueue(KeySamples samples, KeyRange first, List<MergeTask> tasks, long leastBytes) {
    this.samples = samples;
    this.first = first;
    this.leastBytes = leastBytes;
    waiting.addAll(tasks);
    for (KeyRange range = first; range != null; range = range.next()) {
      ranges = Math.max(ranges, range.number() + 1);
    }
    this.tasks = tasks.size();
    parts = (int) tasks.stream().filter(task -> task.range().isOneKey()).count();
    totalBytes = tasks.stream().mapToLong(MergeTask::weightBytes).sum();
  }

  /**
   * Takes a task, to be ended by {@link #done}.
   *
   * @param wasHungry whether the caller got none when it asked before
   * @param whenCut run by the thread that merges the task when it hands a part of it over
   * @return null where there is none; the caller is counted as hungry then, unless {@link #isOver}
   */
  public synchronized MergeTask take(boolean wasHungry, Runnable whenCut) {
    if (wasHungry) {
      hungry--;
    }
    MergeTask task = waiting.poll();
    if (task != null) {
      merging++;
      if (!task.range().isOneKey()) {
        task.range().begin(this, whenCut);
      }
    } else if (merging > 0) {
      hungry++;
    }
    return task;
  }

  /** A task is merged. */
  public synchronized void done() {
    merging--;
  }

  /** Whether a hungry thread should ask again. */
  public synchronized boolean hasNews() {
    return !waiting.isEmpty() || merging == 0;
  }

  /** Whether all tasks are merged. */
  public synchronized boolean isOver() {
    return waiting.isEmpty() && merging == 0;
  }

  /** Whether a thread is hungry; a stale answer does no harm. */
  boolean isWanted() {
    return hungry > 0;
  }

  /** Hands over the rest of a range, where it is worth it; called by the thread that merges it. */
  synchronized boolean offerRest(KeyRange range, long present, int length) {
    if (hungry <= waiting.size()) {
      return false;
    }
    int from = samples.firstAbove(present, length, false);
    int to =
        range.keyLength() < 0
            ? samples.count()
            : samples.firstAbove(range.key(), range.keyLength(), true);
    long left = 0;
    for (int i = from; i < to; i++) {
      left += samples.weightFrom(i) + samples.weightBelow(i);
    }
    long given = left;
    int cut = from;
    while (cut < to && 2 * given > left) {
      given -= samples.weightFrom(cut) + samples.weightBelow(cut);
      cut++;
    }
    if (cut >= to || given < leastBytes) {
      return false;
    }
    KeyRange rest = range.cut(ranges++, samples.key(cut), samples.keyLength(cut), given);
    waiting.add(MergeTask.of(rest));
    handedOver++;
    return true;
  }

  /** The numbers of all ranges, in key order. */
  public synchronized int[] inKeyOrder() {
    List<Integer> numbers = new ArrayList<>();
    for (KeyRange range = first; range != null; range = range.next()) {
      numbers.add(range.number());
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Tasks there were at first. */
  public int tasks() {
    return tasks;
  }

  /** How many of them are parts of the lists of long keys. */
  public int parts() {
    return parts;
  }

  /** Ranges there are by now. */
  public synchronized int ranges() {
    return ranges;
  }

  /** How many of them were handed over by a thread that merged another one. */
  public synchronized int handedOver() {
    return handedOver;
  }

  /** Bytes of records in all of them. */
  public long totalBytes() {
    return totalBytes;
  }

  @Override
  public void close() {
    samples.close();
  }
}
