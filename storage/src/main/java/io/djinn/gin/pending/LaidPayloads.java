package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;

/** Finds the payloads of operations that several runs' were laid over each other to. */
final class LaidPayloads {
  private LaidPayloads() {}

  /**
   * Adds the payload of each operation, from the newest run that has one on its TID.
   *
   * @param runs that have the key, newest first, {@code count} of them
   * @param indexes of the key in each
   * @param list the operations at {@code [from, to)}
   */
  static void add(
      PendingRun[] runs,
      int[] indexes,
      int count,
      long[] list,
      int from,
      int to,
      ByteStrings payloads) {
    int[] nexts = new int[count];
    for (int i = 0; i < count; i++) {
      nexts[i] = runs[i].from(indexes[i]);
    }
    for (int at = from; at < to; at++) {
      long tid = PendingOperation.tid(list[at]);
      boolean isFound = false;
      for (int i = 0; i < count && !isFound; i++) {
        int end = runs[i].to(indexes[i]);
        nexts[i] = OperationList.seek(runs[i].list(), nexts[i], end, tid);
        isFound = nexts[i] < end && PendingOperation.tid(runs[i].list()[nexts[i]]) == tid;
        if (isFound) {
          payloads.addAll(runs[i].payloads(), nexts[i], nexts[i] + 1);
        }
      }
    }
  }
}
