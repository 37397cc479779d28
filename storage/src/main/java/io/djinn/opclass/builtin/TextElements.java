package io.djinn.opclass.builtin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.KeySink;
import java.io.IOException;

/** Strings; the key is the UTF-8 text. */
final class TextElements extends ArrayElements {
  @Override
  protected String argument() {
    return "text";
  }

  @Override
  protected String elementsTaken() {
    return "strings";
  }

  @Override
  protected String valuesTaken() {
    return "a Collection or an array of String, or null";
  }

  @Override
  protected void extractElements(JsonParser json, KeySink keys) throws IOException {
    Utf8Key key = new Utf8Key();
    JsonToken token = json.currentToken();
    do {
      if (token == JsonToken.VALUE_STRING) {
        int length =
            key.tryEncode(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        if (length < 0) {
          throw new InvalidRowException(loneSurrogate(json.getText(), ~length));
        }
        keys.key(key.bytes(), 0, length);
      } else if (token == JsonToken.VALUE_NULL) {
        keys.nullElement();
      } else {
        throw elementNotTaken(json);
      }
      token = json.nextToken();
    } while (token != JsonToken.END_ARRAY);
  }

  @Override
  protected Object readElement(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw elementNotTaken(json);
    }
    return json.getText();
  }

  @Override
  protected boolean tryExtractPrimitives(Object value, KeySink keys) {
    return false;
  }

  @Override
  protected void extractElements(Iterable<?> elements, KeySink keys) {
    Utf8Key key = new Utf8Key();
    for (Object element : elements) {
      if (element == null) {
        keys.nullElement();
      } else if (element instanceof String text) {
        int length = key.tryEncode(text);
        if (length < 0) {
          throw new IllegalArgumentException(loneSurrogate(text, ~length));
        }
        keys.key(key.bytes(), 0, length);
      } else {
        throw elementNotTaken(element);
      }
    }
  }

  private String loneSurrogate(String text, int index) {
    return String.format(
        "%s takes Unicode text: the string has a lone surrogate U+%04X at character %d",
        spelling(), (int) text.charAt(index), index + 1);
  }
}
