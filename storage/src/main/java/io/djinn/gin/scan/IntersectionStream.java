package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The TIDs that all of several streams have.
 *
 * <p>The rarest stream gives blocks of candidates; each other stream in turn, rarer ones first,
 * keeps those it has, leaping over what lies between them. Where a stream is found to be far ahead,
 * the rarest leaps there.
 */
final class IntersectionStream implements TidStream {
  private final TidStream rarest;
  private final BufferedTids[] others;
  private final long[] candidates = new long[BLOCK];
  private long floor;
  private int count;
  private int other;
  private int decided;
  private int kept;
  private boolean isEnded;
  private boolean isExpected;

  /**
   * @param streams two or more
   */
  IntersectionStream(TidStream[] streams) {
    TidStream[] sorted = streams.clone();
    Arrays.sort(sorted, Comparator.comparingLong(TidStream::tidCount));
    rarest = sorted[0];
    others = new BufferedTids[sorted.length - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = new BufferedTids(sorted[i + 1], rarest.tidCount());
    }
  }

  @Override
  public int next(StepReader step, long[] block) {
    while (true) {
      if (count == 0) {
        int taken = isEnded ? END : takeCandidates(step);
        if (taken <= 0) {
          return taken;
        }
      }
      while (other < others.length) {
        BufferedTids input = others[other];
        if (input.isProbed() && !isExpected) {
          input.expect(candidates, null, 0, count);
        }
        isExpected = true;
        decided = input.intersect(step, candidates, decided, count, kept);
        kept = input.kept();
        if (decided < count) {
          return PAUSED;
        }
        isEnded |= input.isEnded();
        count = kept;
        decided = 0;
        kept = 0;
        isExpected = false;
        other = count == 0 ? others.length : other + 1;
      }
      int found = copyFromTarget(block);
      count = 0;
      if (found > 0) {
        return found;
      }
    }
  }

  private int takeCandidates(StepReader step) {
    long target = floor;
    for (BufferedTids input : others) {
      target = Math.max(target, input.lowerBound());
    }
    rarest.advance(target);
    int taken = rarest.next(step, candidates);
    if (taken > 0) {
      count = taken;
      other = 0;
      decided = 0;
      kept = 0;
    }
    return taken;
  }

  /** Copies the candidates that are left, without those below what was asked for meanwhile. */
  private int copyFromTarget(long[] block) {
    int from = 0;
    while (from < count && candidates[from] < floor) {
      from++;
    }
    System.arraycopy(candidates, from, block, 0, count - from);
    return count - from;
  }

  @Override
  public void advance(long tid) {
    floor = Math.max(floor, tid);
  }

  @Override
  public long tidCount() {
    return rarest.tidCount();
  }
}
