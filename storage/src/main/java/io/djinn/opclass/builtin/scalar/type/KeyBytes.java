package io.djinn.opclass.builtin.scalar.type;

import io.djinn.opclass.builtin.Utf8Key;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Takes the key of one value at a time, in a buffer that is used again for the next. */
public final class KeyBytes {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int FIRST_SIZE = 16;

  private byte[] bytes = new byte[FIRST_SIZE];
  private int length;
  private Utf8Key utf8;

  /** Where the key is, from the first byte on; good until the next key. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length of the key, bytes. */
  public int length() {
    return length;
  }

  /** The key as an array of its own. */
  public byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  void clear() {
    length = 0;
  }

  void add(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) value;
  }

  void setShort(int value) {
    bytes[0] = (byte) (value >> 8);
    bytes[1] = (byte) value;
    length = Short.BYTES;
  }

  void setInt(int value) {
    INTS.set(bytes, 0, value);
    length = Integer.BYTES;
  }

  void setLong(long value) {
    LONGS.set(bytes, 0, value);
    length = Long.BYTES;
  }

  void setLongs(long high, long low) {
    LONGS.set(bytes, 0, high);
    LONGS.set(bytes, Long.BYTES, low);
    length = 2 * Long.BYTES;
  }

  void set(byte[] value) {
    if (value.length > bytes.length) {
      bytes = new byte[value.length];
    }
    System.arraycopy(value, 0, bytes, 0, value.length);
    length = value.length;
  }

  /** Takes text as UTF-8; false where it has a lone surrogate. */
  boolean trySetText(char[] text, int offset, int count) {
    if (utf8 == null) {
      utf8 = new Utf8Key();
    }
    length = utf8.tryEncode(text, offset, count);
    bytes = utf8.bytes();
    return length >= 0;
  }

  /** After {@link #trySetText} said false: index of the lone surrogate. */
  int loneSurrogate() {
    return ~length;
  }
}
