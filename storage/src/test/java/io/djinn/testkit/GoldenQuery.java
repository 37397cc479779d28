package io.djinn.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One line of a golden file over one column: a query and PostgreSQL's answer.
 *
 * @param line 1-based
 * @param query the operand as JSON text
 */
public record GoldenQuery(
    int line,
    String data,
    String column,
    String opclass,
    String element,
    String op,
    String query,
    long count,
    List<Long> rows,
    String rowsSha256) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int ROWS_SHOWN = 50;

  /** All lines of a golden file. */
  public static List<GoldenQuery> readAll(Path file) {
    try {
      List<GoldenQuery> queries = new ArrayList<>();
      for (String text : Files.readAllLines(file)) {
        queries.add(parse(queries.size() + 1, text));
      }
      return queries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenQuery parse(int line, String text) throws IOException {
    String data = null;
    String column = null;
    String opclass = null;
    String element = "";
    String op = null;
    String query = null;
    long count = -1;
    List<Long> rows = new ArrayList<>();
    String hash = null;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = JSON.createParser(bytes)) {
      json.nextToken();
      String name;
      while ((name = json.nextFieldName()) != null) {
        json.nextToken();
        switch (name) {
          case "data" -> data = json.getText();
          case "column" -> column = json.getText();
          case "opclass" -> opclass = json.getText();
          case "element" -> element = json.getText();
          case "op" -> op = json.getText();
          case "query" -> {
            int from = (int) json.currentTokenLocation().getByteOffset();
            json.skipChildren();
            json.finishToken();
            int to = (int) json.currentLocation().getByteOffset();
            query = new String(bytes, from, to - from, StandardCharsets.UTF_8);
          }
          case "count" -> count = json.getLongValue();
          case "rows" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              rows.add(json.getLongValue());
            }
          }
          case "rows_sha256" -> hash = json.getText();
          default -> throw new IOException("line " + line + ": unknown field " + name);
        }
      }
    }
    return new GoldenQuery(line, data, column, opclass, element, op, query, count, rows, hash);
  }

  /**
   * One of the conditions of a query.
   *
   * @param query the operand as JSON text
   */
  public record Condition(String op, String query) {
    /** A parser on the first token of the operand. */
    public JsonParser operand() {
      return parser(query);
    }
  }

  /** The conditions of an {@code and}, or the query itself as the only one. */
  public List<Condition> conditions() {
    if (!op.equals("and")) {
      return List.of(new Condition(op, query));
    }
    List<Condition> conditions = new ArrayList<>();
    byte[] bytes = query.getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = JSON.createParser(bytes)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        String operator = null;
        String operand = null;
        String name;
        while ((name = json.nextFieldName()) != null) {
          json.nextToken();
          int from = (int) json.currentTokenLocation().getByteOffset();
          json.skipChildren();
          json.finishToken();
          int to = (int) json.currentLocation().getByteOffset();
          if (name.equals("op")) {
            operator = json.getText();
          } else {
            operand = new String(bytes, from, to - from, StandardCharsets.UTF_8);
          }
        }
        conditions.add(new Condition(operator, operand));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return conditions;
  }

  /** A parser on the first token of the operand. */
  public JsonParser operand() {
    return parser(query);
  }

  private static JsonParser parser(String text) {
    try {
      JsonParser json = JSON.createParser(text);
      json.nextToken();
      return json;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What differs from PostgreSQL's answer, or null.
   *
   * @param rowNumbers ascending
   */
  public String difference(long[] rowNumbers) {
    List<Long> first = LongStream.of(rowNumbers).limit(ROWS_SHOWN).boxed().toList();
    if (rowNumbers.length == count && first.equals(rows) && sha256(rowNumbers).equals(rowsSha256)) {
      return null;
    }
    return String.format(
        "line %d: %s %s %s: expected %d rows %s, found %d rows %s",
        line, column, op, query, count, rows, rowNumbers.length, first);
  }

  private static String sha256(long[] rowNumbers) {
    StringBuilder text = new StringBuilder();
    for (long row : rowNumbers) {
      text.append(text.length() == 0 ? "" : ",").append(row);
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
