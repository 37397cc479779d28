package io.djinn.opclass.builtin.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lines of golden files as maps, lists, strings and numbers. */
public final class GoldenText {
  private static final JsonFactory JSON = new JsonFactory();

  private GoldenText() {}

  /** All lines of a golden file. */
  public static List<Map<?, ?>> lines(String file) {
    List<Map<?, ?>> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(SharedFiles.golden(file))) {
        try (JsonParser json = JSON.createParser(line)) {
          json.nextToken();
          lines.add((Map<?, ?>) read(json));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static Object read(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        String name;
        while ((name = json.nextFieldName()) != null) {
          json.nextToken();
          map.put(name, read(json));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(read(json));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> json.getIntValue();
      case VALUE_NULL -> null;
      default -> json.getText();
    };
  }

  /** A document as the golden files write it: lists of a lexeme and its positions. */
  static List<Object> listed(TsVector document) {
    List<Object> lexemes = new ArrayList<>();
    for (int i = 0; i < document.size(); i++) {
      List<Object> positions = new ArrayList<>();
      for (int j = 0; j < document.positionCount(i); j++) {
        positions.add(document.position(i, j));
      }
      lexemes.add(List.of(document.lexeme(i), positions));
    }
    return lexemes;
  }

  /** Prints a count and returns what part of all it is. */
  public static double reported(String what, int passed, int all) {
    System.out.println(what + ": " + passed + " of " + all + " as golden");
    return (double) passed / all;
  }
}
