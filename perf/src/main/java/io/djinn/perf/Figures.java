package io.djinn.perf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Named figures of one run, in order, as one flat JSON object on a line. */
final class Figures {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Object> values = new LinkedHashMap<>();

  Figures put(String name, String value) {
    values.put(name, value);
    return this;
  }

  Figures put(String name, long value) {
    values.put(name, value);
    return this;
  }

  Figures put(String name, double value) {
    values.put(name, value);
    return this;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** All names, in order. */
  Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  double number(String name) {
    return ((Number) require(name)).doubleValue();
  }

  String text(String name) {
    return require(name).toString();
  }

  /** Adds all of another run's figures. */
  Figures putAll(Figures others) {
    values.putAll(others.values);
    return this;
  }

  private Object require(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no figure " + name + " among " + values.keySet());
    }
    return value;
  }

  String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, Object> entry : values.entrySet()) {
        json.writeFieldName(entry.getKey());
        Object value = entry.getValue();
        if (value instanceof Long) {
          json.writeNumber((long) value);
        } else if (value instanceof Double) {
          json.writeNumber((double) value);
        } else {
          json.writeString(value.toString());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static Figures parse(String line) throws IOException {
    Figures figures = new Figures();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no figures: " + line);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NUMBER_INT) {
          figures.put(name, json.getLongValue());
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          figures.put(name, json.getDoubleValue());
        } else {
          figures.put(name, json.getText());
        }
      }
    }
    return figures;
  }
}
