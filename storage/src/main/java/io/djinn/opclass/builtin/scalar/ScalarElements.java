package io.djinn.opclass.builtin.scalar;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.ArrayElements;
import io.djinn.opclass.builtin.scalar.type.InvalidScalarException;
import io.djinn.opclass.builtin.scalar.type.KeyBytes;
import io.djinn.opclass.builtin.scalar.type.ScalarType;
import java.io.IOException;
import java.lang.reflect.Array;

/** Elements of any scalar type; the key is that of the type, whole. */
final class ScalarElements extends ArrayElements {
  private final ScalarType type;

  ScalarElements(ScalarType type) {
    this.type = type;
  }

  @Override
  protected String argument() {
    return type.name();
  }

  @Override
  protected String elementsTaken() {
    return type.values();
  }

  @Override
  protected String valuesTaken() {
    return "a Collection or an array of " + type.javaTypes() + " or their text, or null";
  }

  @Override
  protected void extractElements(JsonParser json, KeySink keys) throws IOException {
    KeyBytes key = new KeyBytes();
    JsonToken token = json.currentToken();
    do {
      if (token == JsonToken.VALUE_NULL) {
        keys.nullElement();
      } else if (token.isStructStart()) {
        throw elementNotTaken(json);
      } else {
        try {
          type.encode(json, key);
        } catch (InvalidScalarException e) {
          throw new InvalidRowException(spelling() + ": " + e.getMessage(), e);
        }
        keys.key(key.bytes(), 0, key.length());
      }
      token = json.nextToken();
    } while (token != JsonToken.END_ARRAY);
  }

  @Override
  protected Object readElement(JsonParser json) throws IOException {
    if (json.currentToken().isStructStart()) {
      throw elementNotTaken(json);
    }
    try {
      return type.read(json);
    } catch (InvalidScalarException e) {
      throw new InvalidRowException(spelling() + ": " + e.getMessage(), e);
    }
  }

  @Override
  protected boolean tryExtractPrimitives(Object value, KeySink keys) {
    Class<?> element = value.getClass().getComponentType();
    if (element == null || !element.isPrimitive()) {
      return false;
    }
    int size = Array.getLength(value);
    if (size == 0) {
      keys.emptyItem();
    }
    KeyBytes key = new KeyBytes();
    for (int i = 0; i < size; i++) {
      handOver(Array.get(value, i), key, keys);
    }
    return true;
  }

  @Override
  protected void extractElements(Iterable<?> elements, KeySink keys) {
    KeyBytes key = new KeyBytes();
    for (Object element : elements) {
      if (element == null) {
        keys.nullElement();
      } else {
        handOver(element, key, keys);
      }
    }
  }

  private void handOver(Object element, KeyBytes key, KeySink keys) {
    try {
      type.encode(element, key);
    } catch (InvalidScalarException e) {
      throw new IllegalArgumentException(spelling() + ": " + e.getMessage(), e);
    }
    keys.key(key.bytes(), 0, key.length());
  }
}
