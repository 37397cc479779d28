package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Texts, by their UTF-8 bytes. */
final class TextType extends ScalarType {
  TextType() {
    super("text", "strings of Unicode text", "CharSequence");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    return false;
  }

  @Override
  public void encode(JsonParser json, KeyBytes key) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      super.encode(json, key);
    } else if (!key.trySetText(
        json.getTextCharacters(), json.getTextOffset(), json.getTextLength())) {
      throw loneSurrogate(json.getText(), key.loneSurrogate());
    }
  }

  @Override
  void encodeText(String text, KeyBytes key) {
    if (!key.trySetText(text.toCharArray(), 0, text.length())) {
      throw loneSurrogate(text, key.loneSurrogate());
    }
  }

  private static InvalidScalarException loneSurrogate(String text, int index) {
    return new InvalidScalarException(
        String.format(
            "text takes Unicode: the string has a lone surrogate U+%04X at character %d",
            (int) text.charAt(index), index + 1));
  }
}
