package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/**
 * About so many of the TIDs of a stream, spread evenly over all of them.
 *
 * <p>A hash of the TID decides, so that a search gives the same rows each time.
 */
final class SampledStream implements TidStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final TidStream stream;
  private final long tidCount;

  /** TIDs whose hash, of 63 bits, is below are kept. */
  private final long bound;

  /**
   * @param limit how many of the stream's TIDs to keep, fewer than it has
   */
  SampledStream(TidStream stream, long limit) {
    this.stream = stream;
    tidCount = limit;
    bound = (long) ((double) limit / stream.tidCount() * Long.MAX_VALUE);
  }

  @Override
  public int next(StepReader step, long[] block) {
    while (true) {
      int taken = stream.next(step, block);
      if (taken <= 0) {
        return taken;
      }
      int kept = 0;
      for (int i = 0; i < taken; i++) {
        block[kept] = block[i];
        kept += hash(block[i]) < bound ? 1 : 0;
      }
      if (kept > 0) {
        return kept;
      }
    }
  }

  private static long hash(long tid) {
    long mixed = tid * GOLDEN;
    mixed = (mixed ^ (mixed >>> 32)) * GOLDEN;
    return (mixed ^ (mixed >>> 29)) >>> 1;
  }

  @Override
  public void advance(long tid) {
    stream.advance(tid);
  }

  @Override
  public long tidCount() {
    return tidCount;
  }
}
