package io.djinn.opclass.builtin;

/**
 * Encodes text as UTF-8 into a buffer that is used again for each key; refuses lone surrogates,
 * which no UTF-8 text can hold.
 */
public final class Utf8Key {
  private static final int MAX_BYTES_PER_CHAR = 3;

  private byte[] bytes = new byte[64];

  /** Where encoded bytes are, from the first on; another array after more were encoded. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Encodes and returns the length in bytes, or the complement of the index of a lone surrogate.
   */
  public int tryEncode(char[] text, int offset, int length) {
    if (length > bytes.length) {
      grow(length);
    }
    byte[] out = bytes;
    int n = 0;
    for (; n < length; n++) {
      char c = text[offset + n];
      if (c >= 0x80) {
        break;
      }
      out[n] = (byte) c;
    }
    return n == length ? n : encodeRest(text, offset, length, n);
  }

  /** As {@link #tryEncode(char[], int, int)}. */
  public int tryEncode(String text) {
    int length = text.length();
    if (length > bytes.length) {
      grow(length);
    }
    byte[] out = bytes;
    int n = 0;
    for (; n < length; n++) {
      char c = text.charAt(n);
      if (c >= 0x80) {
        return encodeRest(text.toCharArray(), 0, length, n);
      }
      out[n] = (byte) c;
    }
    return n;
  }

  private int encodeRest(char[] text, int offset, int length, int done) {
    grow(Math.multiplyExact(length, MAX_BYTES_PER_CHAR));
    byte[] out = bytes;
    int n = done;
    for (int i = done; i < length; i++) {
      char c = text[offset + i];
      if (c < 0x80) {
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
            || i + 1 == length
            || !Character.isLowSurrogate(text[offset + i + 1])) {
          return ~i;
        }
        int codePoint = Character.toCodePoint(c, text[offset + ++i]);
        out[n++] = (byte) (0xF0 | codePoint >> 18);
        out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      }
    }
    return n;
  }

  private void grow(int atLeast) {
    if (bytes.length < atLeast) {
      byte[] grown = new byte[Math.max(atLeast, Math.min(2 * bytes.length, 1 << 20))];
      System.arraycopy(bytes, 0, grown, 0, bytes.length);
      bytes = grown;
    }
  }
}
