package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/** A stream of TIDs with one block of it at hand, so that the next TID can be seen. */
final class BufferedTids {
  /** There is a TID at hand. */
  static final int READY = 1;

  private final TidStream stream;
  private final long[] block = new long[TidStream.BLOCK];
  private int position;
  private int count;
  private int keptTo;
  private boolean isEnded;

  BufferedTids(TidStream stream) {
    this.stream = stream;
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
    int taken = stream.next(step, block);
    if (taken == TidStream.END) {
      isEnded = true;
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
    int into = kept;
    int i = from;
    while (i < to) {
      long candidate = candidates[i];
      int found = seek(step, candidate);
      if (found == TidStream.PAUSED) {
        break;
      }
      if (found == TidStream.END) {
        i = to;
        break;
      }
      // Both blocks are in hand: merge without asking for pages.
      int at = position;
      long head = block[at];
      while (true) {
        if (head == candidate) {
          candidates[into++] = candidate;
        }
        if (++i == to) {
          break;
        }
        candidate = candidates[i];
        while (head < candidate && ++at < count) {
          head = block[at];
        }
        if (at == count) {
          break;
        }
      }
      position = at;
    }
    keptTo = into;
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
    return isEnded && position >= count;
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
