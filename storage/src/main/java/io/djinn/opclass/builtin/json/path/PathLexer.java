package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonNumbers;
import io.djinn.opclass.builtin.json.value.JsonText;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Cuts the text of a path into tokens, as PostgreSQL's {@code jsonpath_scan.l} does. */
final class PathLexer {
  private static final String SPECIAL = "?%$.[]{}()|&!=<>@#,*:-+/";
  private static final String BLANK = " \t\n\r\f";
  private static final String[] LONG_SYMBOLS = {"&&", "||", "**", "<=", "==", "<>", "!=", ">="};

  private final String text;
  private int at;

  PathLexer(String text) {
    this.text = text;
  }

  PathToken next() {
    skipBlanks();
    int start = at;
    if (at == text.length()) {
      return new PathToken(PathToken.Kind.END, "", null, start);
    }
    char c = text.charAt(at);
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number();
    }
    if (c == '"') {
      at++;
      return new PathToken(PathToken.Kind.STRING, quoted(start), null, start);
    }
    if (c == '$' && (peek(1) == '"' || isNameStart(peek(1)))) {
      at++;
      String name = peek(0) == '"' ? quotedAfterMark(start) : name();
      return new PathToken(PathToken.Kind.VARIABLE, name, null, start);
    }
    if (isNameStart(c)) {
      return new PathToken(PathToken.Kind.NAME, name(), null, start);
    }
    for (String symbol : LONG_SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        at += symbol.length();
        return new PathToken(PathToken.Kind.SYMBOL, symbol, null, start);
      }
    }
    at++;
    return new PathToken(PathToken.Kind.SYMBOL, String.valueOf(c), null, start);
  }

  private void skipBlanks() {
    while (at < text.length()) {
      if (BLANK.indexOf(text.charAt(at)) >= 0) {
        at++;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw error(at, "a comment without an end");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private PathToken number() {
    int start = at;
    BigDecimal number;
    PathToken.Kind kind = PathToken.Kind.INTEGER;
    int radix = text.charAt(at) == '0' ? radixOf(peek(1)) : 0;
    if (radix > 0 && Character.digit(peek(2), radix) >= 0 && peek(2) < 0x80) {
      at += 2;
      int from = at;
      skipDigits(radix);
      String digits = text.substring(from, at).replace("_", "");
      if (digits.length() > JsonNumbers.MAX_INTEGER_DIGITS) {
        throw error(start, "a number of more than " + JsonNumbers.MAX_INTEGER_DIGITS + " digits");
      }
      number = new BigDecimal(new BigInteger(digits, radix));
      if (!JsonNumbers.isInRange(number)) {
        number = null;
      }
    } else {
      if (text.charAt(at) == '0') {
        at++;
      } else {
        skipDigits(10);
      }
      if (peek(0) == '.') {
        at++;
        kind = PathToken.Kind.DECIMAL;
        skipDigits(10);
      }
      if (peek(0) == 'e' || peek(0) == 'E') {
        kind = PathToken.Kind.DECIMAL;
        at += peek(1) == '-' || peek(1) == '+' ? 2 : 1;
        int from = at;
        skipDigits(10);
        if (at == from) {
          throw error(start, "a number with an exponent without digits");
        }
      }
      if (at < text.length() && isOther(text.charAt(at))) {
        throw error(start, "a number followed directly by a letter or digit");
      }
      number = JsonNumbers.tryParse(text.substring(start, at).replace("_", ""));
    }
    if (number == null) {
      throw error(start, "a number beyond the limits of numeric");
    }
    return new PathToken(kind, text.substring(start, at), number, start);
  }

  private static int radixOf(char mark) {
    return switch (mark) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> 0;
    };
  }

  /** Digits with single underscores between them. */
  private void skipDigits(int radix) {
    boolean isFirst = true;
    while (isDigit(peek(0), radix) || (!isFirst && peek(0) == '_' && isDigit(peek(1), radix))) {
      isFirst = false;
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDigit(char c, int radix) {
    return c < 0x80 && Character.digit(c, radix) >= 0;
  }

  /** The character so far ahead, or NUL, which no path has. */
  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  private static boolean isOther(char c) {
    return c != 0 && c != '\\' && c != '"' && SPECIAL.indexOf(c) < 0 && BLANK.indexOf(c) < 0;
  }

  private static boolean isNameStart(char c) {
    return c == '\\' || isOther(c);
  }

  private String name() {
    int start = at;
    StringBuilder name = new StringBuilder();
    while (at < text.length() && isNameStart(text.charAt(at))) {
      takeCharacter(name);
    }
    return checked(name, start);
  }

  private String quotedAfterMark(int start) {
    at++;
    return quoted(start);
  }

  private String quoted(int start) {
    StringBuilder string = new StringBuilder();
    while (peek(0) != '"') {
      if (at >= text.length()) {
        throw error(start, "a string without an end");
      }
      takeCharacter(string);
    }
    at++;
    return checked(string, start);
  }

  private String checked(StringBuilder string, int start) {
    String defect = JsonText.defect(string);
    if (defect != null) {
      throw error(start, "a text that " + defect);
    }
    return string.toString();
  }

  private void takeCharacter(StringBuilder into) {
    char c = text.charAt(at++);
    if (c != '\\') {
      into.append(c);
      return;
    }
    if (at == text.length()) {
      throw error(at - 1, "a backslash at the end");
    }
    char escaped = text.charAt(at++);
    switch (escaped) {
      case 'b' -> into.append('\b');
      case 'f' -> into.append('\f');
      case 'n' -> into.append('\n');
      case 'r' -> into.append('\r');
      case 't' -> into.append('\t');
      case 'v' -> into.append('\u000b');
      case 'x' -> into.append((char) hex(2, 2, "hexadecimal"));
      case 'u' -> {
        if (peek(0) == '{') {
          at++;
          int codePoint = hex(1, 6, "Unicode");
          if (peek(0) != '}' || codePoint > Character.MAX_CODE_POINT) {
            throw error(at, "a Unicode escape that names no character");
          }
          at++;
          into.appendCodePoint(codePoint);
        } else {
          into.append((char) hex(4, 4, "Unicode"));
        }
      }
      default -> into.append(escaped);
    }
  }

  private int hex(int fewest, int most, String what) {
    int number = 0;
    int digits = 0;
    while (digits < most && isDigit(peek(0), 16)) {
      number = 16 * number + Character.digit(text.charAt(at++), 16);
      digits++;
    }
    if (digits < fewest) {
      throw error(at, "a " + what + " escape without its digits");
    }
    return number;
  }

  /** A failure that names the place and the text. */
  IllegalArgumentException error(int where, String what) {
    return new IllegalArgumentException(
        "jsonpath " + JsonValues.show(text) + ": " + what + " at character " + (where + 1));
  }
}
