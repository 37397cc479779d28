package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/** False and true. */
final class BoolType extends ScalarType {
  BoolType() {
    super("bool", "true and false", "Boolean");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof Boolean is) {
      set(is, key);
      return true;
    }
    return false;
  }

  @Override
  boolean tryEncode(JsonToken token, JsonParser json, KeyBytes key) {
    if (token.isBoolean()) {
      set(token == JsonToken.VALUE_TRUE, key);
      return true;
    }
    return false;
  }

  /** Takes the words and their beginnings that tell one from the other. */
  @Override
  void encodeText(String text, KeyBytes key) {
    switch (asName(stripped(text))) {
      case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1" -> set(true, key);
      case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0" -> set(false, key);
      default -> throw invalid(text, "");
    }
  }

  private static void set(boolean value, KeyBytes key) {
    key.clear();
    key.add(value ? 1 : 0);
  }
}
