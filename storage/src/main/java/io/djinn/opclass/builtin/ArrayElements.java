package io.djinn.opclass.builtin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.KeySink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** One element type of {@code array_ops}: how its elements become keys. */
public abstract class ArrayElements {
  /** Name of the element type as people write it. */
  protected abstract String argument();

  /** What one JSON element may be, in words: "strings". */
  protected abstract String elementsTaken();

  /** What one Java value may be, in words. */
  protected abstract String valuesTaken();

  /** Hands over the elements of a non-empty array; the parser is on its first element. */
  protected abstract void extractElements(JsonParser json, KeySink keys) throws IOException;

  /** The element the parser is on, which is not null, as a Java value. */
  protected abstract Object readElement(JsonParser json) throws IOException;

  /** Hands over a value of a primitive or sequence type, in order; false where it is none. */
  protected abstract boolean tryExtractPrimitives(Object value, KeySink keys);

  /** Hands over the elements of a non-empty array, in order. */
  protected abstract void extractElements(Iterable<?> elements, KeySink keys);

  final void extract(JsonParser json, KeySink keys) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      keys.nullItem();
    } else if (token != JsonToken.START_ARRAY) {
      throw notAnArray(json);
    } else if (json.nextToken() == JsonToken.END_ARRAY) {
      keys.emptyItem();
    } else {
      extractElements(json, keys);
    }
  }

  final void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
    } else if (value instanceof Collection<?> collection) {
      extractAll(collection, keys);
    } else if (value instanceof Object[] array) {
      extractAll(Arrays.asList(array), keys);
    } else if (!tryExtractPrimitives(value, keys)) {
      throw new IllegalArgumentException(
          spelling() + " takes " + valuesTaken() + ", not " + FoundValue.describe(value));
    }
  }

  private void extractAll(Collection<?> elements, KeySink keys) {
    if (elements.isEmpty()) {
      keys.emptyItem();
    } else {
      extractElements(elements, keys);
    }
  }

  /** The array as a list with nulls, or null. */
  final List<Object> read(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.START_ARRAY) {
      throw notAnArray(json);
    }
    List<Object> elements = new ArrayList<>();
    while ((token = json.nextToken()) != JsonToken.END_ARRAY) {
      elements.add(token == JsonToken.VALUE_NULL ? null : readElement(json));
    }
    return elements;
  }

  /** Name and argument as people write them. */
  protected final String spelling() {
    return ArrayOps.NAME + "/" + argument();
  }

  private InvalidRowException notAnArray(JsonParser json) throws IOException {
    return new InvalidRowException(
        spelling()
            + " takes an array of "
            + elementsTaken()
            + " or null, not "
            + FoundValue.describe(json));
  }

  /** The JSON value the parser is on can not be an element. */
  protected final InvalidRowException elementNotTaken(JsonParser json) throws IOException {
    String found = FoundValue.describe(json);
    if (json.currentToken() == JsonToken.START_ARRAY) {
      found = "an array inside an array: arrays of several dimensions have no keys here";
    }
    return new InvalidRowException(
        spelling() + " takes " + elementsTaken() + " or null as elements, not " + found);
  }

  /** The Java value can not be an element. */
  protected final IllegalArgumentException elementNotTaken(Object element) {
    return new IllegalArgumentException(
        spelling()
            + " takes "
            + elementsTaken()
            + " or null as elements, not "
            + FoundValue.describe(element));
  }
}
