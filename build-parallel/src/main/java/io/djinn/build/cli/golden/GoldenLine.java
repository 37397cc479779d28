package io.djinn.build.cli.golden;

import java.util.List;

/**
 * One line of a golden file: a query with PostgreSQL's answer, or a line of another kind, of which
 * the number alone is kept.
 *
 * @param number 1-based
 * @param index the index that answers; null for a line of another kind
 * @param conditions all of which must hold
 * @param op the operator as written
 * @param query the operand as JSON text
 * @param order {@code asc} or {@code desc} where the answer is in index order, else null
 * @param expected the answer
 */
public record GoldenLine(
    int number,
    GoldenKind kind,
    GoldenIndex index,
    List<Condition> conditions,
    String op,
    String query,
    String order,
    GoldenAnswer expected) {
  /**
   * One condition.
   *
   * @param column as written, or null for the index's only one
   * @param query the operand as JSON text
   */
  public record Condition(String column, String op, String query) {}

  public GoldenLine {
    conditions = List.copyOf(conditions);
  }

  /** What results are counted under: the operator class, or the kind where there is none. */
  public String label() {
    return index == null ? kind.label() : index.opclass();
  }
}
