package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.regex.RegularExpression;
import io.djinn.opclass.builtin.regex.StepBudget;

/** The operators that compare a similarity with a threshold. */
final class SimilarityQuery extends TrigramQuery {
  private final TrigramOperator operator;
  private final SimilarText operand;
  private final float threshold;
  private final int[] trigrams;

  private SimilarityQuery(
      TrigramOperator operator, SimilarText operand, float threshold, int[] trigrams, Mode mode) {
    super(mode, mode == Mode.DEFAULT ? trigrams : new int[0]);
    this.operator = operator;
    this.operand = operand;
    this.threshold = threshold;
    this.trigrams = trigrams;
  }

  static SimilarityQuery of(TrigramOperator operator, SimilarText operand) {
    float threshold =
        operand.threshold() == null ? defaultThreshold(operator) : operand.threshold();
    int[] trigrams = Trigrams.of(operand.text()).distinct();
    // Every text is alike enough for a threshold of zero, also one without a common trigram.
    Mode mode = threshold <= 0 ? Mode.ALL : trigrams.length == 0 ? Mode.NONE : Mode.DEFAULT;
    return new SimilarityQuery(operator, operand, threshold, trigrams, mode);
  }

  private static float defaultThreshold(TrigramOperator operator) {
    return switch (operator) {
      case SIMILAR -> TrigramOps.DEFAULT_SIMILARITY;
      case WORD_SIMILAR, WORD_SIMILAR_COMMUTED -> TrigramOps.DEFAULT_WORD_SIMILARITY;
      default -> TrigramOps.DEFAULT_STRICT_WORD_SIMILARITY;
    };
  }

  /** The row can have no trigram in common with the query but those that are present. */
  @Override
  boolean isPossible(byte[] presence) {
    int count = keyCount();
    int present = 0;
    for (int i = 0; i < count; i++) {
      if (presence[i] != Ternary.NO) {
        present++;
      }
    }
    return count == 0 || isEnough(present);
  }

  private boolean isEnough(int present) {
    return (float) present / (float) keyCount() >= threshold;
  }

  @Override
  public KeyJoin keyJoin() {
    if (!isEnough(keyCount() - 1)) {
      return KeyJoin.ALL;
    }
    return isEnough(1) ? KeyJoin.ANY_COMPARED : KeyJoin.OTHER;
  }

  @Override
  boolean matchesText(CharSequence text) {
    if (threshold <= 0) {
      return true;
    }
    if (operator == TrigramOperator.SIMILAR) {
      return Similarity.similarity(trigrams, Trigrams.of(text)) >= threshold;
    }
    boolean strict =
        operator == TrigramOperator.STRICT_WORD_SIMILAR
            || operator == TrigramOperator.STRICT_WORD_SIMILAR_COMMUTED;
    StepBudget budget = new StepBudget(this, RegularExpression.DEFAULT_MAX_STEPS);
    return Similarity.extent(trigrams, Trigrams.of(text), strict, threshold, budget) >= threshold;
  }

  @Override
  public String toString() {
    return TrigramOps.NAME
        + " "
        + operator.symbol()
        + " \""
        + operand.text()
        + "\" with threshold "
        + threshold;
  }
}
