package io.djinn.gin.pending;

import java.util.Arrays;

/**
 * What the pending list of an index holds, as an immutable value: a few runs, the newest first, of
 * which the oldest may be frozen while they are merged into the tree.
 */
public final class PendingView {
  /** Holds nothing. */
  public static final PendingView EMPTY = new PendingView(new PendingRun[0], new int[0], 0);

  /** Headers of a view and its arrays, and the view's fields, bytes. */
  private static final int FIXED_BYTES = 3 * 16 + 32;

  private final PendingRun[] runs;

  /** Operations of each run. */
  private final int[] sizes;

  /** Runs that are not frozen: the first ones. */
  private final int active;

  private PendingView(PendingRun[] runs, int[] sizes, int active) {
    this.runs = runs;
    this.sizes = sizes;
    this.active = active;
  }

  private static PendingView of(PendingRun[] runs, int active) {
    int[] sizes = new int[runs.length];
    for (int i = 0; i < runs.length; i++) {
      sizes[i] = runs[i].operations();
    }
    return new PendingView(runs, sizes, active);
  }

  /** The view with a run that is newer than all others, compacted. */
  public PendingView with(PendingRun newest) {
    return with(newest, 0);
  }

  /**
   * The view with a run that is newer than all others.
   *
   * @param slack runs of a tier that are let be beyond its fan-in
   */
  PendingView with(PendingRun newest, int slack) {
    if (newest.isEmpty()) {
      return this;
    }
    PendingRun[] changed = new PendingRun[runs.length + 1];
    int[] changedSizes = new int[runs.length + 1];
    System.arraycopy(runs, 0, changed, 1, runs.length);
    System.arraycopy(sizes, 0, changedSizes, 1, runs.length);
    changed[0] = newest;
    changedSizes[0] = newest.operations();
    PendingView view = new PendingView(changed, changedSizes, active + 1);
    RunCompaction compaction = view.compaction(slack);
    return compaction == null ? view : view.with(compaction, compaction.compact());
  }

  /** Whether some of the newest runs should become one; see {@link RunTiers#compacted}. */
  boolean isLoose(int slack) {
    return RunTiers.compacted(sizes, active, slack) > 1;
  }

  /** The runs that should become one, which takes a while; null where none do. */
  RunCompaction compaction(int slack) {
    int count = RunTiers.compacted(sizes, active, slack);
    return count > 1 ? new RunCompaction(Arrays.copyOf(runs, count)) : null;
  }

  /**
   * The view with one run in place of several: this view where it does not have all of those, not
   * frozen and one behind the other, any more.
   */
  PendingView with(RunCompaction compaction, PendingRun compacted) {
    PendingRun[] inputs = compaction.runs();
    int first = 0;
    while (first < active && runs[first] != inputs[0]) {
      first++;
    }
    int end = first + inputs.length;
    if (end > active || !Arrays.equals(runs, first, end, inputs, 0, inputs.length)) {
      return this;
    }
    PendingRun[] changed = new PendingRun[runs.length - inputs.length + 1];
    System.arraycopy(runs, 0, changed, 0, first);
    changed[first] = compacted;
    System.arraycopy(runs, end, changed, first + 1, runs.length - end);
    return of(changed, active - inputs.length + 1);
  }

  /**
   * The view with everything in it frozen: no longer compacted with what comes. A view without
   * operations has nothing to freeze and stays as it is.
   *
   * @throws IllegalStateException where a part is frozen already
   */
  public PendingView freeze() {
    if (hasFrozen()) {
      throw new IllegalStateException(
          frozenRuns() + " runs are frozen already: only one part can be at a time");
    }
    return isEmpty() ? this : new PendingView(runs, sizes, 0);
  }

  public boolean hasFrozen() {
    return active < runs.length;
  }

  /** Runs that are frozen. */
  private int frozenRuns() {
    return runs.length - active;
  }

  /** The frozen part alone, as a view of which nothing is frozen. */
  public PendingView frozen() {
    return hasFrozen() ? of(Arrays.copyOfRange(runs, active, runs.length), frozenRuns()) : EMPTY;
  }

  /** The view without its frozen part. */
  public PendingView withoutFrozen() {
    if (!hasFrozen()) {
      return this;
    }
    return active == 0 ? EMPTY : of(Arrays.copyOf(runs, active), active);
  }

  public boolean isEmpty() {
    return runs.length == 0;
  }

  /** Operations of all runs, those that newer runs replace included. */
  public long operations() {
    long sum = 0;
    for (int size : sizes) {
      sum += size;
    }
    return sum;
  }

  /** Heap the view takes with all its runs, which other views may share, bytes. */
  public long heapBytes() {
    long bytes = FIXED_BYTES + (long) (Long.BYTES + Integer.BYTES) * runs.length;
    for (PendingRun run : runs) {
      bytes += run.heapBytes();
    }
    return bytes;
  }

  public int runs() {
    return runs.length;
  }

  /** The newest operation of each TID of a key; null where there is none. */
  public PendingTids find(byte[] compositeKey) {
    PendingKey found = locate(compositeKey);
    return found == null ? null : found.tids();
  }

  /** Where the operations of a key are; null where there are none. */
  public PendingKey locate(byte[] compositeKey) {
    int[] indexes = null;
    int lists = 0;
    for (int run = 0; run < runs.length; run++) {
      int index = runs[run].find(compositeKey);
      if (index >= 0) {
        if (indexes == null) {
          indexes = new int[runs.length];
          Arrays.fill(indexes, -1);
        }
        indexes[run] = index;
        lists++;
      }
    }
    return indexes == null ? null : PendingKey.of(runs, indexes, lists);
  }

  /**
   * A walk over all keys that are not below another.
   *
   * @param from a composite key or the first bytes of one; empty for all keys
   */
  public PendingCursor cursor(byte[] from) {
    return new PendingCursor(new RunWalk(runs, runs.length, from));
  }

  @Override
  public String toString() {
    return operations() + " operations in " + runs.length + " runs, " + frozenRuns() + " frozen";
  }
}
