package io.djinn.opclass.builtin.hstore;

import java.util.Arrays;
import java.util.List;

/** The operators of {@code gin_hstore_ops}. */
enum HstoreOperator {
  CONTAINS("@>"),
  HAS_KEY("?"),
  HAS_ANY_KEY("?|"),
  HAS_ALL_KEYS("?&");

  static final List<String> SYMBOLS =
      Arrays.stream(values()).map(operator -> operator.symbol).toList();

  private final String symbol;

  HstoreOperator(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  static HstoreOperator of(String symbol) {
    for (HstoreOperator operator : values()) {
      if (operator.symbol.equals(symbol)) {
        return operator;
      }
    }
    throw new IllegalArgumentException(
        "unknown operator \""
            + symbol
            + "\" of "
            + HstoreOps.NAME
            + "; it has "
            + String.join(" ", SYMBOLS));
  }
}
