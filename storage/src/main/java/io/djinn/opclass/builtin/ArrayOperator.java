package io.djinn.opclass.builtin;

import java.util.Arrays;
import java.util.List;

/** The operators of {@code array_ops}. */
enum ArrayOperator {
  OVERLAPS("&&"),
  CONTAINS("@>"),
  CONTAINED_BY("<@"),
  EQUALS("=");

  static final List<String> SYMBOLS =
      Arrays.stream(values()).map(operator -> operator.symbol).toList();

  private final String symbol;

  ArrayOperator(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  /**
   * @param operatorClass its spelling, for the message
   */
  static ArrayOperator of(String symbol, String operatorClass) {
    for (ArrayOperator operator : values()) {
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
