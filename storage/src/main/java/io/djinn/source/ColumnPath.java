package io.djinn.source;

/**
 * Where a column is in a row: a field by name, {@code $}, the whole row, or the expression {@code
 * a+b} of two fields, whose values the operator class joins.
 *
 * @param field name of the field; null for the whole row
 * @param second name of the second field of an expression; null where it is none
 */
public record ColumnPath(String field, String second) {
  /** The whole row, written {@code $}. */
  public static final ColumnPath WHOLE_ROW = new ColumnPath(null, null);

  private static final String PROTECTED = ":+/\\";

  public ColumnPath {
    if (second != null && field == null) {
      throw new IllegalArgumentException("$ can not be part of an expression of two fields");
    }
  }

  public static ColumnPath field(String name) {
    requireName(name);
    return new ColumnPath(name, null);
  }

  /** The expression {@code first+second}. */
  public static ColumnPath expression(String first, String second) {
    requireName(first);
    requireName(second);
    return new ColumnPath(first, second);
  }

  private static void requireName(String name) {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("a column needs a field name, or $ for the whole row");
    }
  }

  /**
   * Reads {@code cast}, {@code $} or {@code title+extract}; a backslash takes the character after
   * it as it is.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static ColumnPath parse(String text) {
    if (text.equals("$")) {
      return WHOLE_ROW;
    }
    StringBuilder name = new StringBuilder(text.length());
    String first = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        if (++i == text.length()) {
          throw new IllegalArgumentException(
              "column \"" + text + "\" ends in a backslash that protects nothing");
        }
        name.append(text.charAt(i));
      } else if (c == '+' && first == null) {
        first = name.toString();
        name.setLength(0);
      } else if (PROTECTED.indexOf(c) >= 0) {
        throw new IllegalArgumentException(
            "column \""
                + text
                + "\": the character "
                + c
                + " must be protected by a backslash"
                + (c == '+' ? "; an expression has two fields" : ""));
      } else {
        name.append(c);
      }
    }
    if (first == null) {
      return field(name.toString());
    }
    if (text.startsWith("$+") || text.endsWith("+$")) {
      throw new IllegalArgumentException(
          "column \"" + text + "\": $ can not be part of an expression of two fields");
    }
    if (first.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException(
          "column \"" + text + "\": an expression needs a field on both sides of the +");
    }
    return expression(first, name.toString());
  }

  public boolean isWholeRow() {
    return field == null;
  }

  /** Whether it is of two fields. */
  public boolean isExpression() {
    return second != null;
  }

  /** The first field of an expression as a column. */
  public ColumnPath firstColumn() {
    return new ColumnPath(field, null);
  }

  /** The second field of an expression as a column. */
  public ColumnPath secondColumn() {
    return field(second);
  }

  /** The text {@link #parse} reads back. */
  @Override
  public String toString() {
    if (field == null) {
      return "$";
    }
    StringBuilder text = new StringBuilder(field.length() + 4);
    appendProtected(field, text);
    if (second != null) {
      appendProtected(second, text.append('+'));
    }
    return text.toString();
  }

  private static void appendProtected(String name, StringBuilder text) {
    if (name.equals("$")) {
      text.append('\\');
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (PROTECTED.indexOf(c) >= 0) {
        text.append('\\');
      }
      text.append(c);
    }
  }
}
