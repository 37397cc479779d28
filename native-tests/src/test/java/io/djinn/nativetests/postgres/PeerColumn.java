package io.djinn.nativetests.postgres;

import java.util.List;

/**
 * A column of an index over a data file, which draws conditions.
 *
 * <p>The values of the sample's rows are given once, before conditions are drawn.
 */
abstract class PeerColumn {
  private final String field;
  private final String operatorClass;
  private final String argument;
  private final String sql;

  /**
   * @param field as golden lines name it
   * @param argument of the operator class, or empty
   * @param sql its value of a row, of which {@code line} is the text and {@code j} the JSON
   */
  PeerColumn(String field, String operatorClass, String argument, String sql) {
    this.field = field;
    this.operatorClass = operatorClass;
    this.argument = argument;
    this.sql = sql;
  }

  final String field() {
    return field;
  }

  final String operatorClass() {
    return operatorClass;
  }

  final String argument() {
    return argument;
  }

  final String sql() {
    return sql;
  }

  /**
   * Takes the rows conditions are drawn from.
   *
   * @param rows the data file's rows: their JSON, or their text
   */
  abstract void rows(List<Object> rows);

  abstract PeerCondition draw(Draw draw);
}
