package io.djinn.opclass.builtin.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonObject;
import io.djinn.opclass.builtin.json.value.JsonValues;
import io.djinn.testkit.SharedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row against every query of the golden files, by its value and by its keys. */
class JsonbGoldenTest {
  private static final int ROWS_KEPT = 50;

  @ParameterizedTest
  @ValueSource(strings = {"jsonb.jsonl", "jsonb_path.jsonl"})
  void rowsMatchAsInPostgresAndTheirKeysLetThemThrough(String file) throws IOException {
    Map<String, List<Line>> byColumn = new LinkedHashMap<>();
    for (String text : Files.readAllLines(SharedFiles.golden(file))) {
      Line line = new Line(text);
      byColumn.computeIfAbsent(line.data + ' ' + line.column, k -> new ArrayList<>()).add(line);
    }
    assertTrue(byColumn.size() > 2);
    for (List<Line> lines : byColumn.values()) {
      compare(lines);
    }
  }

  private static void compare(List<Line> lines) throws IOException {
    Line first = lines.get(0);
    int row = 0;
    try (BufferedReader rows = open(SharedFiles.data(first.data))) {
      for (String json; (json = rows.readLine()) != null; ) {
        row++;
        compareRow(lines, row, json);
      }
    }
    long candidates = 0;
    long matches = 0;
    for (Line line : lines) {
      line.check();
      candidates += line.candidates;
      matches += line.found;
    }
    System.out.printf(
        "%s %s %s: %d queries, %d rows, %d candidates, %d matches%n",
        first.data, first.column, first.operatorClass, lines.size(), row, candidates, matches);
  }

  private static void compareRow(List<Line> lines, int row, String json) throws IOException {
    Line first = lines.get(0);
    GinOperatorClass operatorClass = first.operatorClass;
    Object value;
    JsonRows.Keys keys = new JsonRows.Keys();
    try (JsonParser parser = JsonRows.parser(json, first.column)) {
      if (parser == null) {
        return;
      }
      operatorClass.extract(parser, keys);
    }
    try (JsonParser parser = JsonRows.parser(json, first.column)) {
      value = operatorClass.read(parser);
    }
    for (Line line : lines) {
      boolean matches = line.query.matches(value);
      int candidate = keys.decide(line.query);
      if (matches ? candidate == Ternary.NO : candidate == Ternary.YES) {
        throw new AssertionError(
            line.text + " row " + row + ": keys say " + candidate + ", the value " + matches);
      }
      line.candidates += candidate == Ternary.NO ? 0 : 1;
      if (matches) {
        line.found++;
        if (line.rows.size() < ROWS_KEPT) {
          line.rows.add(row);
        }
      }
    }
  }

  private static BufferedReader open(Path path) throws IOException {
    InputStream in = Files.newInputStream(path);
    InputStream plain = path.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  /** A query with PostgreSQL's answer and the one found here. */
  private static final class Line {
    final String text;
    final String data;
    final String column;
    final GinOperatorClass operatorClass;
    final GinQuery query;
    final int count;
    final List<Object> expectedRows;
    final List<Integer> rows = new ArrayList<>();
    int found;
    long candidates;

    Line(String text) throws IOException {
      this.text = text.substring(0, Math.min(200, text.length()));
      JsonObject line;
      try (JsonParser parser = JsonRows.parser(text)) {
        line = (JsonObject) JsonValues.read(parser);
      }
      data = (String) line.get("data");
      column = (String) line.get("column");
      operatorClass = OperatorClasses.find((String) line.get("opclass"), "");
      try (JsonParser parser = JsonRows.parser(text, "query")) {
        query = operatorClass.queryFromJson((String) line.get("op"), parser);
      }
      count = ((BigDecimal) line.get("count")).intValueExact();
      expectedRows = ((JsonArray) line.get("rows")).elements();
    }

    void check() {
      assertEquals(count, found, text);
      assertEquals(expectedRows.toString(), rows.toString(), text);
    }
  }
}
