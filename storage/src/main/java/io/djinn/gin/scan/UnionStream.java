package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/**
 * The TIDs that any of several streams has, by windows of a bitmap: every stream sets its bits in a
 * window, then the window is read in order.
 */
final class UnionStream implements TidStream {
  private final BufferedTids[] inputs;
  private final BitWindow window = new BitWindow();
  private final long tidCount;
  private long target;
  private int input;
  private boolean isDraining;
  private boolean isSeeking = true;
  private long lowestHead = Long.MAX_VALUE;

  UnionStream(TidStream[] streams) {
    inputs = new BufferedTids[streams.length];
    long total = 0;
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new BufferedTids(streams[i]);
      total += streams[i].tidCount();
    }
    tidCount = total;
  }

  @Override
  public int next(StepReader step, long[] block) {
    while (true) {
      if (isDraining) {
        int taken = window.take(block);
        if (taken > 0) {
          return taken;
        }
        isDraining = false;
        isSeeking = true;
        input = 0;
        lowestHead = Long.MAX_VALUE;
        target = Math.max(target, window.end());
      }
      if (isSeeking) {
        if (!seek(step)) {
          return PAUSED;
        }
        if (lowestHead == Long.MAX_VALUE) {
          return END;
        }
        window.start(lowestHead);
        isSeeking = false;
        input = 0;
      }
      if (!fill(step)) {
        return PAUSED;
      }
      window.dropBelow(target);
      isDraining = true;
    }
  }

  /** Finds the lowest TID of all streams from the target on; false where the step is spent. */
  private boolean seek(StepReader step) {
    for (; input < inputs.length; input++) {
      int found = inputs[input].seek(step, target);
      if (found == PAUSED) {
        return false;
      }
      if (found == BufferedTids.READY) {
        lowestHead = Math.min(lowestHead, inputs[input].head());
      }
    }
    return true;
  }

  /** Sets every stream's bits in the window; false where the step is spent. */
  private boolean fill(StepReader step) {
    for (; input < inputs.length; input++) {
      if (inputs[input].drainInto(step, window) == PAUSED) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void advance(long tid) {
    if (tid > target) {
      target = tid;
      if (isDraining) {
        window.dropBelow(tid);
      }
    }
  }

  @Override
  public long tidCount() {
    return tidCount;
  }
}
