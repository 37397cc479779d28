package io.djinn.opclass.builtin.regex;

/** What a place between two characters must be, to be passed. */
public enum Place {
  TEXT_START,
  TEXT_END,
  /** The start of the text, or after a newline. */
  LINE_START,
  /** The end of the text, or before a newline. */
  LINE_END,
  WORD_START,
  WORD_END,
  WORD_BOUNDARY,
  NO_WORD_BOUNDARY;

  /** What is on one side: the edge of the text, a newline, a word character, or another one. */
  public static final int EDGE = 0;

  public static final int NEWLINE = 1;
  public static final int WORD = 2;
  public static final int OTHER = 3;

  /** How many kinds of neighbour there are. */
  public static final int NEIGHBOURS = 4;

  /** Whether a place between these two is one of the kind. */
  public boolean isBetween(int before, int after) {
    return switch (this) {
      case TEXT_START -> before == EDGE;
      case TEXT_END -> after == EDGE;
      case LINE_START -> before == EDGE || before == NEWLINE;
      case LINE_END -> after == EDGE || after == NEWLINE;
      case WORD_START -> before != WORD && after == WORD;
      case WORD_END -> before == WORD && after != WORD;
      case WORD_BOUNDARY -> (before == WORD) != (after == WORD);
      case NO_WORD_BOUNDARY -> (before == WORD) == (after == WORD);
    };
  }
}
