package io.djinn.opclass.builtin.regex;

/** Reads code points of UTF-8; a byte that begins no valid one counts as U+FFFD by itself. */
final class Utf8 {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int LENGTH_BITS = 3;

  private Utf8() {}

  /** The code point that begins at the index, with its length in bytes in the low bits. */
  static int decode(byte[] bytes, int at, int limit) {
    int lead = bytes[at] & 0xFF;
    if (lead < 0x80) {
      return lead << LENGTH_BITS | 1;
    }
    int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > limit) {
      return REPLACEMENT << LENGTH_BITS | 1;
    }
    int codePoint = lead & 0xFF >> length + 1;
    for (int i = 1; i < length; i++) {
      int trail = bytes[at + i];
      if ((trail & 0xC0) != 0x80) {
        return REPLACEMENT << LENGTH_BITS | 1;
      }
      codePoint = codePoint << 6 | trail & 0x3F;
    }
    boolean shortest = length == 2 || codePoint >= (length == 3 ? 0x800 : 0x10000);
    boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    return shortest && !surrogate && codePoint <= Character.MAX_CODE_POINT
        ? codePoint << LENGTH_BITS | length
        : REPLACEMENT << LENGTH_BITS | 1;
  }

  static int codePoint(int decoded) {
    return decoded >> LENGTH_BITS;
  }

  static int length(int decoded) {
    return decoded & (1 << LENGTH_BITS) - 1;
  }
}
