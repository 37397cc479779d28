package io.djinn.opclass.builtin.regex;

/** What a caller says of an expression from outside; options inside it have the last word. */
public enum Flag {
  IGNORE_CASE,
  /** The pattern is plain text. */
  LITERAL,
  /** No dot and no complemented bracket expression matches a newline. */
  NEWLINE_STOPS,
  /** {@code ^} and {@code $} also match after and before a newline. */
  NEWLINE_ANCHORS
}
