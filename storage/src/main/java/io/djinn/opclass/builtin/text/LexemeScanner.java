package io.djinn.opclass.builtin.text;

import java.util.Arrays;

/**
 * Reads words as they are written in tsvector and tsquery literals: plain or between quotes, with
 * backslashes, in a tsvector followed by positions.
 *
 * <p>A state machine as PostgreSQL's {@code tsvector_parser.c}. White space is ASCII's.
 */
final class LexemeScanner {
  private static final int LONGEST_SHOWN = 60;

  /** What the words are in. */
  private enum Kind {
    VECTOR,
    QUERY,
    WEB
  }

  private final String text;
  private final Kind kind;
  private int at;
  private final StringBuilder word = new StringBuilder();
  private char[] positions = new char[8];
  private int positionCount;

  private LexemeScanner(String text, Kind kind) {
    requireText(text);
    this.text = text;
    this.kind = kind;
  }

  static LexemeScanner ofVector(String text) {
    return new LexemeScanner(text, Kind.VECTOR);
  }

  /** Operators end words. */
  static LexemeScanner ofQuery(String text) {
    return new LexemeScanner(text, Kind.QUERY);
  }

  /** Operators and double quotes end words; single quotes and backslashes mean nothing. */
  static LexemeScanner ofWebQuery(String text) {
    return new LexemeScanner(text, Kind.WEB);
  }

  /**
   * Refuses what PostgreSQL's text can not hold.
   *
   * @throws IllegalArgumentException naming the character
   */
  static void requireText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new IllegalArgumentException(
            "text search takes no text with the character U+0000, found at " + (i + 1));
      }
      if (Character.isSurrogate(c)) {
        boolean isPair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!isPair) {
          throw new IllegalArgumentException(
              String.format(
                  "text search takes Unicode text: lone surrogate U+%04X at character %d",
                  (int) c, i + 1));
        }
        i++;
      }
    }
  }

  /** Writes a lexeme between quotes. */
  static void quote(String lexeme, StringBuilder to) {
    to.append('\'');
    for (int i = 0; i < lexeme.length(); i++) {
      char c = lexeme.charAt(i);
      if (c == '\'' || c == '\\') {
        to.append(c);
      }
      to.append(c);
    }
    to.append('\'');
  }

  static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isOperator(int c) {
    return c == '!' || c == '&' || c == '|' || c == '(' || c == ')' || c == '<';
  }

  /** Where the scanner is. */
  int at() {
    return at;
  }

  void moveTo(int index) {
    at = index;
  }

  /** The character there, or -1 at the end. */
  int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  String word() {
    return word.toString();
  }

  int positionCount() {
    return positionCount;
  }

  /** Position and weight, packed. */
  char position(int index) {
    return positions[index];
  }

  /** Reads the next word, and in a tsvector its positions; false at the end of the text. */
  boolean next() {
    word.setLength(0);
    positionCount = 0;
    while (isSpace(peek())) {
      at++;
    }
    int c = peek();
    if (c < 0) {
      return false;
    }
    if (kind != Kind.WEB && c == '\'') {
      at++;
      readQuoted();
      if (kind == Kind.VECTOR && peek() == ':') {
        at++;
        readPositions();
      }
      return true;
    }
    if (kind != Kind.VECTOR && isOperator(c)) {
      throw syntaxError();
    }
    if (kind == Kind.WEB || c != '\\') {
      // A colon that begins a word is a part of it.
      word.append((char) c);
      at++;
    }
    readPlain();
    return true;
  }

  private void readQuoted() {
    while (true) {
      int c = peek();
      if (c < 0) {
        throw syntaxError();
      }
      at++;
      if (c == '\\') {
        readEscaped();
      } else if (c != '\'') {
        word.append((char) c);
      } else if (peek() == '\'') {
        word.append('\'');
        at++;
      } else {
        break;
      }
    }
    if (word.isEmpty()) {
      throw syntaxError();
    }
  }

  private void readPlain() {
    while (true) {
      int c = peek();
      if (kind != Kind.WEB && c == '\\') {
        at++;
        readEscaped();
        continue;
      }
      boolean ends =
          c < 0
              || isSpace(c)
              || (kind != Kind.VECTOR && isOperator(c))
              || (kind == Kind.WEB && c == '"');
      if (ends || c == ':') {
        if (word.isEmpty()) {
          throw syntaxError();
        }
        if (c == ':' && kind == Kind.VECTOR) {
          at++;
          readPositions();
        }
        return;
      }
      word.append((char) c);
      at++;
    }
  }

  private void readEscaped() {
    int c = peek();
    if (c < 0) {
      throw new IllegalArgumentException("there is no escaped character: \"" + shown() + "\"");
    }
    word.append((char) c);
    at++;
  }

  private void readPositions() {
    while (true) {
      if (!isDigit(peek())) {
        throw syntaxError();
      }
      int position = readPosition();
      int weight = 0;
      while (true) {
        int c = peek();
        if (c < 0 || isSpace(c) || c == ',') {
          break;
        }
        at++;
        if (isDigit(c)) {
          continue;
        }
        int given = c == '*' ? 3 : 3 - "ABCD".indexOf(Character.toUpperCase((char) c));
        if (given > 3 || weight != 0 || c >= 128) {
          throw syntaxError();
        }
        weight = given;
      }
      if (positionCount == positions.length) {
        positions = Arrays.copyOf(positions, 2 * positionCount);
      }
      positions[positionCount++] = TsVector.pack(position, weight);
      if (peek() != ',') {
        return;
      }
      at++;
    }
  }

  /** Numbers too large for 32 bits wrap around, as C's atoi. */
  private int readPosition() {
    long number = 0;
    while (isDigit(peek())) {
      int digit = text.charAt(at++) - '0';
      number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : 10 * number + digit;
    }
    int position = Math.min((int) number, TsVector.MAX_POSITION) & TsVector.MAX_POSITION;
    if (position == 0) {
      throw new IllegalArgumentException("wrong position info in tsvector: \"" + shown() + "\"");
    }
    return position;
  }

  IllegalArgumentException syntaxError() {
    return new IllegalArgumentException(
        "syntax error in "
            + (kind == Kind.VECTOR ? "tsvector" : "tsquery")
            + ": \""
            + shown()
            + "\"");
  }

  /** The text, cut to a length fit for a message. */
  String shown() {
    if (text.length() <= LONGEST_SHOWN) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(LONGEST_SHOWN - 1));
    return text.substring(0, splitsPair ? LONGEST_SHOWN - 1 : LONGEST_SHOWN) + "…";
  }
}
