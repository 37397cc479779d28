package io.djinn.opclass.builtin.regex;

/** What a caller says of an expression from outside; options inside it have the last word. */
public enum Flag {
  IGNORE_CASE,
  /** The pattern is plain text. */
  LITERAL,
  /** No dot and no complemented bracket expression matches a newline. */
  NEWLINE_STOPS,
  /** {@code ^} and {@code $} also match after and before a newline. */
  NEWLINE_ANCHORS,
  /**
   * NUL and newline stand for what is no character in a text that has neither: no atom matches
   * them, a complemented one as little as a dot, and beside a word boundary NUL counts as a letter.
   */
  STAND_INS
}
