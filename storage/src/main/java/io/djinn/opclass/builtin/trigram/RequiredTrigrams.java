package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.regex.RegularExpression;
import io.djinn.opclass.builtin.regex.StepBudget;
import java.util.Objects;

/** {@code LIKE}, {@code ILIKE} and {@code =}: a row must have all of the trigrams. */
final class RequiredTrigrams extends TrigramQuery {
  private final TrigramOperator operator;
  private final String operand;

  /** Null for {@code =}. */
  private final LikePattern pattern;

  private RequiredTrigrams(
      TrigramOperator operator, String operand, LikePattern pattern, int[] trigrams) {
    super(trigrams.length == 0 ? Mode.ALL : Mode.DEFAULT, trigrams);
    this.operator = operator;
    this.operand = operand;
    this.pattern = pattern;
  }

  static RequiredTrigrams of(TrigramOperator operator, String operand) {
    if (operator == TrigramOperator.EQUALS) {
      return new RequiredTrigrams(operator, operand, null, Trigrams.of(operand).distinct());
    }
    LikePattern pattern = new LikePattern(operand, operator == TrigramOperator.ILIKE);
    return new RequiredTrigrams(operator, operand, pattern, pattern.trigrams());
  }

  @Override
  boolean isPossible(byte[] presence) {
    for (int i = 0; i < keyCount(); i++) {
      if (presence[i] == Ternary.NO) {
        return false;
      }
    }
    return true;
  }

  @Override
  public KeyJoin keyJoin() {
    return KeyJoin.ALL;
  }

  @Override
  boolean matchesText(CharSequence text) {
    if (pattern == null) {
      return Objects.equals(operand, text.toString());
    }
    StepBudget budget = new StepBudget(this, RegularExpression.DEFAULT_MAX_STEPS);
    return pattern.matches(text, budget);
  }

  @Override
  public String toString() {
    return TrigramOps.NAME + " " + operator.symbol() + " \"" + operand + "\"";
  }
}
