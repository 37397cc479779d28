package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;

/**
 * Where the runs of a view hold operations of one key; immutable. They are laid over each other
 * only when they are read.
 */
public final class PendingKey {
  /** The operations of the runs that have the key, newest run first. */
  private final long[][] lists;

  private final int[] froms;
  private final int[] tos;

  /** Payloads of each run's operations, null where it has none. */
  private final ByteStrings[] payloads;

  private final int operations;

  private PendingKey(long[][] lists, int[] froms, int[] tos, ByteStrings[] payloads) {
    this.payloads = payloads;
    this.lists = lists;
    this.froms = froms;
    this.tos = tos;
    int sum = 0;
    for (int i = 0; i < lists.length; i++) {
      sum += tos[i] - froms[i];
    }
    operations = sum;
  }

  /**
   * @param indexes the key's in each run, negative where the run does not have it
   * @param count runs that do
   */
  static PendingKey of(PendingRun[] runs, int[] indexes, int count) {
    long[][] lists = new long[count][];
    int[] froms = new int[count];
    int[] tos = new int[count];
    ByteStrings[] payloads = new ByteStrings[count];
    int at = 0;
    for (int run = 0; run < runs.length; run++) {
      if (indexes[run] >= 0) {
        lists[at] = runs[run].list();
        froms[at] = runs[run].from(indexes[run]);
        payloads[at] = runs[run].payloads();
        tos[at++] = runs[run].to(indexes[run]);
      }
    }
    return new PendingKey(lists, froms, tos, payloads);
  }

  /** Operations on the key, those that newer ones replace included: at least one. */
  public long operations() {
    return operations;
  }

  /** The newest operation of each TID, all at once. */
  public PendingTids tids() {
    if (lists.length == 1) {
      return new PendingTids().set(lists[0], froms[0], tos[0]);
    }
    long[] laid = new long[operations];
    int end = 0;
    for (int i = lists.length - 1; i >= 0; i--) {
      end = OperationList.lay(laid, 0, end, lists[i], froms[i], tos[i]);
    }
    return new PendingTids().set(laid, 0, end);
  }

  /** The newest operation of each TID, one after the other, before the first. */
  public PendingTidCursor cursor() {
    return new PendingTidCursor(lists, froms.clone(), tos);
  }

  /**
   * Looks for the newest operation on a TID; where it is an insert, adds its payload.
   *
   * @return whether there is an operation, so that the tree does not count
   */
  public boolean findPayload(long tid, ByteStrings found) {
    for (int i = 0; i < lists.length; i++) {
      int at = OperationList.seek(lists[i], froms[i], tos[i], tid);
      if (at < tos[i] && PendingOperation.tid(lists[i][at]) == tid) {
        if (!PendingOperation.isDelete(lists[i][at])) {
          found.addAll(payloads[i], at, at + 1);
        }
        return true;
      }
    }
    return false;
  }
}
