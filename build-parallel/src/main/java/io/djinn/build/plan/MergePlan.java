package io.djinn.build.plan;

/**
 * What the budget allows when runs are merged.
 *
 * @param threads that merge at the same time
 * @param fanIn runs in files one thread can merge at once
 */
public record MergePlan(int threads, int fanIn) {
  /** A fan-in below which fewer threads are better. */
  private static final int COMFORTABLE_FAN_IN = 8;

  /** The least fan-in that merges anything. */
  public static final int LEAST_FAN_IN = 2;

  /**
   * @param leftBytes of the budget, with all arenas given back
   * @param participants there are
   * @param fileRuns runs in files
   * @param inputBytes a run in a file needs for its input
   * @param fixedBytes a merging thread needs beside inputs
   * @return null where not even one thread can merge
   */
  public static MergePlan of(
      long leftBytes, int participants, int fileRuns, int inputBytes, long fixedBytes) {
    int wanted = Math.min(fileRuns, COMFORTABLE_FAN_IN);
    for (int threads = participants; threads >= 1; threads--) {
      long room = leftBytes / threads - fixedBytes;
      if (room < 0) {
        continue;
      }
      int fanIn = (int) Math.min(fileRuns, room / inputBytes);
      if (fanIn >= wanted || (threads == 1 && fanIn >= Math.min(fileRuns, LEAST_FAN_IN))) {
        return new MergePlan(threads, fanIn);
      }
    }
    return null;
  }

  /** Neighbouring runs merged into one by an earlier pass so that few enough are left. */
  public int groupSize(int fileRuns) {
    int groups = Math.max(1, fanIn);
    int needed = (fileRuns + groups - 1) / groups;
    return Math.max(LEAST_FAN_IN, Math.min(fanIn, needed));
  }
}
