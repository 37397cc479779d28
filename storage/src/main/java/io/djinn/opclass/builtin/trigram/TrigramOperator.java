package io.djinn.opclass.builtin.trigram;

import java.util.ArrayList;
import java.util.List;

/** The operators of {@code gin_trgm_ops}. */
enum TrigramOperator {
  LIKE("LIKE"),
  ILIKE("ILIKE"),
  MATCHES("~"),
  MATCHES_IGNORING_CASE("~*"),
  EQUALS("="),
  SIMILAR("%"),
  WORD_SIMILAR("%>"),
  WORD_SIMILAR_COMMUTED("<%"),
  STRICT_WORD_SIMILAR("%>>"),
  STRICT_WORD_SIMILAR_COMMUTED("<<%");

  private final String symbol;

  TrigramOperator(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  boolean comparesSimilarity() {
    return ordinal() >= SIMILAR.ordinal();
  }

  boolean takesExpression() {
    return this == MATCHES || this == MATCHES_IGNORING_CASE;
  }

  static List<String> symbols() {
    List<String> symbols = new ArrayList<>();
    for (TrigramOperator operator : values()) {
      symbols.add(operator.symbol);
    }
    return List.copyOf(symbols);
  }

  static TrigramOperator parse(String symbol) {
    for (TrigramOperator operator : values()) {
      if (operator.symbol.equals(symbol)) {
        return operator;
      }
    }
    throw new IllegalArgumentException(
        TrigramOps.NAME
            + " has no operator \""
            + symbol
            + "\"; it has "
            + String.join(" ", symbols()));
  }
}
