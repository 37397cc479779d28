package io.djinn.nativetests.postgres;

import io.djinn.testkit.SharedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Rows that both sides have: a sample of a shared data file, or rows that are drawn.
 *
 * @param name of the file, which tells text lines from JSON
 */
record PeerData(String name, List<String> lines) {
  private static final String NESTED = "nested.jsonl";
  private static final String SCALARS = "scalars.jsonl";
  private static final int NESTED_ROWS = 1500;
  private static final int SCALAR_ROWS = 2000;

  PeerData {
    lines = List.copyOf(lines);
  }

  /** The rows of a name. */
  static PeerData of(String name, Draw draw) throws IOException {
    return switch (name) {
      case NESTED -> nested(draw);
      case SCALARS -> scalars(draw);
      case "movies.jsonl" -> sample(name, 3000, draw);
      case "debian-packages.jsonl" -> sample(name, 2000, draw);
      default -> sample(name, Integer.MAX_VALUE, draw);
    };
  }

  /** Some of a shared file's lines, in their order. */
  private static PeerData sample(String name, int atMost, Draw draw) throws IOException {
    Path file = SharedFiles.data(name);
    List<String> all = new ArrayList<>();
    try (InputStream bytes = Files.newInputStream(file);
        BufferedReader text =
            new BufferedReader(
                new InputStreamReader(
                    file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes,
                    StandardCharsets.UTF_8))) {
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        all.add(line);
      }
    }
    if (all.size() <= atMost) {
      return new PeerData(name, all);
    }
    List<Integer> numbers = draw.some(IntStream.range(0, all.size()).boxed().toList(), atMost);
    return new PeerData(name, numbers.stream().sorted().map(all::get).toList());
  }

  /** Documents with arrays of objects, of which many are alike. */
  private static PeerData nested(Draw draw) {
    List<String> lines = new ArrayList<>();
    while (lines.size() < NESTED_ROWS) {
      lines.add(Json.write(nested(draw, 0)));
    }
    return new PeerData(NESTED, lines);
  }

  private static Object nested(Draw draw, int depth) {
    int kind = draw.below(depth == 0 ? 40 : depth > 3 ? 100 : 80);
    if (kind < 25) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = draw.below(4); i > 0; i--) {
        object.put(draw.of("a", "b", "c", "d e", "É", "", "type", "last"), nested(draw, depth + 1));
      }
      return object;
    }
    if (kind < 38) {
      List<Object> array = new ArrayList<>();
      for (int i = draw.below(4); i > 0; i--) {
        array.add(nested(draw, depth + 1));
      }
      return array;
    }
    return draw.of(
        (Object) draw.below(4),
        ScalarValues.NUMERIC.draw(draw),
        new java.math.BigDecimal("1.0"),
        new java.math.BigDecimal("2.50"),
        -1,
        true,
        false,
        null,
        "",
        "a",
        "ab",
        "É",
        "1",
        "2020-02-03",
        "b c\"'\\");
  }

  /** A field of each scalar type. */
  private static PeerData scalars(Draw draw) {
    List<String> lines = new ArrayList<>();
    while (lines.size() < SCALAR_ROWS) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (ScalarValues type : ScalarValues.values()) {
        row.put(type.toString(), draw.percent(5) ? null : type.draw(draw));
      }
      lines.add(Json.write(row));
    }
    return new PeerData(SCALARS, lines);
  }

  /** All rows but some, counted anew. */
  PeerData without(Predicate<String> isLeftOut) {
    return new PeerData(name, lines.stream().filter(isLeftOut.negate()).toList());
  }

  /** The rows as their text, or as the JSON in it. */
  List<Object> rows() {
    return isJson() ? lines.stream().map(Json::read).toList() : List.copyOf(lines);
  }

  private boolean isJson() {
    return name.endsWith(".jsonl");
  }

  /** Its table at the server. */
  String table() {
    return '"' + name + '"';
  }

  /** Makes and fills the table. */
  String sql() {
    StringBuilder sql = new StringBuilder();
    sql.append("CREATE TABLE ").append(table()).append("(id int, line text);\nCOPY ");
    sql.append(table()).append(" FROM STDIN;\n");
    for (int i = 0; i < lines.size(); i++) {
      sql.append(Sql.copied(i + 1, lines.get(i))).append('\n');
    }
    return sql.append("\\.\n").toString();
  }

  /** The rows with their JSON, for a SELECT. */
  String from() {
    return "(SELECT id, line"
        + (isJson() ? ", line::jsonb AS j" : "")
        + " FROM "
        + table()
        + ") AS r";
  }
}
