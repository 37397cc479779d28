package io.djinn.gin.scan;

import io.djinn.gin.pending.PendingKey;
import io.djinn.gin.pending.PendingTidCursor;
import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/**
 * The TIDs of one key with its pending operations: the tree's without the deleted ones, and the
 * inserted ones.
 *
 * <p>Nothing is given that lies behind the block of the tree's TIDs at hand: while the tree's
 * stream is paused, what it gives next may come before the pending TIDs.
 */
final class PendingMergedStream implements TidStream {
  private final TidStream tree;
  private final PendingTidCursor pending;
  private final long tidCount;

  /** Null before the tree is first read. */
  private long[] block;

  private int at;
  private int count;
  private boolean isTreeAtEnd;
  private boolean isPendingAtEnd;
  private long floor;

  /**
   * @param tree the key's TIDs in the tree; null where the tree does not have the key
   */
  PendingMergedStream(TidStream tree, PendingKey key) {
    this.tree = tree;
    pending = key.cursor();
    isTreeAtEnd = tree == null;
    tidCount = key.operations() + (tree == null ? 0 : tree.tidCount());
  }

  @Override
  public int next(StepReader step, long[] out) {
    while (at < count && block[at] < floor) {
      at++;
    }
    isPendingAtEnd = isPendingAtEnd || !pending.seek(floor);
    while (true) {
      if (at == count && !isTreeAtEnd) {
        if (isPendingAtEnd) {
          return tree.next(step, out);
        }
        if (block == null) {
          block = new long[BLOCK];
        }
        int taken = tree.next(step, block);
        if (taken == PAUSED) {
          return PAUSED;
        }
        isTreeAtEnd = taken == END;
        at = 0;
        count = Math.max(0, taken);
      }
      int merged = merge(out);
      if (merged > 0) {
        return merged;
      }
      if (isTreeAtEnd && isPendingAtEnd) {
        return END;
      }
    }
  }

  /** Gives what is certain from the tree's block at hand and the pending operations. */
  private int merge(long[] out) {
    int taken = 0;
    while (taken < BLOCK && (at < count || isTreeAtEnd && !isPendingAtEnd)) {
      long tid = isPendingAtEnd ? Long.MAX_VALUE : pending.tid();
      while (at < count && taken < BLOCK && block[at] < tid) {
        out[taken++] = block[at++];
      }
      boolean isOperationNext = !isPendingAtEnd && taken < BLOCK && (at < count || isTreeAtEnd);
      if (isOperationNext) {
        if (at < count && block[at] == tid) {
          at++;
        }
        if (!pending.isDelete()) {
          out[taken++] = tid;
        }
        isPendingAtEnd = !pending.next();
      }
    }
    return taken;
  }

  @Override
  public void advance(long tid) {
    if (tid > floor) {
      floor = tid;
      if (tree != null) {
        tree.advance(tid);
      }
    }
  }

  @Override
  public long tidCount() {
    return tidCount;
  }
}
