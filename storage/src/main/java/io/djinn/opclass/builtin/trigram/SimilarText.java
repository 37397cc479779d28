package io.djinn.opclass.builtin.trigram;

import java.util.Objects;

/**
 * Operand of the operators that compare similarities.
 *
 * @param threshold least similarity, 0 to 1; null for the operator's own
 */
public record SimilarText(String text, Float threshold) {
  public SimilarText {
    Objects.requireNonNull(text, "text");
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("a threshold is from 0 to 1, not " + threshold);
    }
  }
}
