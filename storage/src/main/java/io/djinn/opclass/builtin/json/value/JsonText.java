package io.djinn.opclass.builtin.json.value;

/** Orders and checks of Unicode text as a UTF-8 database has them. */
public final class JsonText {
  private JsonText() {}

  /** The order of UTF-8 bytes, which is that of code points. */
  public static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above all other characters.
        boolean xIsAbove = Character.isSurrogate(x);
        boolean yIsAbove = Character.isSurrogate(y);
        return xIsAbove == yIsAbove ? Character.compare(x, y) : xIsAbove ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** The order of keys in a jsonb object: shorter ones first, by bytes among those as long. */
  public static int compareKeys(String a, String b) {
    int order = Integer.compare(utf8Length(a), utf8Length(b));
    return order != 0 ? order : compare(a, b);
  }

  /** Bytes of the text in UTF-8. */
  public static int utf8Length(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // A surrogate is half of four bytes.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }

  /** What is wrong with the text in words, or null where jsonb takes it. */
  public static String defect(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "has the character U+0000 at character " + (i + 1) + ", which jsonb can not hold";
      }
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return String.format("has a lone surrogate U+%04X at character %d", (int) c, i + 1);
        }
        i++;
      }
    }
    return null;
  }
}
