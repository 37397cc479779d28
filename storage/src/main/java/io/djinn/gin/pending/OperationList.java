package io.djinn.gin.pending;

/** Lists of operations with ascending TIDs: how they are searched and laid over each other. */
final class OperationList {
  private OperationList() {}

  /**
   * Index of the first operation in {@code list[from, to)} whose TID is not below another, {@code
   * to} where there is none; leaps, so that what is near is found soon.
   */
  static int seek(long[] list, int from, int to, long tid) {
    long least = tid << 1;
    if (from == to || list[from] >= least) {
      return from;
    }
    int bound = 1;
    while (from + bound < to && list[from + bound] < least) {
      bound <<= 1;
    }
    int low = from + (bound >>> 1);
    int high = Math.min(to, from + bound);
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (list[middle] < least) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * Lays newer operations over older ones, in place, from the last to the first.
   *
   * @param list the older ones at {@code [from, to)}, with room behind for the newer ones
   * @param newer another array, the newer ones at {@code [newerFrom, newerTo)}
   * @return where the result, which begins at {@code from}, ends
   */
  static int lay(long[] list, int from, int to, long[] newer, int newerFrom, int newerTo) {
    int count = newerTo - newerFrom;
    if (count == 0) {
      return to;
    }
    if (from == to || list[to - 1] >>> 1 < newer[newerFrom] >>> 1) {
      if (count == 1) {
        list[to] = newer[newerFrom];
        return to + 1;
      }
      System.arraycopy(newer, newerFrom, list, to, count);
      return to + count;
    }
    int older = to - 1;
    int out = to + count - 1;
    for (int i = newerTo - 1; i >= newerFrom; i--) {
      long operation = newer[i];
      long tid = operation >>> 1;
      while (older >= from && list[older] >>> 1 > tid) {
        list[out--] = list[older--];
      }
      if (older >= from && list[older] >>> 1 == tid) {
        older--;
      }
      list[out--] = operation;
    }
    int replaced = out - older;
    if (replaced > 0) {
      System.arraycopy(list, out + 1, list, older + 1, to + count - 1 - out);
    }
    return to + count - replaced;
  }
}
