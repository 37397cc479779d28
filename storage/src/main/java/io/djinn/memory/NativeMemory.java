package io.djinn.memory;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Raw access to off-heap bytes, little-endian and unchecked: one of the few audited classes that
 * may.
 *
 * <p>A caller has checked every address against the region it belongs to; offsets read from a page
 * or a record are validated first. Multi-byte values are unaligned and in native order, which must
 * be little-endian ({@link #requireLittleEndian()} is part of opening a store).
 */
public final class NativeMemory {
  private static final long BYTE_ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);

  /** Up to so many bytes a loop is quicker than a call. */
  private static final int SHORT_COPY_BYTES = 8;

  /** What four words hold. */
  private static final int FEW_WORDS_BYTES = 32;

  private NativeMemory() {}

  /** Throws where the machine is not little-endian: formats are in native order. */
  public static void requireLittleEndian() {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("byte order big-endian: only little-endian is supported");
    }
  }

  public static byte getByte(long address) {
    return UnsafeApi.getByte(address);
  }

  /** The byte at the address, 0 to 255. */
  public static int getUnsignedByte(long address) {
    return UnsafeApi.getByte(address) & 0xFF;
  }

  public static int getUnsignedShort(long address) {
    return UnsafeApi.getShort(address) & 0xFFFF;
  }

  public static int getInt(long address) {
    return UnsafeApi.getInt(address);
  }

  public static long getLong(long address) {
    return UnsafeApi.getLong(address);
  }

  /** The 48-bit unsigned number in the six bytes at the address. */
  public static long getUnsigned48(long address) {
    return (UnsafeApi.getInt(address) & 0xFFFF_FFFFL)
        | (long) (UnsafeApi.getShort(address + 4) & 0xFFFF) << 32;
  }

  public static void putByte(long address, int value) {
    UnsafeApi.putByte(address, (byte) value);
  }

  public static void putShort(long address, int value) {
    UnsafeApi.putShort(address, (short) value);
  }

  public static void putInt(long address, int value) {
    UnsafeApi.putInt(address, value);
  }

  public static void putLong(long address, long value) {
    UnsafeApi.putLong(address, value);
  }

  /** Writes the low 48 bits of the value into six bytes. */
  public static void putUnsigned48(long address, long value) {
    UnsafeApi.putInt(address, (int) value);
    UnsafeApi.putShort(address + 4, (short) (value >>> 32));
  }

  public static long getLongVolatile(long address) {
    return UnsafeApi.getLongVolatile(null, address);
  }

  public static void putLongRelease(long address, long value) {
    UnsafeApi.putLongRelease(null, address, value);
  }

  public static int getIntVolatile(long address) {
    return UnsafeApi.getIntVolatile(null, address);
  }

  public static void putIntRelease(long address, int value) {
    UnsafeApi.putIntRelease(null, address, value);
  }

  /** Copies bytes; the two ranges may overlap. Few of them, as most are, without a call. */
  public static void copy(long fromAddress, long toAddress, long lengthBytes) {
    if (lengthBytes > FEW_WORDS_BYTES || lengthBytes < 0) {
      UnsafeApi.copyMemory(fromAddress, toAddress, lengthBytes);
    } else if (lengthBytes > 0) {
      copyFew(fromAddress, toAddress, (int) lengthBytes);
    }
  }

  /** Copies 1 to 32 bytes: all are read, some of them twice, before any is written. */
  private static void copyFew(long from, long to, int length) {
    if (length >= 16) {
      long first = UnsafeApi.getLong(from);
      long second = UnsafeApi.getLong(from + 8);
      long beforeLast = UnsafeApi.getLong(from + length - 16);
      long last = UnsafeApi.getLong(from + length - 8);
      UnsafeApi.putLong(to, first);
      UnsafeApi.putLong(to + 8, second);
      UnsafeApi.putLong(to + length - 16, beforeLast);
      UnsafeApi.putLong(to + length - 8, last);
    } else if (length >= 8) {
      long first = UnsafeApi.getLong(from);
      long last = UnsafeApi.getLong(from + length - 8);
      UnsafeApi.putLong(to, first);
      UnsafeApi.putLong(to + length - 8, last);
    } else if (length >= 4) {
      int first = UnsafeApi.getInt(from);
      int last = UnsafeApi.getInt(from + length - 4);
      UnsafeApi.putInt(to, first);
      UnsafeApi.putInt(to + length - 4, last);
    } else {
      byte first = UnsafeApi.getByte(from);
      byte middle = UnsafeApi.getByte(from + (length >>> 1));
      byte last = UnsafeApi.getByte(from + length - 1);
      UnsafeApi.putByte(to, first);
      UnsafeApi.putByte(to + (length >>> 1), middle);
      UnsafeApi.putByte(to + length - 1, last);
    }
  }

  /** Copies bytes of an array; few of them, as most keys are, without a call. */
  public static void copyFromArray(byte[] from, int offset, long toAddress, int length) {
    if (length > SHORT_COPY_BYTES) {
      UnsafeApi.copyMemory(from, BYTE_ARRAY_BASE + offset, null, toAddress, length);
    } else {
      for (int i = 0; i < length; i++) {
        UnsafeApi.putByte(toAddress + i, from[offset + i]);
      }
    }
  }

  /** Copies bytes to an array; few of them, as most keys are, without a call. */
  public static void copyToArray(long fromAddress, byte[] to, int offset, int length) {
    if (length > SHORT_COPY_BYTES) {
      UnsafeApi.copyMemory(null, fromAddress, to, BYTE_ARRAY_BASE + offset, length);
    } else {
      for (int i = 0; i < length; i++) {
        to[offset + i] = UnsafeApi.getByte(fromAddress + i);
      }
    }
  }

  public static void fill(long address, long lengthBytes, int value) {
    UnsafeApi.setMemory(address, lengthBytes, (byte) value);
  }

  /** Compares two byte strings as unsigned bytes; a prefix comes first. */
  public static int compare(long a, int lengthA, long b, int lengthB) {
    int common = Math.min(lengthA, lengthB);
    int i = 0;
    for (; i + 8 <= common; i += 8) {
      long x = UnsafeApi.getLong(a + i);
      long y = UnsafeApi.getLong(b + i);
      if (x != y) {
        return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
      }
    }
    if (i > 0 && i < common) {
      // The last word begins with bytes known to be the same.
      long x = UnsafeApi.getLong(a + common - 8);
      long y = UnsafeApi.getLong(b + common - 8);
      return x != y
          ? Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y))
          : lengthA - lengthB;
    }
    for (; i < common; i++) {
      int difference = getUnsignedByte(a + i) - getUnsignedByte(b + i);
      if (difference != 0) {
        return difference;
      }
    }
    return lengthA - lengthB;
  }

  /** Length of the longest common prefix of two byte strings, bytes. */
  public static int commonPrefix(long a, int lengthA, long b, int lengthB) {
    int common = Math.min(lengthA, lengthB);
    int i = 0;
    for (; i + 8 <= common; i += 8) {
      long difference = UnsafeApi.getLong(a + i) ^ UnsafeApi.getLong(b + i);
      if (difference != 0) {
        return i + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    if (i > 0 && i < common) {
      // The last word begins with bytes known to be the same.
      long difference = UnsafeApi.getLong(a + common - 8) ^ UnsafeApi.getLong(b + common - 8);
      return difference == 0 ? common : common - 8 + (Long.numberOfTrailingZeros(difference) >>> 3);
    }
    while (i < common && getByte(a + i) == getByte(b + i)) {
      i++;
    }
    return i;
  }

  /**
   * The first eight bytes of a byte string as a big-endian number, so that unsigned comparison is
   * byte order; bytes past its end count as zero.
   */
  public static long head(long address, int length) {
    if (length >= 8) {
      return Long.reverseBytes(UnsafeApi.getLong(address));
    }
    long head = 0;
    for (int i = 0; i < length; i++) {
      head |= (long) getUnsignedByte(address + i) << (56 - 8 * i);
    }
    return head;
  }

  /** As {@link #head} of at least one byte, of bytes that eight more can be read behind. */
  public static long headWithin(long address, int length) {
    long head = Long.reverseBytes(UnsafeApi.getLong(address));
    return length >= 8 ? head : head & -1L << (64 - 8 * length);
  }

  static long allocate(long sizeBytes) {
    return UnsafeApi.allocateMemory(sizeBytes);
  }

  static void free(long address) {
    UnsafeApi.freeMemory(address);
  }
}
