package io.djinn.gin.pending;

/**
 * Walks the newest operations of one key by ascending TID, and leaps.
 *
 * <p>The lists of the runs are laid over each other a stretch at a time, which ends where the first
 * of them has given {@link #STRETCH} operations: what is leapt over is not looked at. Belongs to
 * one thread.
 */
public final class PendingTidCursor {
  private static final int STRETCH = 64;

  /** Newest first. */
  private final long[][] lists;

  /** Where in each list the operations begin that are behind the stretch. */
  private final int[] nexts;

  private final int[] tos;

  /** The stretch; where there is one list only, that list. */
  private final long[] stretch;

  private int at;
  private int end;

  /**
   * @param lists of the runs that have the key, newest first, not changed
   * @param nexts where in each the operations begin; changed
   * @param tos where in each they end; not changed
   */
  PendingTidCursor(long[][] lists, int[] nexts, int[] tos) {
    this.lists = lists;
    this.nexts = nexts;
    this.tos = tos;
    if (lists.length == 1) {
      stretch = lists[0];
      at = nexts[0];
      end = tos[0];
      nexts[0] = end;
    } else {
      stretch = new long[STRETCH * lists.length];
    }
  }

  /**
   * Goes to the first operation whose TID is not below another, forward only; false where there is
   * none. The first thing to call.
   */
  public boolean seek(long tid) {
    if (at < end && PendingOperation.tid(stretch[end - 1]) >= tid) {
      at = OperationList.seek(stretch, at, end, tid);
      return true;
    }
    return layStretch(tid);
  }

  /** Goes to the next operation; false where there is none. */
  public boolean next() {
    return ++at < end || layStretch(0);
  }

  /** TID of the current operation. */
  public long tid() {
    return PendingOperation.tid(stretch[at]);
  }

  /** Whether the current operation is a delete, else it is an insert. */
  public boolean isDelete() {
    return PendingOperation.isDelete(stretch[at]);
  }

  /** Fills the stretch with what follows it, from a TID on; false where nothing does. */
  private boolean layStretch(long tid) {
    if (lists.length == 1) {
      at = end;
      return false;
    }
    long last = Long.MAX_VALUE;
    for (int i = 0; i < lists.length; i++) {
      nexts[i] = OperationList.seek(lists[i], nexts[i], tos[i], tid);
      if (tos[i] - nexts[i] > STRETCH) {
        last = Math.min(last, PendingOperation.tid(lists[i][nexts[i] + STRETCH - 1]));
      }
    }
    at = 0;
    end = 0;
    for (int i = lists.length - 1; i >= 0; i--) {
      int to = Math.min(tos[i], nexts[i] + STRETCH);
      if (last < Long.MAX_VALUE) {
        to = OperationList.seek(lists[i], nexts[i], to, last + 1);
      }
      end = OperationList.lay(stretch, 0, end, lists[i], nexts[i], to);
      nexts[i] = to;
    }
    return end > 0;
  }
}
