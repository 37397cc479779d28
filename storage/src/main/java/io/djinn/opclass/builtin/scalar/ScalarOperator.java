package io.djinn.opclass.builtin.scalar;

import java.util.Arrays;
import java.util.List;

/** The operators of the scalar classes. */
enum ScalarOperator {
  LESS("<", true, false, false),
  LESS_OR_EQUAL("<=", true, true, false),
  EQUAL("=", false, true, false),
  GREATER_OR_EQUAL(">=", false, true, true),
  GREATER(">", false, false, true);

  static final List<String> SYMBOLS =
      Arrays.stream(values()).map(operator -> operator.symbol).toList();

  private final String symbol;
  private final boolean takesLess;
  private final boolean takesEqual;
  private final boolean takesGreater;

  ScalarOperator(String symbol, boolean takesLess, boolean takesEqual, boolean takesGreater) {
    this.symbol = symbol;
    this.takesLess = takesLess;
    this.takesEqual = takesEqual;
    this.takesGreater = takesGreater;
  }

  String symbol() {
    return symbol;
  }

  /** Whether values below the operand match. */
  boolean takesLess() {
    return takesLess;
  }

  /** Whether values above the operand match. */
  boolean takesGreater() {
    return takesGreater;
  }

  /**
   * Whether a value matches.
   *
   * @param order negative where the value is below the operand, 0 where they are equal
   */
  boolean takes(int order) {
    return order < 0 ? takesLess : order > 0 ? takesGreater : takesEqual;
  }

  /**
   * @param operatorClass its name, for the message
   */
  static ScalarOperator of(String symbol, String operatorClass) {
    for (ScalarOperator operator : values()) {
      if (operator.symbol.equals(symbol)) {
        return operator;
      }
    }
    throw new IllegalArgumentException(
        "unknown operator \""
            + symbol
            + "\" of "
            + operatorClass
            + "; it has "
            + String.join(" ", SYMBOLS));
  }
}
