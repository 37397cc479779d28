package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.Ternary;
import io.djinn.page.StepReader;

/** A stream of TIDs with one block of it at hand, so that the next TID can be seen. */
final class BufferedTids {
  /** There is a TID at hand. */
  static final int READY = 1;

  /** Up to so many TIDs between two candidates are passed one by one without a branch. */
  private static final int FEW = 8;

  private final TidStream stream;

  /** Null before the first block and after the last one. */
  private long[] block;

  private int position;
  private int count;
  private int keptTo;
  private boolean isEnded;

  /** The range that is probed for blocks of candidates, else null. */
  private final KeyRangeStream probed;

  private final ExpectedTids expected;

  BufferedTids(TidStream stream) {
    this(stream, Long.MAX_VALUE);
  }

  /**
   * @param candidates how many TIDs will be asked for at most
   */
  BufferedTids(TidStream stream, long candidates) {
    this.stream = stream;
    probed =
        stream instanceof KeyRangeStream range && range.isBestProbed(candidates) ? range : null;
    expected = probed == null ? null : new ExpectedTids();
  }

  /** Whether {@link #expect} is to be called before each block of candidates. */
  boolean isProbed() {
    return probed != null;
  }

  /**
   * Announces the block of candidates that is asked for next.
   *
   * @param candidates ascending, of which those from one index to another count
   * @param open which candidates the indexes mean; null for the candidates themselves
   */
  void expect(long[] candidates, int[] open, int from, int to) {
    expected.clear();
    for (int i = from; i < to; i++) {
      expected.expect(candidates[open == null ? i : open[i]]);
    }
    probed.expect(expected);
    isEnded = false;
    position = 0;
    count = 0;
  }

  TidStream stream() {
    return stream;
  }

  /** The next TID, after {@link #seek} said READY. */
  long head() {
    return block[position];
  }

  /**
   * Goes to the first TID that is not below another; READY, {@link TidStream#PAUSED} or {@link
   * TidStream#END}.
   */
  int seek(StepReader step, long tid) {
    if (position < count && block[count - 1] >= tid) {
      position = firstNotBelow(tid);
      return READY;
    }
    return refill(step, tid);
  }

  private int refill(StepReader step, long tid) {
    if (isEnded) {
      return TidStream.END;
    }
    position = 0;
    count = 0;
    stream.advance(tid);
    if (block == null) {
      block = new long[TidStream.BLOCK];
    }
    int taken = stream.next(step, block);
    if (taken == TidStream.END) {
      isEnded = true;
      if (probed == null) {
        block = null;
      }
      return TidStream.END;
    }
    count = taken;
    return taken == TidStream.PAUSED ? TidStream.PAUSED : READY;
  }

  /** Index of the first TID at hand that is not below another; there is one. */
  private int firstNotBelow(long tid) {
    int low = position;
    if (block[low] >= tid) {
      return low;
    }
    int bound = 1;
    while (low + bound < count && block[low + bound] < tid) {
      low += bound;
      bound <<= 1;
    }
    int high = Math.min(count - 1, low + bound);
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (block[middle] < tid) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * Keeps of ascending candidates those the stream has.
   *
   * <p>Reads {@code candidates[from, to)}, writes what is kept from {@code kept} on; stops before a
   * candidate the step is too short for. {@link #kept()} says where it went on writing.
   *
   * @return the index of the first candidate not decided: {@code to} where all are
   */
  int intersect(StepReader step, long[] candidates, int from, int to, int kept) {
    keptTo = kept;
    int i = from;
    while (i < to) {
      int found = seek(step, candidates[i]);
      if (found == TidStream.PAUSED) {
        return i;
      }
      if (found == TidStream.END) {
        return to;
      }
      i = isSimilarlyDense(candidates, i, to) ? merge(candidates, i, to) : leap(candidates, i, to);
    }
    return i;
  }

  /** Whether, on average, few TIDs at hand lie between two candidates. */
  private boolean isSimilarlyDense(long[] candidates, int from, int to) {
    long candidateSpan = candidates[to - 1] - candidates[from];
    long span = block[count - 1] - block[position];
    return candidateSpan * (count - position) < FEW * span * (to - from);
  }

  /**
   * Each round passes the lower of two TIDs, or both where they are equal, by arithmetic: which it
   * is no branch could foretell.
   */
  private int merge(long[] candidates, int from, int to) {
    int i = from;
    int at = position;
    int into = keptTo;
    while (i < to && at < count) {
      long candidate = candidates[i];
      long head = block[at];
      int passHead = 1 ^ (int) ((candidate - head) >>> 63);
      int passCandidate = 1 ^ (int) ((head - candidate) >>> 63);
      candidates[into] = candidate;
      into += passHead & passCandidate;
      i += passCandidate;
      at += passHead;
    }
    position = at;
    keptTo = into;
    return i;
  }

  /** Skips to each candidate: how far, a branch foretells well where it is far. */
  private int leap(long[] candidates, int from, int to) {
    int at = position;
    int into = keptTo;
    int i = from;
    for (; i < to; i++) {
      long candidate = candidates[i];
      while (at < count && block[at] < candidate) {
        at++;
      }
      if (at == count) {
        break;
      }
      if (block[at] == candidate) {
        candidates[into++] = candidate;
      }
    }
    position = at;
    keptTo = into;
    return i;
  }

  /**
   * Marks for ascending candidates whether the stream has them.
   *
   * @param open indexes of the candidates to look at, {@code open[from, to)}
   * @param presence of each candidate, by its index, the values of all keys
   * @param key which of the values is this stream's
   * @return where in {@code open} the step became too short: {@code to} where all are marked
   */
  int mark(
      StepReader step,
      long[] candidates,
      int[] open,
      int from,
      int to,
      byte[][] presence,
      int key) {
    int i = from;
    while (i < to) {
      int found = seek(step, candidates[open[i]]);
      if (found == TidStream.PAUSED) {
        break;
      }
      if (found == TidStream.END) {
        while (i < to) {
          presence[open[i++]][key] = Ternary.NO;
        }
        break;
      }
      int at = position;
      while (i < to && at < count) {
        long candidate = candidates[open[i]];
        long head = block[at];
        if (head < candidate) {
          at++;
        } else {
          presence[open[i++]][key] = head == candidate ? Ternary.YES : Ternary.NO;
        }
      }
      position = at;
    }
    return i;
  }

  /** Where the last {@link #intersect} would write the next candidate it keeps. */
  int kept() {
    return keptTo;
  }

  /** No TID of the stream that is still to come lies below this, as far as can be told. */
  long lowerBound() {
    return position < count ? block[position] : 0;
  }

  boolean isEnded() {
    return isEnded && position >= count && probed == null;
  }

  /**
   * Sets the bits of all TIDs in a window.
   *
   * @return READY where the next TID is at or behind the window's end, else PAUSED or END
   */
  int drainInto(StepReader step, BitWindow window) {
    while (true) {
      int found = seek(step, window.start());
      if (found != READY) {
        return found;
      }
      long end = window.end();
      int at = position;
      while (at < count && block[at] < end) {
        window.set(block[at++]);
      }
      position = at;
      if (at < count) {
        return READY;
      }
    }
  }
}
