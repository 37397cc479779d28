package io.djinn.nativetests.postgres;

import java.util.List;
import java.util.stream.Collectors;

/** Values as SQL writes them. */
final class Sql {
  private Sql() {}

  /** A text; null is NULL. */
  static String text(String value) {
    return value == null ? "NULL" : "'" + value.replace("'", "''") + "'";
  }

  /** An array of a type; null is NULL, as null elements are. */
  static String array(List<?> values, String type) {
    return values == null
        ? "NULL::" + type + "[]"
        : values.stream()
            .map(value -> value == null ? "NULL" : text(value.toString()))
            .collect(Collectors.joining(",", "ARRAY[", "]::" + type + "[]"));
  }

  /** A line of COPY. */
  static String copied(long id, String line) {
    return id
        + "\t"
        + line.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n");
  }
}
