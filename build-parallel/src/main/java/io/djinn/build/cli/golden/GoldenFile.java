package io.djinn.build.cli.golden;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of golden answers, read and checked whole.
 *
 * @param name without its directory
 */
public record GoldenFile(String name, GoldenKind kind, List<GoldenLine> lines) {
  private static final Set<String> CONDITION = Set.of("column", "op", "query", "config");
  private static final String AND = "and";
  private static final String TSVECTOR = "tsvector_ops";
  private static final String ARRAY = "array_ops";

  public GoldenFile {
    lines = List.copyOf(lines);
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException naming file and line where it is not of a golden file's form
   */
  public static GoldenFile read(Path file) throws IOException {
    List<JsonFieldsReader> objects = new ArrayList<>();
    for (String text : texts(file)) {
      objects.add(new JsonFieldsReader(file + ", line " + (objects.size() + 1), text));
    }
    if (objects.isEmpty()) {
      throw new IllegalArgumentException(file + ": the file is empty");
    }
    GoldenKind kind = GoldenKind.of(objects.get(0).names());
    if (kind == null) {
      throw objects
          .get(0)
          .bad("its fields " + objects.get(0).names() + " are those of no kind of golden file");
    }
    objects.forEach(object -> object.allow(kind.fields()));
    String name = file.getFileName().toString();
    return new GoldenFile(
        name, kind, kind == GoldenKind.QUERY ? queries(objects) : others(kind, objects.size()));
  }

  private static List<String> texts(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": not UTF-8", e);
    }
  }

  private static List<GoldenLine> others(GoldenKind kind, int count) {
    List<GoldenLine> lines = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      lines.add(new GoldenLine(number, kind, null, List.of(), null, null, null, null));
    }
    return lines;
  }

  private static List<GoldenLine> queries(List<JsonFieldsReader> objects) {
    Map<String, String> configs = configs(objects);
    List<GoldenLine> lines = new ArrayList<>();
    for (JsonFieldsReader object : objects) {
      lines.add(
          new GoldenLine(
              lines.size() + 1,
              GoldenKind.QUERY,
              index(object, configs),
              conditions(object),
              object.string("op"),
              object.json("query"),
              object.has("order") ? object.string("order") : null,
              new GoldenAnswer(
                  object.number("count"), object.numbers("rows"), object.string("rows_sha256"))));
    }
    return lines;
  }

  /** By field, the text search configuration that conditions name anywhere in the file. */
  private static Map<String, String> configs(List<JsonFieldsReader> objects) {
    Map<String, String> configs = new HashMap<>();
    for (JsonFieldsReader object : objects) {
      if (object.has("columns") && object.string("op").equals(AND)) {
        for (JsonFieldsReader condition : object.objects("query")) {
          if (condition.has("config") && condition.has("column")) {
            configs.put(condition.string("column"), condition.string("config"));
          }
        }
      }
    }
    return configs;
  }

  private static List<GoldenLine.Condition> conditions(JsonFieldsReader object) {
    if (!object.string("op").equals(AND)) {
      return List.of(new GoldenLine.Condition(null, object.string("op"), object.json("query")));
    }
    List<GoldenLine.Condition> conditions = new ArrayList<>();
    for (JsonFieldsReader condition : object.objects("query")) {
      condition.allow(CONDITION);
      conditions.add(
          new GoldenLine.Condition(
              condition.has("column") ? condition.string("column") : null,
              condition.string("op"),
              condition.json("query")));
    }
    return conditions;
  }

  private static GoldenIndex index(JsonFieldsReader object, Map<String, String> configs) {
    String opclass = object.string("opclass");
    String data = object.string("data");
    if (object.has("column") == object.has("columns")) {
      throw object.bad("a query has either \"column\" or \"columns\"");
    }
    if (object.has("columns")) {
      List<String> columns = object.strings("columns");
      List<String> specs =
          columns.stream().map(column -> specOfMany(column, opclass, configs)).toList();
      return new GoldenIndex(data, columns, specs, opclass);
    }
    String column = object.string("column");
    String argument =
        object.has("element")
            ? object.string("element")
            : object.has("config") ? object.string("config") : "";
    return new GoldenIndex(
        data, List.of(column), List.of(spec(column, opclass, argument)), opclass);
  }

  /** A column written as {@code FIELD:OPCLASS}, or {@code FIELD} alone. */
  private static String specOfMany(String column, String opclass, Map<String, String> configs) {
    int colon = column.lastIndexOf(':');
    if (colon < 0) {
      return spec(column, opclass, "");
    }
    String field = column.substring(0, colon);
    String own = column.substring(colon + 1);
    String argument =
        switch (own) {
          case ARRAY -> "text";
          case TSVECTOR -> configs.getOrDefault(field, "english");
          default -> "";
        };
    return spec(field, own, argument);
  }

  private static String spec(String column, String opclass, String argument) {
    return column + ":" + opclass + (argument.isEmpty() ? "" : "/" + argument);
  }
}
