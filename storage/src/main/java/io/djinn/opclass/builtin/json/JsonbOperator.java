package io.djinn.opclass.builtin.json;

import java.util.List;

/** The operators of the JSON classes. */
enum JsonbOperator {
  CONTAINS("@>"),
  HAS_KEY("?"),
  HAS_ANY_KEY("?|"),
  HAS_ALL_KEYS("?&"),
  PATH_EXISTS("@?"),
  PATH_MATCHES("@@");

  static final List<JsonbOperator> ALL = List.of(values());
  static final List<JsonbOperator> OF_PATHS = List.of(CONTAINS, PATH_EXISTS, PATH_MATCHES);

  private final String symbol;

  JsonbOperator(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  static JsonbOperator of(String symbol, List<JsonbOperator> known, String operatorClass) {
    for (JsonbOperator operator : known) {
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
            + String.join(" ", known.stream().map(JsonbOperator::symbol).toList()));
  }
}
