package io.djinn.gin.pending;

/**
 * Where the runs of a view hold operations of one key; immutable. They are laid over each other
 * only when they are read.
 */
public final class PendingKey {
  /** The operations of the runs that have the key, newest run first. */
  private final long[][] lists;

  private final int[] froms;
  private final int[] tos;
  private final int operations;

  private PendingKey(long[][] lists, int[] froms, int[] tos) {
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
    int at = 0;
    for (int run = 0; run < runs.length; run++) {
      if (indexes[run] >= 0) {
        lists[at] = runs[run].list();
        froms[at] = runs[run].from(indexes[run]);
        tos[at++] = runs[run].to(indexes[run]);
      }
    }
    return new PendingKey(lists, froms, tos);
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
}
