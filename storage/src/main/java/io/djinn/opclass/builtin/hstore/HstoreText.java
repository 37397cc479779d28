package io.djinn.opclass.builtin.hstore;

import io.djinn.opclass.builtin.FoundValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text form of hstore, {@code a=>1, "b c"=>NULL}: reads and prints it.
 *
 * <p>Words with white space, commas, {@code =} or quotes in them stand in double quotes; a
 * backslash takes the character after it as it is. An unquoted {@code null}, in any case, is a null
 * value. Of pairs of one key the first counts.
 */
public final class HstoreText {
  private final String text;
  private int at;
  private boolean isQuoted;

  private HstoreText(String text) {
    this.text = text;
  }

  /**
   * Reads the text form.
   *
   * @return values by key, null for a null, in the order of the text
   * @throws IllegalArgumentException saying what is wrong where
   */
  public static Map<String, String> parse(String text) {
    return new HstoreText(text).pairs();
  }

  /** Prints the text form: shorter keys first, those of equal length by their UTF-8 bytes. */
  public static String print(Map<String, String> pairs) {
    StringBuilder printed = new StringBuilder();
    pairs.entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey, HstoreText::compareKeys))
        .forEach(
            pair -> {
              printed.append(printed.isEmpty() ? "" : ", ");
              quote(pair.getKey(), printed);
              printed.append("=>");
              if (pair.getValue() == null) {
                printed.append("NULL");
              } else {
                quote(pair.getValue(), printed);
              }
            });
    return printed.toString();
  }

  private static int compareKeys(String a, String b) {
    byte[] left = a.getBytes(StandardCharsets.UTF_8);
    byte[] right = b.getBytes(StandardCharsets.UTF_8);
    return left.length != right.length
        ? Integer.compare(left.length, right.length)
        : Arrays.compareUnsigned(left, right);
  }

  private static void quote(String word, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\');
      }
      to.append(c);
    }
    to.append('"');
  }

  private Map<String, String> pairs() {
    Map<String, String> pairs = new LinkedHashMap<>();
    while (true) {
      String key = word('=');
      if (key == null) {
        return pairs;
      }
      skipSpace();
      expect('=');
      expect('>');
      String value = word(',');
      if (value == null) {
        throw bad("a value is missing");
      }
      boolean isNull = !isQuoted && value.equalsIgnoreCase("null");
      if (!pairs.containsKey(key)) {
        pairs.put(key, isNull ? null : value);
      }
      skipSpace();
      if (at == text.length()) {
        return pairs;
      }
      expect(',');
    }
  }

  /**
   * The next word, quoted or not; null at the end of the text.
   *
   * @param end what ends a word beside white space: {@code =} for a key, a comma for a value
   */
  private String word(char end) {
    skipSpace();
    isQuoted = false;
    if (at == text.length()) {
      return null;
    }
    char first = text.charAt(at);
    if (first == '"') {
      at++;
      isQuoted = true;
      return quotedWord();
    }
    if (first == '=' && end == '=') {
      throw bad("a key is missing");
    }
    StringBuilder word = new StringBuilder();
    // The first character of a value is part of it, whatever it is.
    do {
      word.append(character());
    } while (at < text.length() && text.charAt(at) != end && !isSpace(text.charAt(at)));
    return word.toString();
  }

  private String quotedWord() {
    StringBuilder word = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      word.append(character());
    }
    expect('"');
    return word.toString();
  }

  /** One character, that after a backslash where there is one. */
  private char character() {
    if (text.charAt(at) == '\\' && ++at == text.length()) {
      throw bad("a backslash protects nothing");
    }
    return text.charAt(at++);
  }

  private void expect(char wanted) {
    if (at == text.length() || text.charAt(at) != wanted) {
      throw bad("'" + wanted + "' is missing");
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private IllegalArgumentException bad(String detail) {
    return new IllegalArgumentException(
        "not the text of an hstore, \""
            + FoundValue.cut(text)
            + "\": "
            + detail
            + " at character "
            + (at + 1));
  }
}
