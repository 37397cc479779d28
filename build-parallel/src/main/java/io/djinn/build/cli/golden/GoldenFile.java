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
import java.util.function.UnaryOperator;

/**
 * A file of golden answers, read and checked whole.
 *
 * @param name without its directory
 */
public record GoldenFile(String name, GoldenKind kind, List<GoldenLine> lines) {
  private static final Set<String> QUERY =
      Set.of(
          "data",
          "column",
          "columns",
          "opclass",
          "element",
          "config",
          "op",
          "query",
          "count",
          "rows",
          "rows_sha256",
          "order",
          "source");
  private static final Set<String> CONDITION = Set.of("column", "op", "query", "config");
  private static final Set<String> SOURCE = Set.of("function", "config", "text");
  private static final Set<String> ORDERS = Set.of("asc", "desc");
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
    String name = file.getFileName().toString();
    return new GoldenFile(
        name, kind, kind == GoldenKind.QUERY ? queries(objects) : calls(kind, objects));
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

  private static List<GoldenLine> calls(GoldenKind kind, List<JsonFieldsReader> objects) {
    List<GoldenLine> lines = new ArrayList<>();
    for (JsonFieldsReader object : objects) {
      lines.add(kind.call(lines.size() + 1, object));
    }
    return lines;
  }

  private static List<GoldenLine> queries(List<JsonFieldsReader> objects) {
    objects.forEach(object -> object.allow(QUERY));
    Map<List<String>, String> configs = configs(objects);
    List<GoldenLine> lines = new ArrayList<>();
    for (JsonFieldsReader object : objects) {
      lines.add(
          new GoldenQuery(
              lines.size() + 1,
              index(object, configs),
              conditions(object),
              object.string("op"),
              object.json("query"),
              source(object),
              order(object),
              new GoldenAnswer(
                  object.number("count"), object.numbers("rows"), object.string("rows_sha256"))));
    }
    return lines;
  }

  private static String order(JsonFieldsReader object) {
    if (!object.has("order")) {
      return null;
    }
    String order = object.string("order");
    if (!ORDERS.contains(order)) {
      throw object.bad("an order is asc or desc, not \"" + order + "\"");
    }
    return order;
  }

  private static GoldenQuery.Source source(JsonFieldsReader object) {
    if (!object.has("source")) {
      return null;
    }
    JsonFieldsReader source = object.object("source");
    source.allow(SOURCE);
    return new GoldenQuery.Source(
        source.string("function"),
        source.has("config") ? source.string("config") : null,
        source.string("text"),
        object.string("query"));
  }

  /**
   * By data file, columns and field, the text search configuration that conditions name anywhere in
   * the file.
   */
  private static Map<List<String>, String> configs(List<JsonFieldsReader> objects) {
    Map<List<String>, String> configs = new HashMap<>();
    for (JsonFieldsReader object : objects) {
      if (object.has("columns") && object.string("op").equals(AND)) {
        for (JsonFieldsReader condition : object.objects("query")) {
          if (condition.has("config") && condition.has("column")) {
            List<String> place =
                List.of(object.string("data"), object.json("columns"), condition.string("column"));
            String config = condition.string("config");
            String other = configs.putIfAbsent(place, config);
            if (other != null && !other.equals(config)) {
              throw object.bad(
                  "column " + place.get(2) + " has the configs " + other + " and " + config);
            }
          }
        }
      }
    }
    return configs;
  }

  private static List<GoldenQuery.Condition> conditions(JsonFieldsReader object) {
    if (!object.string("op").equals(AND)) {
      return List.of(new GoldenQuery.Condition(null, object.string("op"), object.json("query")));
    }
    List<GoldenQuery.Condition> conditions = new ArrayList<>();
    for (JsonFieldsReader condition : object.objects("query")) {
      condition.allow(CONDITION);
      conditions.add(
          new GoldenQuery.Condition(
              condition.has("column") ? condition.string("column") : null,
              condition.string("op"),
              condition.json("query")));
    }
    return conditions;
  }

  private static GoldenIndex index(JsonFieldsReader object, Map<List<String>, String> configs) {
    String opclass = object.string("opclass");
    String data = object.string("data");
    if (object.has("column") == object.has("columns")) {
      throw object.bad("a query has either \"column\" or \"columns\"");
    }
    if (object.has("columns")) {
      List<String> columns = object.strings("columns");
      List<String> specs =
          columns.stream()
              .map(
                  column ->
                      specOfMany(
                          column,
                          opclass,
                          field ->
                              configs.getOrDefault(
                                  List.of(data, object.json("columns"), field), "english")))
              .toList();
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
  private static String specOfMany(String column, String opclass, UnaryOperator<String> configs) {
    int colon = column.lastIndexOf(':');
    if (colon < 0) {
      return spec(column, opclass, "");
    }
    String field = column.substring(0, colon);
    String own = column.substring(colon + 1);
    String argument =
        switch (own) {
          case ARRAY -> "text";
          case TSVECTOR -> configs.apply(field);
          default -> "";
        };
    return spec(field, own, argument);
  }

  private static String spec(String column, String opclass, String argument) {
    return column + ":" + opclass + (argument.isEmpty() ? "" : "/" + argument);
  }
}
