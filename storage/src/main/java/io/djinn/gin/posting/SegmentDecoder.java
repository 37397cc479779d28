package io.djinn.gin.posting;

import io.djinn.memory.NativeMemory;

/**
 * Turns the bytes of a segment into TIDs, checking as it goes: any bytes give a strictly ascending
 * list or the answer that they are not a segment.
 */
public final class SegmentDecoder {
  private SegmentDecoder() {}

  /**
   * Decodes a whole segment.
   *
   * @param limitBytes bytes that may be read from the address on
   * @param tids takes the TIDs, at least {@link Segment#MAX_TIDS} long
   * @return the number of TIDs, -1 where the bytes are not a segment
   */
  public static int decode(long segment, int limitBytes, long[] tids) {
    int totalBytes = Segment.totalBytes(segment, limitBytes);
    if (totalBytes < 0) {
      return -1;
    }
    tids[0] = Segment.firstTid(segment);
    int encoding = Segment.encoding(segment);
    if (encoding == Segment.SINGLE) {
      return 1;
    }
    int count = Segment.count(segment);
    long body = segment + Segment.headerBytes(segment);
    long end = body + Segment.bodyBytes(segment);
    boolean decoded =
        encoding == Segment.PACKED
            ? packed(body, end, count, tids)
            : varbyte(body, end, count, tids);
    return decoded && isLast(segment, encoding, tids[count - 1]) ? count : -1;
  }

  /** Whether a segment may end with this TID, which may be none. */
  private static boolean isLast(long segment, int encoding, long tid) {
    return tid <= Segment.MAX_TID
        && (encoding != Segment.PACKED
            || Segment.tag(segment) >>> Segment.FIRST_TID_BYTES_SHIFT == Segment.tidBytes(tid));
  }

  private static boolean varbyte(long body, long end, int count, long[] tids) {
    long at = body;
    long tid = tids[0];
    for (int i = 1; i < count; i++) {
      if (at >= end) {
        return false;
      }
      long value = NativeMemory.getByte(at);
      if (value >= 0) {
        at++;
      } else {
        value = Varbyte.get(at, end);
        if (value < 0) {
          return false;
        }
        at += Varbyte.length(value);
      }
      tid += value + 1;
      tids[i] = tid;
    }
    return at == end;
  }

  private static boolean packed(long body, long end, int count, long[] tids) {
    int first = NativeMemory.getUnsignedByte(body);
    int k = first & Segment.PACKED_K_MASK;
    if (first > (Segment.PACKED_K_MASK | Segment.PACKED_EXCEPTIONS_FLAG)
        || k > Segment.PACKED_MAX_K) {
      return false;
    }
    boolean hasExceptions = (first & Segment.PACKED_EXCEPTIONS_FLAG) != 0;
    int values = count - 1;
    long low = body + 1;
    if (hasExceptions) {
      low = skipExceptions(body + 1, end, values, k);
      if (low < 0) {
        return false;
      }
    }
    int lowBytes = values * k + 7 >>> 3;
    long high = low + lowBytes;
    long highBytes = end - high;
    // Zeros that would lead beyond the highest TID; the last byte may have seven to spare.
    if (highBytes < values + 7 >>> 3
        || highBytes * 8 - values - 7 > Segment.MAX_TID >>> k
        || !unpack(low, high, (int) highBytes, k, values, tids)) {
      return false;
    }
    if (hasExceptions) {
      addExceptions(body + 1, k, count, tids);
    }
    return true;
  }

  /** Joins low and high bits; the two regions are neighbours. */
  private static boolean unpack(
      long low, long high, int highBytes, int k, int values, long[] tids) {
    long end = high + highBytes;
    boolean inside = low + ((long) (values - 1) * k >>> 3) + 8 <= end;
    long mask = (1L << k) - 1;
    long tid = tids[0];
    int before = -1;
    int bit = 0;
    int i = 1;
    for (int byteOffset = 0; byteOffset < highBytes; byteOffset += 8) {
      long word = word(high + byteOffset, end);
      int base = byteOffset << 3;
      if (i + Long.bitCount(word) > values + 1) {
        return false;
      }
      while (word != 0) {
        int at = base + Long.numberOfTrailingZeros(word);
        word &= word - 1;
        long lowAddress = low + (bit >>> 3);
        long lows = inside ? NativeMemory.getLong(lowAddress) : word(lowAddress, end);
        tid += ((long) (at - before - 1) << k) + (lows >>> (bit & 7) & mask) + 1;
        tids[i++] = tid;
        before = at;
        bit += k;
      }
    }
    return i == values + 1 && (before >>> 3) + 1 == highBytes;
  }

  /** The eight bytes at the address, those from the end on as zero. */
  private static long word(long address, long end) {
    long left = end - address;
    if (left >= 8) {
      return NativeMemory.getLong(address);
    }
    long word = 0;
    for (int i = 0; i < left; i++) {
      word |= (long) NativeMemory.getUnsignedByte(address + i) << (i << 3);
    }
    return word;
  }

  /** Checks the exceptions; returns the address behind them, -1 where they do not fit. */
  private static long skipExceptions(long address, long end, int values, int k) {
    long exceptions = Varbyte.get(address, end);
    if (exceptions < 1 || exceptions > values) {
      return -1;
    }
    long at = address + Varbyte.length(exceptions);
    long index = -1;
    for (long i = 0; i < exceptions; i++) {
      long between = Varbyte.get(at, end);
      if (between < 0) {
        return -1;
      }
      at += Varbyte.length(between);
      index += between + 1;
      long highPart = Varbyte.get(at, end);
      if (index >= values || highPart < 1 || highPart > Segment.MAX_TID >>> k) {
        return -1;
      }
      at += Varbyte.length(highPart);
    }
    return at;
  }

  /** Adds checked exceptions to the TIDs behind each. */
  private static void addExceptions(long address, int k, int count, long[] tids) {
    long limit = Long.MAX_VALUE;
    int exceptions = (int) Varbyte.get(address, limit);
    long at = address + Varbyte.length(exceptions);
    long added = 0;
    int from = 0;
    for (int i = 0; i < exceptions; i++) {
      long between = Varbyte.get(at, limit);
      at += Varbyte.length(between);
      long highPart = Varbyte.get(at, limit);
      at += Varbyte.length(highPart);
      int to = from + (int) between + 1;
      add(tids, from, to, added);
      from = to;
      added += highPart << k;
    }
    add(tids, from, count, added);
  }

  private static void add(long[] tids, int from, int to, long added) {
    for (int i = from; i < to; i++) {
      tids[i] += added;
    }
  }
}
