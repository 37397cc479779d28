package io.djinn.perf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;

/**
 * Makes the row of a copy from a row of the data, different from the other copies' in one field;
 * the first copy's rows have the data's own values.
 */
@FunctionalInterface
interface RowSalt {
  JsonFactory JSON = new JsonFactory();

  /** Rows that share the word added to a text, as rare words are found in a few rows. */
  int ROWS_PER_WORD = 4;

  /**
   * The line of a copy.
   *
   * @param line of the data
   * @param row its number, from 0
   * @param copy from 0
   */
  String line(String line, long row, int copy) throws IOException;

  /** Paths of each copy lie in a directory of its own. */
  static String directory(String line, long row, int copy) {
    return copy == 0 ? line : "c" + copy + '/' + line;
  }

  /** An object whose field {@code name} ends in the copy's number. */
  static String name(String line, long row, int copy) throws IOException {
    if (copy == 0) {
      return line;
    }
    StringWriter text = new StringWriter(line.length() + 8);
    boolean isSalted = false;
    try (JsonParser parser = JSON.createParser(line);
        JsonGenerator json = JSON.createGenerator(text)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 1 && token == JsonToken.VALUE_STRING && "name".equals(parser.currentName())) {
          json.writeString(parser.getText() + "-c" + copy);
          isSalted = true;
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          // Digit by digit: 1.50 is not 1.5 to everybody.
          json.writeNumber(parser.getText());
        } else {
          json.copyCurrentEvent(parser);
        }
      }
    }
    if (!isSalted) {
      throw new IOException("a row without a name: " + line);
    }
    return text.toString();
  }

  /** An object with one field of the data's alone, a text, with one more word at its end. */
  static RowSalt word(String field) {
    return (line, row, copy) -> {
      StringWriter text = new StringWriter(line.length());
      try (JsonGenerator json = JSON.createGenerator(text)) {
        json.writeStartObject();
        json.writeFieldName(field);
        String value = field(line, field);
        if (value == null) {
          json.writeNull();
        } else {
          json.writeString(copy == 0 ? value : value + " c" + copy + "w" + row / ROWS_PER_WORD);
        }
        json.writeEndObject();
      }
      return text.toString();
    };
  }

  /** The text of a field of the row's own, null where it is null or not there. */
  static String field(String line, String field) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isFound = parser.currentName().equals(field);
        JsonToken token = parser.nextToken();
        if (isFound) {
          return token == JsonToken.VALUE_NULL ? null : parser.getText();
        }
        parser.skipChildren();
      }
      return null;
    }
  }
}
