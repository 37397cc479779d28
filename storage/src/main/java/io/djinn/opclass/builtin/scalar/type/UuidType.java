package io.djinn.opclass.builtin.scalar.type;

import java.util.UUID;

/** Universally unique identifiers, by their 16 bytes. */
final class UuidType extends ScalarType {
  private static final int DIGITS = 32;
  private static final int GROUP = 4;

  UuidType() {
    super("uuid", "32 hexadecimal digits in groups of 8-4-4-4-12", "UUID");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof UUID uuid) {
      key.setLongs(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
      return true;
    }
    return false;
  }

  /** A hyphen may follow any four digits, braces may surround all. */
  @Override
  void encodeText(String text, KeyBytes key) {
    boolean hasBraces = text.startsWith("{");
    int i = hasBraces ? 1 : 0;
    int end = text.length();
    long high = 0;
    long low = 0;
    for (int n = 0; n < DIGITS; n++, i++) {
      if (n > 0 && n % GROUP == 0 && i < end && text.charAt(i) == '-') {
        i++;
      }
      int digit = i < end && text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0) {
        throw invalid(text, "");
      }
      if (n < DIGITS / 2) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    if (hasBraces ? !text.substring(i).equals("}") : i != end) {
      throw invalid(text, "");
    }
    key.setLongs(high, low);
  }
}
