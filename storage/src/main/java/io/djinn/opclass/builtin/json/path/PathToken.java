package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonValues;
import java.math.BigDecimal;

/**
 * A token of a path.
 *
 * @param text of a name or a string after its escapes; of a symbol, the symbol
 * @param number of a number
 * @param at index of its first character
 */
record PathToken(Kind kind, String text, BigDecimal number, int at) {
  /** What a token is. */
  enum Kind {
    END,
    SYMBOL,
    NAME,
    STRING,
    INTEGER,
    DECIMAL,
    VARIABLE
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** Whether it is the keyword, which is written in letters of any case. */
  boolean isWord(String keyword) {
    return kind == Kind.NAME && text.equalsIgnoreCase(keyword);
  }

  /** Whether it is the keyword, which is written in small letters. */
  boolean isSmallWord(String keyword) {
    return kind == Kind.NAME && text.equals(keyword);
  }

  String describe() {
    return kind == Kind.END ? "the end" : JsonValues.show(text);
  }
}
