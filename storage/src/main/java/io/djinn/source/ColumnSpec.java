package io.djinn.source;

/**
 * A column of an index as people write it: {@code PATH:CLASS} or {@code PATH:CLASS/ARGUMENT}.
 *
 * @param path where the column is in a row
 * @param operatorClass name of the operator class, as {@code array_ops}
 * @param argument its argument, as {@code int4}; "" where none is written
 */
public record ColumnSpec(ColumnPath path, String operatorClass, String argument) {
  /**
   * Reads {@code cast:array_ops/text}, {@code $:array_ops/int4} or {@code a+b:tsvector_ops/simple}.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static ColumnSpec parse(String text) {
    int colon = unprotected(text, ':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "column \""
              + text
              + "\" names no operator class: write PATH:CLASS or PATH:CLASS/ARGUMENT");
    }
    ColumnPath path = ColumnPath.parse(text.substring(0, colon));
    String rest = text.substring(colon + 1);
    int slash = rest.indexOf('/');
    String name = slash < 0 ? rest : rest.substring(0, slash);
    String argument = slash < 0 ? "" : rest.substring(slash + 1);
    if (name.isEmpty() || (slash >= 0 && argument.isEmpty())) {
      throw new IllegalArgumentException(
          "column \""
              + text
              + "\": "
              + (name.isEmpty() ? "no operator class after the colon" : "nothing after the slash"));
    }
    return new ColumnSpec(path, name, argument);
  }

  private static int unprotected(String text, char wanted) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The text {@link #parse} reads back. */
  @Override
  public String toString() {
    return path + ":" + operatorClass + (argument.isEmpty() ? "" : "/" + argument);
  }
}
