package io.djinn.opclass.builtin.scalar.type;

/**
 * Byte strings; as text {@code \x} and hexadecimal digits, or plain characters where {@code \\} is
 * a backslash and {@code \ooo} a byte in octal.
 */
final class ByteaType extends ScalarType {
  private static final int MAX_OCTAL_FIRST = 3;

  ByteaType() {
    super("bytea", "bytes, as text \\x and two hexadecimal digits a byte", "byte[]");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof byte[] bytes) {
      key.set(bytes);
      return true;
    }
    return false;
  }

  @Override
  void encodeText(String text, KeyBytes key) {
    if (text.startsWith("\\x")) {
      encodeHex(text, key);
    } else {
      encodeEscaped(text, key);
    }
  }

  /** White space may part bytes, but not the two digits of one. */
  private void encodeHex(String text, KeyBytes key) {
    key.clear();
    for (int i = 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        continue;
      }
      int high = hexDigit(c, text);
      if (++i == text.length()) {
        throw invalid(text, "the number of hexadecimal digits is odd");
      }
      key.add(high << 4 | hexDigit(text.charAt(i), text));
    }
  }

  private int hexDigit(char c, String text) {
    int digit = c < 0x80 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw invalid(text, "\"" + c + "\" is no hexadecimal digit");
    }
    return digit;
  }

  private void encodeEscaped(String text, KeyBytes key) {
    if (!key.trySetText(text.toCharArray(), 0, text.length())) {
      throw invalid(text, "it has a lone surrogate at character " + (key.loneSurrogate() + 1));
    }
    byte[] utf8 = key.copy();
    key.clear();
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] != '\\') {
        key.add(utf8[i]);
      } else if (i + 1 < utf8.length && utf8[i + 1] == '\\') {
        key.add('\\');
        i++;
      } else {
        key.add(octal(utf8, i + 1, text));
        i += 3;
      }
    }
  }

  private int octal(byte[] utf8, int from, String text) {
    int value = 0;
    for (int i = from; i < from + 3; i++) {
      int digit = i < utf8.length ? utf8[i] - '0' : -1;
      if (digit < 0 || digit > 7 || (i == from && digit > MAX_OCTAL_FIRST)) {
        throw invalid(text, "a backslash is followed by neither a backslash nor an octal number");
      }
      value = value << 3 | digit;
    }
    return value;
  }
}
