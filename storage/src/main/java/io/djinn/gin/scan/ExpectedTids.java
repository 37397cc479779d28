package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;

/** A block of ascending TIDs of which is found out, in any order, which there are. */
final class ExpectedTids {
  private final long[] tids = new long[TidStream.BLOCK];
  private final boolean[] found = new boolean[TidStream.BLOCK];
  private int count;
  private int open;
  private int next;

  /** Begins with another block, nothing of it found. */
  void clear() {
    count = 0;
    open = 0;
    next = 0;
  }

  /** Adds a TID that is above all others. */
  void expect(long tid) {
    found[count] = false;
    tids[count++] = tid;
    open++;
  }

  /** Whether all were found. */
  boolean isComplete() {
    return open == 0;
  }

  /** Index of the first TID from an index on that is neither below another nor found. */
  int seek(int from, long tid) {
    int at = from;
    if (at < count && tids[at] < tid) {
      int low = at;
      int high = count;
      while (low + 1 < high) {
        int middle = (low + high) >>> 1;
        if (tids[middle] < tid) {
          low = middle;
        } else {
          high = middle;
        }
      }
      at = high;
    }
    while (at < count && found[at]) {
      at++;
    }
    return at;
  }

  int count() {
    return count;
  }

  long tid(int index) {
    return tids[index];
  }

  void found(int index) {
    if (!found[index]) {
      found[index] = true;
      open--;
    }
  }

  /** Writes the next TIDs found, ascending; returns their number, 0 where there are no more. */
  int take(long[] out, long floor) {
    int taken = 0;
    for (; next < count; next++) {
      if (found[next] && tids[next] >= floor) {
        out[taken++] = tids[next];
      }
    }
    return taken;
  }
}
