package io.djinn.build.cli.golden;

import java.util.List;

/**
 * A query of an index.
 *
 * @param index the index that answers
 * @param conditions all of which must hold
 * @param op the operator as written
 * @param query the operand as JSON text
 * @param source what a tsquery was made of, else null
 * @param order {@code asc} or {@code desc} where the answer is in index order, else null
 * @param expected the answer
 */
public record GoldenQuery(
    int number,
    GoldenIndex index,
    List<Condition> conditions,
    String op,
    String query,
    Source source,
    String order,
    GoldenAnswer expected)
    implements GoldenLine {
  /**
   * One condition.
   *
   * @param column as written, or null for the index's only one
   * @param query the operand as JSON text
   */
  public record Condition(String column, String op, String query) {}

  /**
   * What a tsquery was made of.
   *
   * @param function {@code to_tsquery} and so on, {@code tsquery} for a plain cast
   * @param config null for a plain cast
   * @param expected the tsquery
   */
  public record Source(String function, String config, String text, String expected) {}

  public GoldenQuery {
    conditions = List.copyOf(conditions);
  }

  @Override
  public GoldenKind kind() {
    return GoldenKind.QUERY;
  }

  @Override
  public String label() {
    return index.opclass();
  }
}
