package io.djinn.opclass.builtin.regex;

/** A regular expression that breaks the syntax or a limit of it; names what, and where. */
public final class InvalidRegularExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST_SHOWN = 60;

  private final String fault;
  private final int position;

  /**
   * @param position as {@link #position()} gives it
   */
  public InvalidRegularExpressionException(String fault, String pattern, int position) {
    super(
        "invalid regular expression: "
            + fault
            + ", at character "
            + (position + 1)
            + " of \""
            + shown(pattern)
            + "\"");
    this.fault = fault;
    this.position = position;
  }

  /** What is wrong, without where. */
  public String fault() {
    return fault;
  }

  /** Index of the code point at which the fault was seen, from 0; the length where at the end. */
  public int position() {
    return position;
  }

  private static String shown(String pattern) {
    if (pattern.length() <= LONGEST_SHOWN) {
      return pattern;
    }
    boolean splitsPair = Character.isHighSurrogate(pattern.charAt(LONGEST_SHOWN - 1));
    return pattern.substring(0, splitsPair ? LONGEST_SHOWN - 1 : LONGEST_SHOWN) + "…";
  }
}
