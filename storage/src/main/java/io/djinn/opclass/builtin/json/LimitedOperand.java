package io.djinn.opclass.builtin.json;

import java.util.Objects;

/**
 * Operand of {@code @>}, {@code @?} or {@code @@} with a limit of its own.
 *
 * @param operand as the operator takes it without a limit
 * @param maxSteps steps one row may take, at least 1
 */
public record LimitedOperand(Object operand, long maxSteps) {
  public LimitedOperand {
    Objects.requireNonNull(operand, "operand");
    if (maxSteps < 1) {
      throw new IllegalArgumentException("maxSteps is at least 1, not " + maxSteps);
    }
  }
}
