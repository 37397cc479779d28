package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.builtin.regex.Flag;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.util.EnumSet;
import java.util.Set;

/** {@code ~} and {@code ~*}: a row must have trigrams that make a way through a graph. */
final class ExpressionQuery extends TrigramQuery {
  private final TrigramOperator operator;
  private final RegularExpression expression;

  /** Null where a text may match without any trigram. */
  private final TrigramGraph graph;

  private ExpressionQuery(
      TrigramOperator operator, RegularExpression expression, TrigramGraph graph) {
    super(
        graph == null ? Mode.ALL : graph.arcCount() == 0 ? Mode.NONE : Mode.DEFAULT,
        graph == null ? new int[0] : graph.trigrams());
    this.operator = operator;
    this.expression = expression;
    this.graph = graph;
  }

  static ExpressionQuery of(TrigramOperator operator, LimitedExpression operand) {
    RegularExpression expression =
        RegularExpression.compile(
            operand.pattern(),
            operator == TrigramOperator.MATCHES_IGNORING_CASE
                ? EnumSet.of(Flag.IGNORE_CASE)
                : Set.of(),
            operand.maxSteps());
    return new ExpressionQuery(operator, expression, TrigramGraphBuilder.build(expression));
  }

  @Override
  boolean isPossible(byte[] presence) {
    return graph == null || graph.isPassable(presence);
  }

  @Override
  boolean matchesText(CharSequence text) {
    return expression.matches(text);
  }

  @Override
  public String toString() {
    return TrigramOps.NAME + " " + operator.symbol() + " \"" + expression.pattern() + "\"";
  }
}
