package io.djinn.gin.scan;

/**
 * TIDs gathered in any order, given out ascending and each once: as many of the lowest as a bound
 * of memory takes.
 *
 * <p>Where the bound is passed the highest TIDs go, and {@link #end()} falls to the first of them:
 * whoever gathers comes again for what lies from there on.
 */
final class TidWindow {
  private static final long NO_END = Long.MAX_VALUE;

  private final long limitBytes;
  private final SparseBits tids = new SparseBits();
  private long end = NO_END;
  private SparseBits.Walk walk;

  TidWindow(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Begins an empty window without an end. */
  void start() {
    tids.clear();
    walk = null;
    end = NO_END;
  }

  /** About what the TIDs take, bytes. */
  long bytes() {
    return tids.bytes();
  }

  /** Behind the last TID the window takes: what is added from there on is not kept. */
  long end() {
    return end;
  }

  /** Whether there are TIDs behind the end. */
  boolean hasMore() {
    return end != NO_END;
  }

  /** Adds a TID. */
  void add(long tid) {
    if (tid < end) {
      tids.add(tid);
      if (tids.bytes() > limitBytes) {
        long dropped = tids.keepLowest(limitBytes / 2);
        end = dropped < 0 ? end : dropped;
      }
    }
  }

  /**
   * Gives TIDs of the window, ascending; nothing is added from the first call on.
   *
   * @param floor TIDs below it are left out
   * @return their number, up to {@code out.length}; 0 where there are no more
   */
  int take(long[] out, long floor) {
    if (walk == null) {
      walk = tids.walk();
    }
    int taken = walk.take(out, floor);
    if (taken == 0) {
      tids.clear();
    }
    return taken;
  }
}
