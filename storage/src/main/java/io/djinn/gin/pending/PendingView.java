package io.djinn.gin.pending;

import java.util.Arrays;

/**
 * What the pending list of an index holds, as an immutable value: a few runs, the newest first, of
 * which the oldest may be frozen while they are merged into the tree.
 */
public final class PendingView {
  /** Holds nothing. */
  public static final PendingView EMPTY = new PendingView(new PendingRun[0], 0);

  /** Headers of a view and its array, and the view's fields, bytes. */
  private static final int FIXED_BYTES = 2 * 16 + 32;

  private final PendingRun[] runs;

  /** Runs that are not frozen: the first ones. */
  private final int active;

  private final long operations;
  private final long heapBytes;

  private PendingView(PendingRun[] runs, int active) {
    this.runs = runs;
    this.active = active;
    long sum = 0;
    long bytes = FIXED_BYTES + (long) Long.BYTES * runs.length;
    for (PendingRun run : runs) {
      sum += run.operations();
      bytes += run.heapBytes();
    }
    operations = sum;
    heapBytes = bytes;
  }

  /** The view with a run that is newer than all others. */
  public PendingView with(PendingRun newest) {
    if (newest.isEmpty()) {
      return this;
    }
    int[] sizes = new int[active];
    for (int i = 0; i < active; i++) {
      sizes[i] = (int) runs[i].operations();
    }
    int compacted = RunTiers.compacted(newest.operations(), sizes, active);
    PendingRun[] changed = new PendingRun[runs.length - compacted + 1];
    System.arraycopy(runs, compacted, changed, 1, runs.length - compacted);
    changed[0] = compacted == 0 ? newest : compact(newest, compacted);
    return new PendingView(changed, active - compacted + 1);
  }

  /** Makes one run of a new one and the first of this view. */
  private PendingRun compact(PendingRun newest, int count) {
    PendingRun[] inputs = new PendingRun[count + 1];
    inputs[0] = newest;
    System.arraycopy(runs, 0, inputs, 1, count);
    return new RunCompaction(inputs).compact();
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
    return isEmpty() ? this : new PendingView(runs, 0);
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
    return hasFrozen()
        ? new PendingView(Arrays.copyOfRange(runs, active, runs.length), frozenRuns())
        : EMPTY;
  }

  /** The view without its frozen part. */
  public PendingView withoutFrozen() {
    if (!hasFrozen()) {
      return this;
    }
    return active == 0 ? EMPTY : new PendingView(Arrays.copyOf(runs, active), active);
  }

  public boolean isEmpty() {
    return runs.length == 0;
  }

  /** Operations of all runs, those that newer runs replace included. */
  public long operations() {
    return operations;
  }

  /** Heap the view takes with all its runs, which other views may share, bytes. */
  public long heapBytes() {
    return heapBytes;
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
    return operations + " operations in " + runs.length + " runs, " + frozenRuns() + " frozen";
  }
}
