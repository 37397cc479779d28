package io.djinn.gin.scan;

import io.djinn.gin.pending.PendingKey;
import io.djinn.gin.posting.PayloadStream;
import io.djinn.gin.posting.TidStream;
import io.djinn.memory.ByteStrings;
import io.djinn.page.StepReader;
import java.util.Arrays;

/**
 * The payloads of one key: of its newest pending operation on the row, and where there is none of
 * the tree.
 */
final class SingleKeyPayloads implements PayloadSource {
  private final PayloadStream tree;
  private final PendingKey pending;
  private final long[] block = new long[TidStream.BLOCK];
  private final ByteStrings payloads = new ByteStrings();
  private int count;

  /**
   * @param tree null where the tree does not have the key
   * @param pending null where there are no pending operations on it
   */
  SingleKeyPayloads(PayloadStream tree, PendingKey pending) {
    this.tree = tree;
    this.pending = pending;
    if (tree != null) {
      tree.keepPayloads(payloads);
    }
  }

  @Override
  public int find(StepReader step, long tid, ByteStrings found) {
    if (pending != null && pending.findPayload(tid, found)) {
      return DONE;
    }
    if (tree == null) {
      return DONE;
    }
    if (count >= 0 && (count == 0 || block[count - 1] < tid)) {
      tree.advance(tid);
      count = tree.next(step, block);
      if (count == TidStream.PAUSED) {
        return PAUSED;
      }
    }
    int at = count < 0 ? -1 : Arrays.binarySearch(block, 0, count, tid);
    if (at >= 0) {
      found.addAll(payloads, at, at + 1);
    }
    return DONE;
  }
}
