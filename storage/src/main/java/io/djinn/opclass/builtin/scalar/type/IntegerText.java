package io.djinn.opclass.builtin.scalar.type;

/**
 * The text forms of integers: an optional sign, then decimal digits, or {@code 0x}, {@code 0o} or
 * {@code 0b} with digits of that base; single underscores may part digits.
 */
final class IntegerText {
  private static final int DECIMAL = 10;

  private IntegerText() {}

  /** The text without underscores; null where it is no integer. */
  static String plain(String text) {
    int from = !text.isEmpty() && isSign(text.charAt(0)) ? 1 : 0;
    int radix = radix(text);
    int i = radix == DECIMAL ? from : from + 2;
    if (i >= text.length()) {
      return null;
    }
    StringBuilder plain = new StringBuilder(text.length()).append(text, 0, i);
    // An underscore may also follow the base.
    boolean mayPart = radix != DECIMAL;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_' && mayPart && i + 1 < text.length()) {
        mayPart = false;
      } else if (c < 0x80 && Character.digit(c, radix) >= 0) {
        plain.append(c);
        mayPart = true;
      } else {
        return null;
      }
    }
    return plain.toString();
  }

  static int radix(String text) {
    int from = !text.isEmpty() && isSign(text.charAt(0)) ? 1 : 0;
    if (text.length() < from + 2 || text.charAt(from) != '0') {
      return DECIMAL;
    }
    return switch (text.charAt(from + 1)) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> DECIMAL;
    };
  }

  /** Sign and digits of plain text, without what tells the base. */
  static String digits(String plain) {
    if (radix(plain) == DECIMAL) {
      return plain;
    }
    return isSign(plain.charAt(0)) ? plain.charAt(0) + plain.substring(3) : plain.substring(2);
  }

  private static boolean isSign(char c) {
    return c == '+' || c == '-';
  }
}
