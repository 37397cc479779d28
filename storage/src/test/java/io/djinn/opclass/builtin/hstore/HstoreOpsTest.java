package io.djinn.opclass.builtin.hstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinQuery;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HstoreOpsTest {
  private static final HstoreOps OPS = HstoreOps.instance();

  private static final List<String> ROWS =
      Arrays.asList("a=>1, b=>2", "a=>1", "a=>null", "b=>1", "", null, "a=>2, c=>1");

  private static List<Integer> search(List<?> rows, GinQuery query) {
    KeyMap keys = new KeyMap();
    for (int i = 0; i < rows.size(); i++) {
      OPS.extract(rows.get(i), keys.row(i));
    }
    TreeSet<Long> found = keys.search(query, row -> query.matches(rows.get((int) row)));
    List<Integer> numbers = found.stream().map(Long::intValue).toList();
    List<Integer> compared = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (query.matches(rows.get(i))) {
        compared.add(i);
      }
    }
    assertEquals(compared, numbers, query.toString());
    return numbers;
  }

  private static GinQuery query(String operator, String operand) throws IOException {
    try (JsonParser json = new JsonFactory().createParser(operand)) {
      json.nextToken();
      return OPS.queryFromJson(operator, json);
    }
  }

  private static List<String> keys(String text) throws IOException {
    KeyList keys = new KeyList();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      OPS.extract(json, keys);
      assertEquals(null, json.nextToken(), "the parser is left on the value's last token");
    }
    return keys.keys();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "@>!{\"a\":\"1\"}![0, 1]",
        "@>!\"a=>1, b=>2\"![0]",
        "@>!{\"a\":\"1\",\"c\":\"1\"}![]",
        "@>!{\"a\":null}![2]",
        "@>!{\"c\":null}![]",
        "@>!{\"a\":\"2\"}![6]",
        "@>!{}![0, 1, 2, 3, 4, 6]",
        "@>!null![]",
        "?!\"a\"![0, 1, 2, 6]",
        "?!\"\"![]",
        "?!null![]",
        "?|![\"b\",\"c\",\"b\"]![0, 3, 6]",
        "?|![null,\"c\"]![6]",
        "?|![]![]",
        "?|![null]![]",
        "?|!null![]",
        "?&![\"a\",\"b\",null]![0]",
        "?&![]![0, 1, 2, 3, 4, 6]",
        "?&![null]![0, 1, 2, 3, 4, 6]",
        "?&!null![]",
      })
  void operatorsFindTheirRows(String operator, String operand, String rows) throws IOException {
    assertEquals(rows, search(ROWS, query(operator, operand)).toString());
  }

  @Test
  void keysAreThoseOfPostgres() throws IOException {
    assertEquals(List.of("4b61", "5631", "4bc3a9", "4e"), keys("{\"a\":\"1\",\"é\":null}"));
    assertEquals(List.of("4b61", "5631"), keys("{\"a\":\"1\",\"a\":\"2\"}"));
    assertEquals(List.of("4b61", "4e"), keys("{\"a\":null,\"a\":\"2\"}"));
    assertEquals(List.of("4b61", "5631"), keys("\"a=>1\""));
    assertEquals(List.of("empty item"), keys("{}"));
    assertEquals(List.of("null item"), keys("null"));
  }

  @Test
  void onlyContainmentNeedsTheRow() {
    assertTrue(OPS.query("@>", Map.of("a", "1")).needsRecheck());
    assertFalse(OPS.query("@>", Map.of()).needsRecheck());
    assertFalse(OPS.query("?", "a").needsRecheck());
    assertFalse(OPS.query("?|", List.of("a")).needsRecheck());
    assertFalse(OPS.query("?&", new String[] {"a", null}).needsRecheck());
  }

  @Test
  void longKeysAndValuesAreIndexedByTheirBeginning() {
    String beginning = "x".repeat(2_000);
    List<Map<String, String>> rows =
        List.of(
            Map.of(beginning + "1", "a"),
            Map.of(beginning + "2", "a"),
            Map.of("k", beginning + "1"),
            Map.of("k", beginning + "2"));

    assertEquals(List.of(0), search(rows, OPS.query("?", beginning + "1")));
    assertEquals(List.of(0, 2, 3), search(rows, OPS.query("?|", List.of(beginning + "1", "k"))));
    assertEquals(List.of(), search(rows, OPS.query("?&", List.of(beginning + "1", "k"))));
    assertEquals(List.of(3), search(rows, OPS.query("@>", Map.of("k", beginning + "2"))));
    assertTrue(OPS.query("?", beginning).needsRecheck());
  }

  @Test
  void textThatJustFillsAKeyIsToldFromLongerOnes() {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int length = HstoreKeys.MAX_KEY_BYTES - 3;
        length < HstoreKeys.MAX_KEY_BYTES + 3;
        length++) {
      rows.add(Map.of("x".repeat(length), "x".repeat(length)));
    }
    for (int i = 0; i < rows.size(); i++) {
      String text = "x".repeat(HstoreKeys.MAX_KEY_BYTES - 3 + i);
      assertEquals(List.of(i), search(rows, OPS.query("?", text)));
      assertEquals(List.of(i), search(rows, OPS.query("@>", Map.of(text, text))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "[]",
        "true",
        "{\"a\":5}",
        "{\"a\":{}}",
        "{\"a\":[\"b\"]}",
        "\"a\"",
        "{\"a\":\"\\ud800\"}"
      })
  void otherRowsAreRefused(String json) {
    assertThrows(InvalidRowException.class, () -> keys(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@> 5",
        "@> []",
        "@> {\"a\":1}",
        "? 5",
        "? []",
        "?| \"a\"",
        "?| [5]",
        "?& [[]]",
        "?& {}",
        "<@ {}"
      })
  void otherOperandsAreRefused(String text) {
    int blank = text.indexOf(' ');
    assertThrows(
        IllegalArgumentException.class,
        () -> query(text.substring(0, blank), text.substring(blank + 1)));
  }

  @Test
  void otherJavaValuesAreRefused() {
    for (Object value : List.of(5, List.of("a"), Map.of("a", 5), Map.of(5, "a"), "a=>\ud800")) {
      assertThrows(IllegalArgumentException.class, () -> OPS.extract(value, new KeyList()));
    }
    assertThrows(IllegalArgumentException.class, () -> OPS.query("?", List.of("a")));
    assertThrows(IllegalArgumentException.class, () -> OPS.query("?|", List.of(5)));
  }

  @Test
  void partlyKnownKeysNeverDecideWrongly() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("HstoreOpsTest.partly"));
    for (int round = 0; round < 20_000; round++) {
      Map<String, String> row = pairs(random);
      String operator = HstoreOperator.SYMBOLS.get(random.nextInt(4));
      Object operand =
          switch (operator) {
            case "@>" -> pairs(random);
            case "?" -> "k" + random.nextInt(4);
            default -> new ArrayList<>(pairs(random).keySet());
          };
      GinQuery query = OPS.query(operator, operand);
      KeyList keys = new KeyList();
      OPS.extract(row, keys);
      byte[] presence = new byte[query.keyCount()];
      for (int i = 0; i < presence.length; i++) {
        boolean isThere = keys.keys().contains(java.util.HexFormat.of().formatHex(query.key(i)));
        presence[i] = (byte) (random.nextInt(3) == 0 ? 2 : isThere ? 1 : 0);
      }
      if (query.mode() != GinQuery.Mode.NONE) {
        int decision = query.consistent(presence);
        boolean matches = query.matches(row);
        assertTrue(decision == 2 || decision == (matches ? 1 : 0), query + " of " + row);
      } else {
        assertFalse(query.matches(row));
      }
    }
  }

  private static Map<String, String> pairs(SplittableRandom random) {
    Map<String, String> pairs = new HashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      String value = random.nextInt(3) == 0 ? null : "v" + random.nextInt(2);
      pairs.put("k" + random.nextInt(4), value);
    }
    return pairs;
  }
}
