package io.djinn.build.cli.grep;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text that may hold bytes which are no UTF-8: each such byte stands in a string as a lone low
 * surrogate, U+DC80 to U+DCFF, and becomes the byte again when it is written.
 */
public final class RawText {
  private static final int ESCAPE = 0xDC00;

  private RawText() {}

  /** The string of some bytes. */
  public static String decode(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int bad = firstBad(bytes, offset, end);
    if (bad == end) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
    StringBuilder text = new StringBuilder(length);
    int from = offset;
    while (from < end) {
      text.append(new String(bytes, from, bad - from, StandardCharsets.UTF_8));
      if (bad < end) {
        text.append((char) (ESCAPE | bytes[bad] & 0xFF));
        bad++;
      }
      from = bad;
      bad = firstBad(bytes, from, end);
    }
    return text.toString();
  }

  /** The byte that a character stands for, or -1 where it is an ordinary one. */
  public static int escapedByte(char c) {
    return c >= (ESCAPE | 0x80) && c <= (ESCAPE | 0xFF) ? c & 0xFF : -1;
  }

  /** Index of the first byte that belongs to no character, or {@code end}. */
  static int firstBad(byte[] bytes, int offset, int end) {
    int i = offset;
    while (i < end) {
      int length = characterBytes(bytes, i, end);
      if (length < 0 || length > 4 || isAboveUnicode(bytes, i, length)) {
        return i;
      }
      i += length;
    }
    return end;
  }

  /**
   * Puts a stand-in of {@link io.djinn.opclass.builtin.regex.Flag#STAND_INS} in the place of each
   * byte that belongs to no character.
   *
   * @param first index of the first of them
   */
  static void replaceBad(byte[] bytes, int first) {
    int i = first;
    while (i < bytes.length) {
      int length = characterBytes(bytes, i, bytes.length);
      if (length < 0) {
        bytes[i] = (byte) (Character.isLetterOrDigit(bytes[i] & 0xFF) ? 0 : '\n');
        i++;
      } else {
        Arrays.fill(bytes, i, i + length, (byte) '\n');
        i += length;
      }
      i = firstBad(bytes, i, bytes.length);
    }
  }

  /**
   * Whether the C library finds a character everywhere: its UTF-8 goes up to 31 bits, in six bytes.
   */
  static boolean isText(byte[] bytes, int offset, int end) {
    int i = offset;
    while (i < end) {
      int length = characterBytes(bytes, i, end);
      if (length < 0) {
        return false;
      }
      i += length;
    }
    return true;
  }

  private static boolean isAboveUnicode(byte[] bytes, int i, int length) {
    return length == 4
        && ((bytes[i] & 0xFF) > 0xF4 || (bytes[i] & 0xFF) == 0xF4 && (bytes[i + 1] & 0xFF) > 0x8F);
  }

  /** Bytes of the character that begins at an index, or -1 where none does. */
  private static int characterBytes(byte[] bytes, int i, int end) {
    int first = bytes[i] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xC2 || first > 0xFD) {
      return -1;
    }
    int length = Integer.numberOfLeadingZeros(~(first << 24));
    if (i + length > end) {
      return -1;
    }
    for (int k = 1; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return -1;
      }
    }
    int second = bytes[i + 1] & 0xFF;
    // Below these a shorter form would do; behind ED only surrogates are left.
    boolean isTooLong =
        switch (first) {
          case 0xE0 -> second < 0xA0;
          case 0xF0 -> second < 0x90;
          case 0xF8 -> second < 0x88;
          case 0xFC -> second < 0x84;
          default -> false;
        };
    return isTooLong || (first == 0xED && second >= 0xA0) ? -1 : length;
  }
}
