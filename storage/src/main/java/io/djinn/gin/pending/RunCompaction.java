package io.djinn.gin.pending;

import io.djinn.memory.HeadSorter;

/**
 * Makes one run of several, outside the writer's slot too: sorts all their keys by their heads,
 * which is less work than a walk that compares one key after the other.
 */
public final class RunCompaction {
  private static final int RUN_SHIFT = 32;

  private final PendingRun[] runs;

  /**
   * @param runs newest first
   */
  RunCompaction(PendingRun[] runs) {
    this.runs = runs;
  }

  /** Operations of all runs. */
  public long operations() {
    long sum = 0;
    for (PendingRun run : runs) {
      sum += run.operations();
    }
    return sum;
  }

  PendingRun[] runs() {
    return runs;
  }

  /** The run that holds what all of them hold. */
  public PendingRun compact() {
    int keys = 0;
    int keyBytes = 0;
    int operations = 0;
    for (PendingRun run : runs) {
      keys = Math.addExact(keys, run.keyCount());
      keyBytes = Math.addExact(keyBytes, run.keyBytes());
      operations = Math.addExact(operations, run.operations());
    }
    boolean hasPayloads = false;
    for (PendingRun run : runs) {
      hasPayloads |= run.payloads() != null;
    }
    long[] heads = new long[keys];
    long[] places = new long[keys];
    int at = 0;
    // The oldest first: the sorter is stable, and newer operations are laid over older ones.
    for (int run = runs.length - 1; run >= 0; run--) {
      for (int key = 0; key < runs[run].keyCount(); key++) {
        heads[at] = runs[run].head(key);
        places[at++] = (long) run << RUN_SHIFT | key;
      }
    }
    new HeadSorter(this::compareBehindHeads).sort(heads, places, 0, keys);
    PendingRun.Builder builder = new PendingRun.Builder(keys, keyBytes, operations);
    for (int from = 0; from < keys; ) {
      int to = from + 1;
      while (to < keys
          && heads[to] == heads[from]
          && compareBehindHeads(places[from], places[to]) == 0) {
        to++;
      }
      builder.beginKey(run(places[from]), key(places[from]));
      for (int i = from; i < to; i++) {
        builder.lay(run(places[i]), key(places[i]));
      }
      if (hasPayloads) {
        layPayloads(builder, places, from, to);
      }
      from = to;
    }
    return builder.build();
  }

  /** Adds the payloads of the last key, which these runs have, the oldest first. */
  private void layPayloads(PendingRun.Builder builder, long[] places, int from, int to) {
    PendingRun[] having = new PendingRun[to - from];
    int[] indexes = new int[to - from];
    for (int i = from; i < to; i++) {
      having[to - 1 - i] = run(places[i]);
      indexes[to - 1 - i] = key(places[i]);
    }
    builder.layPayloads(having, indexes);
  }

  private int compareBehindHeads(long a, long b) {
    return run(a).compareBehindHead(key(a), run(b), key(b));
  }

  private PendingRun run(long place) {
    return runs[(int) (place >>> RUN_SHIFT)];
  }

  private static int key(long place) {
    return (int) place;
  }
}
