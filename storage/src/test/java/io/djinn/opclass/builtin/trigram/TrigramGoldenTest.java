package io.djinn.opclass.builtin.trigram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.SharedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Compares trigrams, similarity and the answers of all operators with PostgreSQL's. */
class TrigramGoldenTest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final TrigramOps OPS = new TrigramOps();

  private final Map<String, Column> columns = new HashMap<>();

  /** The texts of a column, null where a row has none, and the rows of each trigram. */
  private record Column(List<String> texts, Map<Integer, List<Integer>> rows) {}

  @Test
  void trigramsAreThoseOfPostgres() throws Exception {
    int compared = 0;
    for (Map<String, Object> line : lines(SharedFiles.golden("trigrams.jsonl"))) {
      String text = (String) line.get("text");
      assertEquals(
          new TreeSet<>((List<?>) line.get("trigrams")),
          new TreeSet<>(Trigrams.show(text)),
          () -> "trigrams of " + text);
      compared++;
    }
    assertTrue(compared > 100, () -> "too few lines");
  }

  @Test
  void similaritiesAreThoseOfPostgres() throws Exception {
    for (Map<String, Object> line : lines(SharedFiles.golden("similarity.jsonl"))) {
      String a = (String) line.get("a");
      String b = (String) line.get("b");
      assertEquals(number(line, "similarity"), Similarity.similarity(a, b), () -> a + " / " + b);
      assertEquals(
          number(line, "word_similarity"), Similarity.wordSimilarity(a, b), () -> a + " / " + b);
      assertEquals(
          number(line, "strict_word_similarity"),
          Similarity.strictWordSimilarity(a, b),
          () -> a + " / " + b);
    }
  }

  private static float number(Map<String, Object> line, String field) {
    return Float.parseFloat((String) line.get(field));
  }

  @Test
  void answersAreThoseOfPostgres() throws Exception {
    List<String> failures = new ArrayList<>();
    long candidates = 0;
    long matches = 0;
    for (Map<String, Object> line : lines(SharedFiles.golden("trgm.jsonl"))) {
      Column column = column((String) line.get("data"), (String) line.get("column"));
      String operator = (String) line.get("op");
      GinQuery query = OPS.query(operator, line.get("query"));
      BitSet[] present = new BitSet[query.keyCount()];
      BitSet any = new BitSet();
      for (int i = 0; i < present.length; i++) {
        byte[] key = query.key(i);
        int trigram = (key[0] & 0xFF) << 16 | (key[1] & 0xFF) << 8 | key[2] & 0xFF;
        BitSet rows = new BitSet();
        column.rows.getOrDefault(trigram, List.of()).forEach(rows::set);
        any.or(rows);
        present[i] = rows;
      }
      if (query.mode() == GinQuery.Mode.ALL) {
        any.set(0, column.texts.size());
      }
      byte[] presence = new byte[present.length];
      StringBuilder rows = new StringBuilder();
      int count = 0;
      for (int row = any.nextSetBit(0); row >= 0; row = any.nextSetBit(row + 1)) {
        for (int i = 0; i < presence.length; i++) {
          presence[i] = present[i].get(row) ? Ternary.YES : Ternary.NO;
        }
        String text = column.texts.get(row);
        if (text == null || query.consistent(presence) == Ternary.NO) {
          continue;
        }
        candidates++;
        if (query.matches(text)) {
          rows.append(rows.isEmpty() ? "" : ",").append(row + 1);
          count++;
        }
      }
      matches += count;
      String hash = rows.isEmpty() ? "" : sha256(rows.toString());
      if (!String.valueOf(line.get("count")).equals(String.valueOf(count))
          || !hash.equals(rows.isEmpty() ? "" : line.get("rows_sha256"))) {
        failures.add(
            operator + " " + line.get("query") + ": " + line.get("count") + " not " + count);
      }
    }
    assertEquals(List.of(), failures);
    System.out.println("trigram answers: " + candidates + " candidates, " + matches + " matches");
  }

  private static String sha256(String text) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private Column column(String data, String field) throws IOException {
    Column known = columns.get(data + " " + field);
    if (known != null) {
      return known;
    }
    Column column = new Column(new ArrayList<>(), new HashMap<>());
    try (BufferedReader reader = open(SharedFiles.data(data))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String text = field.equals("$") ? line : (String) object(line).get(field);
        for (int trigram : text == null ? new int[0] : Trigrams.of(text).distinct()) {
          column.rows.computeIfAbsent(trigram, none -> new ArrayList<>()).add(column.texts.size());
        }
        column.texts.add(text);
      }
    }
    columns.put(data + " " + field, column);
    return column;
  }

  private static BufferedReader open(Path path) throws IOException {
    InputStream in = Files.newInputStream(path);
    InputStream plain = path.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  private static List<Map<String, Object>> lines(Path path) throws IOException {
    List<Map<String, Object>> lines = new ArrayList<>();
    try (BufferedReader reader = open(path)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(object(line));
      }
    }
    return lines;
  }

  /** The object's strings, and numbers as they are written; lists of strings. */
  private static Map<String, Object> object(String line) throws IOException {
    Map<String, Object> object = new HashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (value == JsonToken.START_ARRAY) {
          List<String> list = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(json.getText());
            json.skipChildren();
          }
          object.put(name, list);
        } else if (value == JsonToken.START_OBJECT) {
          json.skipChildren();
        } else if (value != JsonToken.VALUE_NULL) {
          object.put(name, json.getText());
        }
      }
    }
    return object;
  }
}
