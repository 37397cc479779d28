package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a command run inside the test printed, and its exit code. */
record CommandRun(int exit, String out, String err) {
  private static final JsonFactory JSON = new JsonFactory();

  static CommandRun of(Object... arguments) {
    return of(new Cancellation(), arguments);
  }

  static CommandRun of(Cancellation cancellation, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int exit =
        DjinnCommand.commandLine(cancellation, new PrintWriter(out), new PrintWriter(err))
            .execute(words);
    return new CommandRun(exit, out.toString(), err.toString());
  }

  /** Throws unless the command succeeded in silence on standard error. */
  CommandRun ok() {
    assertEquals("", err);
    assertEquals(Failures.OK, exit, out);
    return this;
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /** The lines as objects: field to text; throws where one is none. */
  List<Map<String, String>> objects() {
    return lines().stream().map(CommandRun::object).toList();
  }

  Map<String, String> lastObject() {
    return objects().get(lines().size() - 1);
  }

  private static Map<String, String> object(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      assertEquals(JsonToken.START_OBJECT, json.nextToken(), line);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        JsonToken first = json.nextToken();
        if (first.isStructStart()) {
          StringWriter text = new StringWriter();
          try (var copy = JSON.createGenerator(text)) {
            copy.copyCurrentStructure(json);
          }
          fields.put(name, text.toString());
        } else {
          fields.put(name, json.getText());
        }
      }
      assertEquals(null, json.nextToken(), line);
      return fields;
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }
}
