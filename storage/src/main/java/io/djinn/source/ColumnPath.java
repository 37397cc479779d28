package io.djinn.source;

/**
 * Where a column is in a row: a field by name, or {@code $}, the whole row.
 *
 * @param field name of the field; null for the whole row
 */
public record ColumnPath(String field) {
  /** The whole row, written {@code $}. */
  public static final ColumnPath WHOLE_ROW = new ColumnPath(null);

  private static final String PROTECTED = ":+/\\";

  public static ColumnPath field(String name) {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("a column needs a field name, or $ for the whole row");
    }
    return new ColumnPath(name);
  }

  /**
   * Reads {@code cast} or {@code $}; a backslash takes the character after it as it is.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static ColumnPath parse(String text) {
    if (text.equals("$")) {
      return WHOLE_ROW;
    }
    StringBuilder name = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        if (++i == text.length()) {
          throw new IllegalArgumentException(
              "column \"" + text + "\" ends in a backslash that protects nothing");
        }
        name.append(text.charAt(i));
      } else if (PROTECTED.indexOf(c) >= 0) {
        throw new IllegalArgumentException(
            "column \"" + text + "\": the character " + c + " must be protected by a backslash");
      } else {
        name.append(c);
      }
    }
    return field(name.toString());
  }

  public boolean isWholeRow() {
    return field == null;
  }

  /** The text {@link #parse} reads back. */
  @Override
  public String toString() {
    if (field == null) {
      return "$";
    }
    if (field.equals("$")) {
      return "\\$";
    }
    StringBuilder text = new StringBuilder(field.length() + 4);
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (PROTECTED.indexOf(c) >= 0) {
        text.append('\\');
      }
      text.append(c);
    }
    return text.toString();
  }
}
