package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/** Unsigned numbers below 2^31 in one to five bytes, seven bits a byte, low bits first. */
final class LengthField {
  /** What {@link #read} gives where the bytes are no number. */
  static final long BAD = -1;

  private LengthField() {}

  /** Bytes of a number's field. */
  static int bytes(int value) {
    return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
  }

  /** Writes the field; returns the address behind it. */
  static long write(long address, int value) {
    while (value >= 0x80) {
      NativeMemory.putByte(address++, value | 0x80);
      value >>>= 7;
    }
    NativeMemory.putByte(address++, value);
    return address;
  }

  /**
   * Reads a field that must end before the limit: the number in the low 32 bits and the field's
   * bytes above, or {@link #BAD} where it does not end, is longer than need be or above 2^31 - 1.
   */
  static long read(long address, long limit) {
    long value = 0;
    for (int i = 0; i < 5 && address + i < limit; i++) {
      int bits = NativeMemory.getUnsignedByte(address + i);
      value |= (long) (bits & 0x7F) << 7 * i;
      if (bits < 0x80) {
        boolean canonical = i == 0 || bits != 0;
        return canonical && value <= Integer.MAX_VALUE ? value | (i + 1L) << 32 : BAD;
      }
    }
    return BAD;
  }

  /** The number a {@link #read} gave. */
  static int value(long field) {
    return (int) field;
  }

  /** The bytes of the field a {@link #read} gave. */
  static int fieldBytes(long field) {
    return (int) (field >>> 32);
  }
}
