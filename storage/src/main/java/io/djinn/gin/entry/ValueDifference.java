package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * What makes a new value of an old one, as the hunks of a {@link EntryRecords splice}.
 *
 * <p>A TID added at the end of a posting list changes a few bytes of its last segment's header and
 * some at its end: stretches that stay where they are, and a common end, are left out.
 */
final class ValueDifference {
  /** Equal bytes that are worth a hunk of their own behind them. */
  private static final int MIN_EQUAL_BYTES = EntryRecords.HUNK_BYTES + 2;

  private ValueDifference() {}

  /** The most bytes the hunks of a new value of so many bytes take. */
  static int maxHunksBytes(int newBytes) {
    // Each hunk but one is paid for by the equal bytes before it that are left out.
    return newBytes + 2 * EntryRecords.HUNK_BYTES;
  }

  /**
   * Writes the hunks.
   *
   * @param offset byteOffset of the value in its tuple
   * @return the address behind the last hunk, {@code out} where the values are equal
   */
  static long write(long old, int oldBytes, long value, int newBytes, int offset, long out) {
    int back = commonEnd(old, oldBytes, value, newBytes);
    int oldEnd = oldBytes - back;
    int newEnd = newBytes - back;
    int both = Math.min(oldEnd, newEnd);
    long at = out;
    int from = equalFrom(old, value, 0, both);
    while (from < both) {
      int to = from;
      int equal = from;
      while (equal < both && equal - to < MIN_EQUAL_BYTES) {
        if (NativeMemory.getByte(old + equal) != NativeMemory.getByte(value + equal)) {
          to = equal + 1;
        }
        equal++;
      }
      if (equal - to < MIN_EQUAL_BYTES) {
        break;
      }
      at = EntryRecords.putHunk(at, offset + from, to - from, value + from, to - from);
      from = equalFrom(old, value, equal, both);
    }
    if (from < oldEnd || from < newEnd) {
      at = EntryRecords.putHunk(at, offset + from, oldEnd - from, value + from, newEnd - from);
    }
    return at;
  }

  /** The first byte from one on that differs, or the limit. */
  private static int equalFrom(long old, long value, int from, int limit) {
    return from + NativeMemory.commonPrefix(old + from, limit - from, value + from, limit - from);
  }

  private static int commonEnd(long old, int oldBytes, long value, int newBytes) {
    int both = Math.min(oldBytes, newBytes);
    int back = 0;
    while (back < both
        && NativeMemory.getByte(old + oldBytes - 1 - back)
            == NativeMemory.getByte(value + newBytes - 1 - back)) {
      back++;
    }
    return back;
  }
}
