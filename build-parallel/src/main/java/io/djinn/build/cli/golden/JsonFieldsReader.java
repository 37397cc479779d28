package io.djinn.build.cli.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of one JSON object of a golden file, each kept as JSON text.
 *
 * <p>Every method throws an {@link IllegalArgumentException} that names file and line where a field
 * is not as it must be.
 */
final class JsonFieldsReader {
  private static final JsonFactory JSON = new JsonFactory();

  private final String place;
  private final Map<String, String> fields = new LinkedHashMap<>();

  /**
   * @param place file and line, for messages
   */
  JsonFieldsReader(String place, String text) {
    this.place = place;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw bad("not a JSON object");
      }
      String name;
      while ((name = json.nextFieldName()) != null) {
        json.nextToken();
        fields.put(name, JsonSlice.of(json, bytes));
      }
      if (json.nextToken() != null) {
        throw bad("something follows the object");
      }
    } catch (JsonProcessingException e) {
      throw bad("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw bad(e.getMessage());
    }
  }

  IllegalArgumentException bad(String detail) {
    return new IllegalArgumentException(place + ": " + detail);
  }

  Set<String> names() {
    return fields.keySet();
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** Throws where there is a field of another name. */
  void allow(Set<String> names) {
    for (String field : fields.keySet()) {
      if (!names.contains(field)) {
        throw bad("unknown field \"" + field + "\"");
      }
    }
  }

  /** A field as JSON text. */
  String json(String name) {
    String value = fields.get(name);
    if (value == null) {
      throw bad("field \"" + name + "\" is missing");
    }
    return value;
  }

  String string(String name) {
    return string(name, json(name));
  }

  private String string(String name, String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw bad("field \"" + name + "\" holds " + json + ", no string");
      }
      return parser.getText();
    } catch (IOException e) {
      throw bad(e.getMessage());
    }
  }

  /** Elements of a list, each as JSON text. */
  private List<String> elements(String name) {
    byte[] bytes = json(name).getBytes(StandardCharsets.UTF_8);
    List<String> elements = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw bad("field \"" + name + "\" is no list");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(JsonSlice.of(parser, bytes));
      }
    } catch (IOException e) {
      throw bad(e.getMessage());
    }
    return elements;
  }

  /** A list of strings, integers and lists of such. */
  List<?> list(String name) {
    String text = json(name);
    try {
      if (JsonValue.read(text) instanceof List<?> list) {
        return list;
      }
    } catch (IllegalArgumentException e) {
      throw bad("field \"" + name + "\": " + e.getMessage());
    }
    throw bad("field \"" + name + "\" is no list");
  }

  /** A number of 32 bits. */
  float float32(String name) {
    String value = json(name);
    char first = value.charAt(0);
    if (first != '-' && (first < '0' || first > '9')) {
      throw bad("field \"" + name + "\" holds " + value + ", no number");
    }
    return Float.parseFloat(value);
  }

  JsonFieldsReader object(String name) {
    return new JsonFieldsReader(place + ", field \"" + name + "\"", json(name));
  }

  List<String> strings(String name) {
    return elements(name).stream().map(element -> string(name, element)).toList();
  }

  List<JsonFieldsReader> objects(String name) {
    return elements(name).stream().map(element -> new JsonFieldsReader(place, element)).toList();
  }

  List<Long> numbers(String name) {
    return elements(name).stream().map(element -> number(name, element)).toList();
  }

  long number(String name) {
    return number(name, json(name));
  }

  private long number(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw bad("field \"" + name + "\" holds " + value + ", no whole number");
    }
  }
}
