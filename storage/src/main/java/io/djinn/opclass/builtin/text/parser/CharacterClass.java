package io.djinn.opclass.builtin.text.parser;

import java.util.Arrays;

/**
 * Sorts characters into the few classes that the parser tells apart.
 *
 * <p>Each ASCII character is a class of its own. The others are letters, marks that continue a word
 * but begin none, spaces, and the rest, as the C library sorts them under {@code C.UTF-8}: letters
 * are what Unicode calls alphabetic and the digits of other scripts, spaces are those that allow a
 * line break. Marks are characters without width, and five with width that are part of words still.
 */
final class CharacterClass {
  /** First number after ASCII. */
  static final int LETTER = 128;

  static final int MARK = 129;
  static final int SPACE = 130;
  static final int OTHER = 131;

  /** Stands for the end of the text. */
  static final int END = 132;

  static final int COUNT = 133;

  private static final int[] WIDE_MARKS = {0x0F3E, 0x0F3F, 0x1B44, 0x1BAA, 0xA953};

  private CharacterClass() {}

  /** The class of a character, which is not ASCII. */
  static int of(int codePoint) {
    if (Character.isAlphabetic(codePoint)) {
      return LETTER;
    }
    return switch (Character.getType(codePoint)) {
      case Character.DECIMAL_DIGIT_NUMBER -> LETTER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> MARK;
      case Character.COMBINING_SPACING_MARK ->
          Arrays.binarySearch(WIDE_MARKS, codePoint) >= 0 ? MARK : OTHER;
      case Character.SPACE_SEPARATOR -> isNoBreakSpace(codePoint) ? OTHER : SPACE;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
      default -> OTHER;
    };
  }

  private static boolean isNoBreakSpace(int codePoint) {
    return codePoint == 0x00A0 || codePoint == 0x2007 || codePoint == 0x202F;
  }

  static boolean isAsciiLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlpha(int c) {
    return isAsciiLetter(c) || c == LETTER;
  }

  static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == SPACE;
  }

  static boolean isHexDigit(int c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** Whether a URL path may hold the character: visible ASCII that RFC 3986 does not forbid. */
  static boolean isUrlCharacter(int c) {
    return c > ' ' && c < 0x7F && "\"<>\\^`{|}".indexOf(c) < 0;
  }
}
