package io.djinn.gin.posting;

import io.djinn.memory.NativeMemory;

/**
 * Numbers of up to 49 bits in one to seven bytes, seven bits each, lowest first; every byte but the
 * last has its top bit set.
 *
 * <p>Only the shortest form of a number is accepted, so {@link #length} of a number that was read
 * is the number of bytes it was read from.
 */
final class Varbyte {
  static final int MAX_BYTES = 7;

  /** What {@link #get} returns where no number stands. */
  static final long NONE = -1;

  private Varbyte() {}

  /** Bytes the number takes. */
  static int length(long value) {
    // Seven bits a byte: bits / 7 rounded up, and one byte for zero.
    return ((63 - Long.numberOfLeadingZeros(value | 1)) * 37 >>> 8) + 1;
  }

  /** Writes the number; returns the address behind it. */
  static long put(long address, long value) {
    long at = address;
    long rest = value;
    while (rest > 0x7F) {
      NativeMemory.putByte(at++, (int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    NativeMemory.putByte(at, (int) rest);
    return at + 1;
  }

  /** The number at the address, {@link #NONE} where it does not end before the limit. */
  static long get(long address, long limit) {
    long value = 0;
    long end = Math.min(limit, address + MAX_BYTES);
    int shift = 0;
    for (long at = address; at < end; at++) {
      int b = NativeMemory.getUnsignedByte(at);
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return b == 0 && shift > 0 ? NONE : value;
      }
      shift += 7;
    }
    return NONE;
  }
}
