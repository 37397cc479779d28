package io.djinn.opclass.builtin.json;

import io.djinn.error.InvalidRowException;
import io.djinn.opclass.builtin.json.value.JsonNumbers;
import io.djinn.opclass.builtin.json.value.JsonText;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A buffer in which one key after the other is built: text as UTF-8, numbers by value. */
final class KeyBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long MIX_1 = 0x9E3779B97F4A7C15L;
  private static final long MIX_2 = 0xC2B2AE3D27D4EB4FL;

  private static final int MAX_BYTES_PER_CHAR = 3;

  /** Bytes of an exponent with its sign and letter. */
  private static final int EXPONENT_BYTES = 12;

  private byte[] bytes = new byte[256];
  private int length;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void begin(int flag) {
    bytes[0] = (byte) flag;
    length = 1;
  }

  void setFlag(int flag) {
    bytes[0] = (byte) flag;
  }

  /** Puts in place of all bytes after the first one their hash. */
  void hashRest() {
    BIG_ENDIAN_LONG.set(bytes, 1, hash(1));
    length = 1 + Long.BYTES;
  }

  void put(int b) {
    grow(length + 1);
    bytes[length++] = (byte) b;
  }

  /** Makes the hash the whole key. */
  void setTo(long hash) {
    BIG_ENDIAN_LONG.set(bytes, 0, hash);
    length = Long.BYTES;
  }

  /** Hash of the bytes from the index on. A stored format: it never changes. */
  long hash(int from) {
    byte[] in = bytes;
    int at = from;
    long hash = MIX_2 ^ (length - from);
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      hash = Long.rotateLeft((hash ^ (long) LONG.get(in, at)) * MIX_1, 29) * MIX_2;
    }
    long rest = 0;
    for (int shift = 0; at < length; at++, shift += Byte.SIZE) {
      rest |= (in[at] & 0xFFL) << shift;
    }
    return mix(hash, rest);
  }

  /** Joins two hashes, order counting. A stored format: it never changes. */
  static long mix(long first, long second) {
    long hash = (Long.rotateLeft(first, 23) ^ second) * MIX_1;
    hash = (hash ^ hash >>> 32) * MIX_2;
    hash = (hash ^ hash >>> 29) * MIX_1;
    return hash ^ hash >>> 32;
  }

  void putText(String text) {
    int count = text.length();
    grow(length + count);
    byte[] out = bytes;
    int n = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || c == 0) {
        putText(text.toCharArray(), 0, count);
        return;
      }
      out[n + i] = (byte) c;
    }
    length = n + count;
  }

  /**
   * @throws InvalidRowException where jsonb does not hold the text
   */
  void putText(char[] text, int offset, int count) {
    grow(length + count);
    byte[] out = bytes;
    int n = length;
    int i = 0;
    for (; i < count; i++) {
      char c = text[offset + i];
      if (c >= 0x80 || c == 0) {
        break;
      }
      out[n++] = (byte) c;
    }
    length = n;
    if (i < count) {
      putRest(text, offset, i, count);
    }
  }

  private void putRest(char[] text, int offset, int done, int count) {
    grow(Math.addExact(length, Math.multiplyExact(count - done, MAX_BYTES_PER_CHAR)));
    byte[] out = bytes;
    int n = length;
    for (int i = done; i < count; i++) {
      char c = text[offset + i];
      if (c < 0x80) {
        if (c == 0) {
          throw refused(text, offset, count);
        }
        out[n++] = (byte) c;
      } else if (c < 0x800) {
        out[n++] = (byte) (0xC0 | c >> 6);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        out[n++] = (byte) (0xE0 | c >> 12);
        out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else {
        if (Character.isLowSurrogate(c)
            || i + 1 == count
            || !Character.isLowSurrogate(text[offset + i + 1])) {
          throw refused(text, offset, count);
        }
        int codePoint = Character.toCodePoint(c, text[offset + ++i]);
        out[n++] = (byte) (0xF0 | codePoint >> 18);
        out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      }
    }
    length = n;
  }

  private static InvalidRowException refused(char[] text, int offset, int count) {
    String whole = new String(text, offset, count);
    return new InvalidRowException(
        "jsonb: the text " + JsonValues.show(whole) + " " + JsonText.defect(whole));
  }

  /**
   * Puts a number so that equal ones give equal bytes however they are written: sign, digits
   * without zeros at either end, and the exponent of the last digit.
   *
   * <p>Linear in the length of the text, whatever the size of the number.
   *
   * @throws InvalidRowException where numeric does not hold the number
   */
  void putNumber(char[] text, int offset, int count) {
    grow(length + count + EXPONENT_BYTES);
    byte[] out = bytes;
    int end = offset + count;
    int at = offset;
    int n = length;
    if (text[at] == '-') {
      at++;
      out[n++] = '-';
    }
    int firstDigit = n;
    boolean inFraction = false;
    long fractionDigits = 0;
    long exponent = 0;
    int significantEnd = n;
    for (; at < end; at++) {
      char c = text[at];
      if (c == '.') {
        inFraction = true;
      } else if (c == 'e' || c == 'E') {
        exponent = JsonNumbers.exponent(text, at + 1, end);
        break;
      } else {
        fractionDigits += inFraction ? 1 : 0;
        if (c != '0' || n > firstDigit) {
          out[n++] = (byte) c;
          significantEnd = c == '0' ? significantEnd : n;
        }
      }
    }
    int digits = n - firstDigit;
    if (!JsonNumbers.isInRange(digits, fractionDigits, exponent)) {
      throw JsonValues.numberOutOfRange(new String(text, offset, count));
    }
    if (digits == 0) {
      out[length++] = '0';
      return;
    }
    long lastExponent = exponent - fractionDigits + (n - significantEnd);
    length = significantEnd;
    if (lastExponent != 0) {
      out[length++] = 'e';
      putDecimal((int) lastExponent);
    }
  }

  private void putDecimal(int number) {
    int rest = number;
    if (rest < 0) {
      bytes[length++] = '-';
      rest = -rest;
    }
    int divisor = 1;
    while (rest / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      bytes[length++] = (byte) ('0' + rest / divisor % 10);
    }
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  private void grow(int atLeast) {
    if (bytes.length < atLeast) {
      bytes = Arrays.copyOf(bytes, Math.max(atLeast, Math.min(2 * bytes.length, 1 << 20)));
    }
  }
}
