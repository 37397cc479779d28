package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;

/**
 * Walks the keys of several runs in ascending order; on each key it knows the runs that have it,
 * the newest first.
 *
 * <p>A tournament of the runs' next keys: each inner node keeps the run that lost there, so that a
 * run that moves on meets one rival a level. (Knuth, The Art of Computer Programming 3, 5.4.1.)
 */
final class RunWalk {
  private final PendingRun[] runs;
  private final int count;

  /** Index of the next key of each run; its number of keys behind the last one. */
  private final int[] nexts;

  /** First bytes of each run's next key, as {@link PendingRun#head} gives them. */
  private final long[] heads;

  /** Losers of the inner nodes from 1 on, and the winner at 0. */
  private final int[] nodes;

  /** Runs that have the current key, newest first, and where. */
  private final int[] groupRuns;

  private final int[] groupIndexes;
  private int group;

  /**
   * @param runs newest first, not changed
   * @param count how many of them
   * @param from the walk begins at the first key not below this one
   */
  RunWalk(PendingRun[] runs, int count, byte[] from) {
    this.runs = runs;
    this.count = count;
    nexts = new int[count];
    heads = new long[count];
    nodes = new int[Math.max(1, count)];
    groupRuns = new int[count];
    groupIndexes = new int[count];
    for (int run = 0; run < count; run++) {
      int found = from.length == 0 ? 0 : runs[run].find(from);
      nexts[run] = found >= 0 ? found : ~found;
      look(run);
    }
    if (count > 0) {
      nodes[0] = play(1);
    }
  }

  /** Plays the matches below a node of the tree; leaves its losers there and returns the winner. */
  private int play(int node) {
    if (node >= count) {
      return node - count;
    }
    int left = play(2 * node);
    int right = play(2 * node + 1);
    boolean isLeft = isBefore(left, right);
    nodes[node] = isLeft ? right : left;
    return isLeft ? left : right;
  }

  /** Goes to the next key; false where there is none. */
  boolean next() {
    group = 0;
    if (count == 0 || isOver(nodes[0])) {
      return false;
    }
    do {
      int run = nodes[0];
      groupRuns[group] = run;
      groupIndexes[group++] = nexts[run]++;
      look(run);
      replay(run);
    } while (isCurrentKey(nodes[0]));
    return true;
  }

  private void look(int run) {
    heads[run] = isOver(run) ? -1 : runs[run].head(nexts[run]);
  }

  private boolean isOver(int run) {
    return nexts[run] == runs[run].keyCount();
  }

  /** Lets a run with a new key meet those that lost on its way to the top. */
  private void replay(int run) {
    int winner = run;
    for (int node = (run + count) >>> 1; node > 0; node >>>= 1) {
      int rival = nodes[node];
      if (isBefore(rival, winner)) {
        nodes[node] = winner;
        winner = rival;
      }
    }
    nodes[0] = winner;
  }

  private boolean isBefore(int a, int b) {
    return heads[a] != heads[b]
        ? Long.compareUnsigned(heads[a], heads[b]) < 0
        : isBeforeBehindHead(a, b);
  }

  private boolean isBeforeBehindHead(int a, int b) {
    if (isOver(a) || isOver(b)) {
      return isOver(a) == isOver(b) ? a < b : isOver(b);
    }
    int byKey = runs[a].compareBehindHead(nexts[a], runs[b], nexts[b]);
    return byKey != 0 ? byKey < 0 : a < b;
  }

  private boolean isCurrentKey(int run) {
    PendingRun first = runs[groupRuns[0]];
    return heads[run] == first.head(groupIndexes[0])
        && !isOver(run)
        && runs[run].compareBehindHead(nexts[run], first, groupIndexes[0]) == 0;
  }

  /** How many runs have the current key. */
  int group() {
    return group;
  }

  /** One of the runs that have the current key, 0 the newest. */
  PendingRun run(int i) {
    return runs[groupRuns[i]];
  }

  /** Index of the current key in {@link #run}. */
  int index(int i) {
    return groupIndexes[i];
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
    PendingRun[] having = new PendingRun[group];
    for (int i = 0; i < group; i++) {
      having[i] = run(i);
    }
    LaidPayloads.add(having, groupIndexes, group, list, from, to, payloads);
  }
}
