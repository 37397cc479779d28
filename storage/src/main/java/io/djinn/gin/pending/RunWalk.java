package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;

/**
 * Walks the keys of several runs in ascending order; on each key it knows the runs that have it,
 * the newest first.
 *
 * <p>The runs stand sorted by their current keys. A run that moves on is put where its next key
 * belongs, seen from the front: where one run has most keys that is the first place nearly always.
 */
final class RunWalk {
  private final PendingRun[] runs;
  private final int[] indexes;

  /** Positions of the runs that have keys left, by current key, newer runs first. */
  private final int[] order;

  private int left;
  private int group;

  /**
   * @param runs newest first, not changed
   * @param count how many of them
   * @param from the walk begins at the first key not below this one
   */
  RunWalk(PendingRun[] runs, int count, byte[] from) {
    this.runs = runs;
    indexes = new int[count];
    order = new int[count];
    for (int run = count - 1; run >= 0; run--) {
      int found = runs[run].find(from);
      indexes[run] = found >= 0 ? found : ~found;
      if (indexes[run] < runs[run].keyCount()) {
        System.arraycopy(order, 0, order, 1, left);
        left++;
        settle(0, run);
      }
    }
  }

  /** Goes to the next key; false where there is none. */
  boolean next() {
    for (int place = group - 1; place >= 0; place--) {
      int run = order[place];
      if (++indexes[run] < runs[run].keyCount()) {
        settle(place, run);
      } else {
        left--;
        System.arraycopy(order, place + 1, order, place, left - place);
      }
    }
    group = 0;
    if (left == 0) {
      return false;
    }
    group = 1;
    while (group < left && compareKeys(order[0], order[group]) == 0) {
      group++;
    }
    return true;
  }

  /** Puts a run at a place, or as far behind it as its key belongs. */
  private void settle(int from, int run) {
    int place = from;
    while (place + 1 < left && isBefore(order[place + 1], run)) {
      order[place] = order[place + 1];
      place++;
    }
    order[place] = run;
  }

  private boolean isBefore(int a, int b) {
    int byKey = compareKeys(a, b);
    return byKey != 0 ? byKey < 0 : a < b;
  }

  private int compareKeys(int a, int b) {
    return runs[a].compare(indexes[a], runs[b], indexes[b]);
  }

  /** How many runs have the current key. */
  int group() {
    return group;
  }

  /** One of the runs that have the current key, 0 the newest. */
  PendingRun run(int i) {
    return runs[order[i]];
  }

  /** Index of the current key in {@link #run}. */
  int index(int i) {
    return indexes[order[i]];
  }

  /** Operations on the current key, those that newer ones replace included. */
  int operations() {
    int sum = 0;
    for (int i = 0; i < group; i++) {
      sum += run(i).to(index(i)) - run(i).from(index(i));
    }
    return sum;
  }

  /**
   * Writes the newest operation of each TID of the current key.
   *
   * @param out has room for {@link #operations()} from {@code at} on
   * @return where they end
   */
  int layOperations(long[] out, int at) {
    int end = at;
    for (int i = group - 1; i >= 0; i--) {
      PendingRun run = run(i);
      int key = index(i);
      end = OperationList.lay(out, at, end, run.list(), run.from(key), run.to(key));
    }
    return end;
  }

  /** Whether a run that has the current key has payloads. */
  boolean hasPayloads() {
    for (int i = 0; i < group; i++) {
      if (run(i).payloads() != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds the payloads of operations that {@link #layOperations} wrote, each from the newest run
   * that has one on its TID.
   */
  void addPayloads(long[] list, int from, int to, ByteStrings payloads) {
    if (!hasPayloads()) {
      payloads.addEmpty(to - from);
      return;
    }
    int[] nexts = new int[group];
    for (int i = 0; i < group; i++) {
      nexts[i] = run(i).from(index(i));
    }
    for (int at = from; at < to; at++) {
      long tid = PendingOperation.tid(list[at]);
      boolean isFound = false;
      for (int i = 0; i < group && !isFound; i++) {
        PendingRun run = run(i);
        int end = run.to(index(i));
        nexts[i] = OperationList.seek(run.list(), nexts[i], end, tid);
        isFound = nexts[i] < end && PendingOperation.tid(run.list()[nexts[i]]) == tid;
        if (isFound) {
          payloads.addAll(run.payloads(), nexts[i], nexts[i] + 1);
        }
      }
    }
  }
}
