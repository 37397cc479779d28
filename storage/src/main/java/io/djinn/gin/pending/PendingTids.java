package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;

/** The operations of one key: TIDs ascending, each inserted or deleted. */
public final class PendingTids {
  private long[] list = new long[0];
  private int from;
  private int to;

  PendingTids() {}

  /** Becomes the operations {@code list[from, to)}. */
  PendingTids set(long[] newList, int newFrom, int newTo) {
    list = newList;
    from = newFrom;
    to = newTo;
    return this;
  }

  /** TIDs, inserted and deleted. */
  public int count() {
    return to - from;
  }

  /**
   * One of the TIDs, in ascending order.
   *
   * @param i 0 to {@link #count()}, exclusive
   */
  public long tid(int i) {
    return PendingOperation.tid(list[from + i]);
  }

  /** Whether a TID is deleted, else it is inserted. */
  public boolean isDelete(int i) {
    return PendingOperation.isDelete(list[from + i]);
  }

  /** TIDs that are inserted; counted each time. */
  public int inserts() {
    return count() - deletes();
  }

  /** TIDs that are deleted; counted each time. */
  public int deletes() {
    int deletes = 0;
    for (int i = from; i < to; i++) {
      deletes += (int) (list[i] & 1);
    }
    return deletes;
  }

  /** Index of the first TID from an index on that is not below another; the count for none. */
  public int seek(int i, long tid) {
    return OperationList.seek(list, from + i, to, tid) - from;
  }

  /** Whether there is an operation on a TID. */
  public boolean has(long tid) {
    int i = seek(0, tid);
    return i < count() && tid(i) == tid;
  }

  /** Writes the inserted TIDs to an array with room for all; returns their number. */
  public int copyInserts(long[] out) {
    return copy(out, false);
  }

  /** Writes the deleted TIDs to an array with room for all; returns their number. */
  public int copyDeletes(long[] out) {
    return copy(out, true);
  }

  private int copy(long[] out, boolean deletes) {
    int copied = 0;
    for (int i = from; i < to; i++) {
      if (PendingOperation.isDelete(list[i]) == deletes) {
        out[copied++] = PendingOperation.tid(list[i]);
      }
    }
    return copied;
  }

  /** Adds the payloads that a walk's current key has for some of these operations. */
  void addPayloads(RunWalk walk, int first, int end, ByteStrings payloads) {
    walk.addPayloads(list, from + first, from + end, payloads);
  }
}
