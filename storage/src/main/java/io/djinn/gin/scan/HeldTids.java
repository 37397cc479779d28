package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/** The TIDs of a short list that were taken when the key was looked up: no page is read again. */
final class HeldTids implements TidStream {
  private final long[] tids;
  private int next;
  private long target;

  /**
   * @param tids ascending, shared and not changed
   */
  HeldTids(long[] tids) {
    this.tids = tids;
  }

  @Override
  public int next(StepReader step, long[] block) {
    while (next < tids.length && tids[next] < target) {
      next++;
    }
    int taken = Math.min(BLOCK, tids.length - next);
    System.arraycopy(tids, next, block, 0, taken);
    next += taken;
    return taken == 0 ? END : taken;
  }

  @Override
  public void advance(long tid) {
    target = Math.max(target, tid);
  }

  @Override
  public long tidCount() {
    return tids.length;
  }
}
