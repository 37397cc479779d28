package io.djinn.build.cli.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Small JSON values in Java: {@code List}, {@code String}, {@code Long} for an integer, {@code
 * Float} for another number, null.
 */
final class JsonValue {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonValue() {}

  /**
   * Reads JSON text.
   *
   * @throws IllegalArgumentException where it is of none of these kinds
   */
  static Object read(String text) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      return read(json, text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text + " is not JSON: " + e.getMessage(), e);
    }
  }

  private static Object read(JsonParser json, String text) throws IOException {
    return switch (json.currentToken()) {
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (!json.nextToken().isStructEnd()) {
          elements.add(read(json, text));
        }
        yield elements;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> Float.parseFloat(json.getText());
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException(text + " holds an object or a boolean");
    };
  }

  /** The value as JSON text. */
  static String write(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(value, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(element, json);
      }
      json.writeEndArray();
    } else if (value instanceof Float number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else {
      json.writeString((String) value);
    }
  }
}
