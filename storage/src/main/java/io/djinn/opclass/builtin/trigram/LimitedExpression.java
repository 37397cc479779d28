package io.djinn.opclass.builtin.trigram;

import java.util.Objects;

/**
 * Operand of {@code ~} and {@code ~*} with a limit of its own.
 *
 * @param maxSteps steps one row may take, at least 1
 */
public record LimitedExpression(String pattern, long maxSteps) {
  public LimitedExpression {
    Objects.requireNonNull(pattern, "pattern");
    if (maxSteps < 1) {
      throw new IllegalArgumentException("maxSteps is at least 1, not " + maxSteps);
    }
  }
}
