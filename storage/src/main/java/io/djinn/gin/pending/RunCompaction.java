package io.djinn.gin.pending;

import io.djinn.memory.HeadSorter;

/**
 * Makes one run of several: sorts all their keys by their heads, which is less work than a walk
 * that compares one key after the other.
 */
final class RunCompaction {
  private static final int RUN_SHIFT = 32;

  private final PendingRun[] runs;

  /**
   * @param runs newest first
   */
  RunCompaction(PendingRun[] runs) {
    this.runs = runs;
  }

  PendingRun compact() {
    int keys = 0;
    int keyBytes = 0;
    int operations = 0;
    for (PendingRun run : runs) {
      keys = Math.addExact(keys, run.keyCount());
      keyBytes = Math.addExact(keyBytes, run.keyBytes());
      operations = Math.addExact(operations, Math.toIntExact(run.operations()));
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
      for (; from < to; from++) {
        builder.lay(run(places[from]), key(places[from]));
      }
    }
    return builder.build();
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
