package io.djinn.opclass.builtin.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.InvalidRowException;
import io.djinn.error.QueryTooExpensiveException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.json.path.JsonPath;
import io.djinn.opclass.builtin.json.value.JsonNull;
import io.djinn.testkit.TestSeed;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two JSON classes: operators, keys, limits, and what they refuse. */
class JsonbClassesTest {
  static Stream<GinOperatorClass> classes() {
    return Stream.of(JsonbOps.instance(), JsonbPathOps.instance());
  }

  private static List<byte[]> keys(GinOperatorClass operatorClass, String json) {
    return List.copyOf(JsonRows.keys(operatorClass, json).bytes);
  }

  private static void assertSameKeys(GinOperatorClass operatorClass, String a, String b) {
    assertEquals(hex(keys(operatorClass, a)), hex(keys(operatorClass, b)), a + " and " + b);
  }

  private static String hex(List<byte[]> keys) {
    return String.join(" ", keys.stream().map(key -> HexFormat.of().formatHex(key)).toList());
  }

  @Test
  void bothAreFoundByName() {
    assertEquals("jsonb_ops", OperatorClasses.find("jsonb_ops", "").spelling());
    assertEquals(List.of("@>", "@?", "@@"), OperatorClasses.find("jsonb_path_ops", "").operators());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"a\": {\"b\": 1, \"c\": 2}}; @>; {\"a\": {\"b\": 1.0}}; true",
        "{\"a\": [1]}; @>; {\"a\": 1}; false",
        "[1, \"x\"]; @>; \"x\"; true",
        "[[1]]; @>; 1; false",
        "[[1]]; @>; [1]; false",
        "[[1, 2], 3]; @>; [3, [2], [1]]; true",
        "1; @>; [1]; false",
        "1; @>; 1e0; true",
        "[1, 2]; @>; [1, 1, 1]; true",
        "{}; @>; []; false",
        "[]; @>; []; true",
        "null; @>; null; true",
        "[null]; @>; null; true",
        "{\"a\": null}; @>; {\"a\": null}; true",
        "{}; @>; {\"a\": null}; false",
        "{\"a\": {}}; @>; {\"a\": {}}; true",
        "{\"a\": []}; @>; {\"a\": {}}; false",
        "{\"a\": 1, \"a\": 2}; @>; {\"a\": 2}; true",
        "{\"a\": 1, \"a\": 2}; @>; {\"a\": 1}; false",
        "{\"a\": 2}; @>; {\"a\": 1, \"a\": 2}; true",
        "{\"a\": {\"b\": 1}}; ?; \"a\"; true",
        "{\"a\": {\"b\": 1}}; ?; \"b\"; false",
        "{\"a\": \"b\"}; ?; \"b\"; false",
        "[\"a\", 1]; ?; \"a\"; true",
        "[1]; ?; \"1\"; false",
        "\"a\"; ?; \"a\"; true",
        "[\"a\"]; ?|; [\"x\", null, \"a\"]; true",
        "[\"a\"]; ?|; [null]; false",
        "[\"a\"]; ?|; []; false",
        "[\"a\"]; ?&; []; true",
        "[\"a\"]; ?&; [null, \"a\"]; true",
        "[\"a\"]; ?&; [\"a\", \"b\"]; false",
        "[\"a\"]; ?; null; false",
        "[\"a\"]; ?&; null; false",
        "[\"a\"]; @?; null; false",
        "[\"a\"]; @?; \"$ == 1\"; true",
        "[\"a\"]; @@; \"$[*] == \\\"a\\\"\"; true",
      })
  void operatorsAnswerAsInPostgres(String json, String op, String operand, boolean answer) {
    assertEquals(answer, JsonRows.matches(JsonbOps.instance(), json, op, operand));
    GinQuery query = JsonRows.query(JsonbOps.instance(), op, operand);
    int candidate = JsonRows.keys(JsonbOps.instance(), json).decide(query);
    assertNotEquals(answer ? Ternary.NO : Ternary.YES, candidate);
  }

  @ParameterizedTest
  @MethodSource("classes")
  void numbersAreKeysByValue(GinOperatorClass operatorClass) {
    for (String same : List.of("1.0", "1e0", "10e-1", "0.1e1", "1.000", "100E-2")) {
      assertSameKeys(operatorClass, "1", same);
    }
    assertSameKeys(operatorClass, "0", "-0.00");
    assertSameKeys(operatorClass, "0", "0e400000");
    assertSameKeys(operatorClass, "1e131071", "10E+131070");
    assertSameKeys(operatorClass, "-120", "-1.2e2");
    assertSameKeys(operatorClass, "1e-16383", "0.1e-16382");
    for (String[] other :
        new String[][] {{"1", "-1"}, {"1", "10"}, {"1e1", "1e-1"}, {"11", "1e1"}}) {
      assertNotEquals(hex(keys(operatorClass, other[0])), hex(keys(operatorClass, other[1])));
    }
  }

  @ParameterizedTest
  @MethodSource("classes")
  void numbersBeyondNumericAreRefused(GinOperatorClass operatorClass) {
    for (String number :
        List.of(
            "1e131072",
            "1e400000",
            "-1e999999999999",
            "1e-16384",
            "1e-400000",
            "0e-16384",
            "0." + "0".repeat(16_384),
            "1" + "0".repeat(131_072),
            "0e99999999999")) {
      assertThrows(InvalidRowException.class, () -> JsonRows.keys(operatorClass, number));
      assertThrows(InvalidRowException.class, () -> JsonRows.value(operatorClass, number));
      assertThrows(
          IllegalArgumentException.class, () -> JsonRows.query(operatorClass, "@>", number));
    }
    String longest = "9".repeat(131_072) + "." + "9".repeat(16_383);
    assertEquals(1, keys(operatorClass, longest).size());
    assertTrue(JsonRows.matches(operatorClass, longest, "@>", longest + "e0"));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void textThatJsonbDoesNotHoldIsRefused(GinOperatorClass operatorClass) {
    for (String text : List.of("\\u0000", "a\\ud800", "\\udc00\\ud800", "é\\ud800x", "é\\u0000")) {
      for (String json : List.of("\"" + text + "\"", "[\"" + text + "\"]")) {
        InvalidRowException e =
            assertThrows(InvalidRowException.class, () -> JsonRows.keys(operatorClass, json));
        assertTrue(e.getMessage().contains("U+"), e.getMessage());
        assertThrows(InvalidRowException.class, () -> JsonRows.value(operatorClass, json));
        assertThrows(
            IllegalArgumentException.class, () -> JsonRows.query(operatorClass, "@>", json));
      }
    }
  }

  /** The parser itself has an eye on names. */
  @ParameterizedTest
  @MethodSource("classes")
  void namesThatJsonbDoesNotHoldAreRefused(GinOperatorClass operatorClass) {
    String json = "{\"\\u0000\": 1}";
    assertThrows(InvalidRowException.class, () -> JsonRows.keys(operatorClass, json));
    assertThrows(InvalidRowException.class, () -> JsonRows.value(operatorClass, json));
    String lone = "{\"\\ud800\": 1}";
    assertThrows(UncheckedIOException.class, () -> JsonRows.keys(operatorClass, lone));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void depthIsLimitedAndTheLimitNamed(GinOperatorClass operatorClass) {
    String deepest = "{\"a\":[".repeat(500) + "1" + "]}".repeat(500);
    assertTrue(JsonRows.matches(operatorClass, deepest, "@>", deepest));
    assertTrue(JsonRows.matches(operatorClass, deepest, "@?", "\"$.** ? (@ == 1)\""));
    assertFalse(keys(operatorClass, deepest).isEmpty());
    for (String opening : List.of("[", "{\"a\":")) {
      for (int depth : new int[] {1_001, 10_000}) {
        String json = opening.repeat(depth) + "1" + (opening.equals("[") ? "]" : "}").repeat(depth);
        InvalidRowException e =
            assertThrows(InvalidRowException.class, () -> JsonRows.keys(operatorClass, json));
        assertTrue(e.getMessage().contains("1000 levels"), e.getMessage());
        assertThrows(InvalidRowException.class, () -> JsonRows.value(operatorClass, json));
        assertThrows(
            IllegalArgumentException.class, () -> JsonRows.query(operatorClass, "@>", json));
      }
    }
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertThrows(
        IllegalArgumentException.class, () -> operatorClass.extract(cycle, new JsonRows.Keys()));
  }

  @Test
  void longTextsAreKeysByTheirHash() {
    String atLimit = "k".repeat(125);
    assertEquals(126, keys(JsonbOps.instance(), "\"" + atLimit + "\"").get(0).length);
    String over = "k".repeat(100_000);
    byte[] key = keys(JsonbOps.instance(), "\"" + over + "\"").get(0);
    assertEquals(9, key.length);
    assertEquals(0x11, key[0]);
    GinQuery query = JsonbOps.hasKey(over);
    assertEquals(0, Arrays.compare(key, query.key(0)));
    assertNotEquals(
        hex(keys(JsonbOps.instance(), "[1" + "2".repeat(200) + "]")),
        hex(keys(JsonbOps.instance(), "[1" + "2".repeat(199) + "3]")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": {\"b\": [1, {\"c\": 3, \"c\": {}}]}, \"x\": 1, \"a\": [], \"a\": null}",
        "{\"\": 1, \"\": {\"\": 1, \"\": [{\"z\": 1, \"z\": 2}]}}",
      })
  void aTextAndItsValueGiveTheSameKeysAlsoWhereNamesRepeat(String json) {
    classes()
        .forEach(
            operatorClass -> {
              JsonRows.Keys keys = new JsonRows.Keys();
              operatorClass.extract(JsonRows.value(operatorClass, json), keys);
              assertEquals(hex(keys(operatorClass, json)), hex(List.copyOf(keys.bytes)));
            });
  }

  @Test
  void valuesOfJavaAreTaken() {
    GinQuery query = JsonbOps.contains(Map.of("a", Arrays.asList(1, "x", null, true)));
    assertTrue(query.matches(JsonRows.value(JsonbOps.instance(), "{\"a\":[true,null,\"x\",1.0]}")));
    assertTrue(JsonbPathOps.contains(1.5).matches(1.50f));
    assertTrue(JsonbOps.contains(JsonNull.NULL).matches(JsonNull.NULL));
    assertFalse(JsonbOps.contains(JsonNull.NULL).matches(null));
    assertEquals(GinQuery.Mode.NONE, JsonbOps.contains(null).mode());
    for (Object wrong : List.of(new int[0], Double.NaN, Map.of(1, 2), "\ud800", new Object())) {
      assertThrows(IllegalArgumentException.class, () -> JsonbOps.contains(wrong));
    }
  }

  @Test
  void wrongOperandsAreRefused() {
    for (String[] wrong :
        new String[][] {
          {"?", "1"},
          {"?", "[\"a\"]"},
          {"?|", "\"a\""},
          {"?|", "[1]"},
          {"?&", "{}"},
          {"@?", "1"},
          {"@@", "\"$[\""},
          {"<@", "1"},
        }) {
      assertThrows(
          IllegalArgumentException.class,
          () -> JsonRows.query(JsonbOps.instance(), wrong[0], wrong[1]));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> JsonRows.query(JsonbPathOps.instance(), "?", "\"a\""));
  }

  @Test
  void emptyContainersHaveNoKeysAndAreCandidatesOfEveryRow() {
    for (String empty : List.of("{}", "[]", "[[], {}]")) {
      classes().forEach(c -> assertTrue(JsonRows.keys(c, empty).isEmpty, empty));
    }
    assertTrue(JsonRows.keys(JsonbPathOps.instance(), "{\"a\": {}}").isEmpty);
    assertEquals(
        GinQuery.Mode.ALL, JsonRows.query(JsonbPathOps.instance(), "@>", "{\"a\": {}}").mode());
    assertEquals(1, JsonRows.query(JsonbOps.instance(), "@>", "{\"a\": {}}").keyCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "@?; $.a.b; 2; 0",
        "@?; $.a[*] ? (@.b == 1 && @.c == \"x\"); 6; 2",
        "@?; $.* ? (@ == 1); 1; 0",
        "@?; $.a ? (@.b == 1 || @.c > 2); 4; 0",
        "@@; $.a == 1; 2; 1",
        "@@; strict $.a == \"x\"; 2; 1",
        "@@; $.a == \"x\"; 3; 1",
        "@@; !($.a == 1); 0; 0",
        "@@; !(!($.a == 1)); 2; 1",
        "@@; ($.a == 1) is unknown; 0; 0",
        "@@; $.a; 2; 1",
        "@@; $.a + $.b > 1; 2; 0",
        "@@; $.a.size() > 1; 1; 0",
        "@@; $.a starts with \"x\"; 1; 0",
        "@@; exists($.a) || exists($.b); 2; 0",
        "@?; $.a == 1; 0; 0",
      })
  void pathsTellWhatKeysTheyNeed(String op, String path, int keys, int hashes) {
    assertEquals(keys, JsonbOps.instance().query(op, path).keyCount());
    assertEquals(hashes, JsonbPathOps.instance().query(op, path).keyCount());
  }

  @Test
  void anOperandMayHaveALimitOfSteps() {
    for (GinOperatorClass c : classes().toList()) {
      Object row = JsonRows.value(c, "{\"a\": [[1, 2], [3, 4], [5, 6]]}");
      List<List<Integer>> wanted = List.of(List.of(5), List.of(6, 5));
      GinQuery contains = c.query("@>", new LimitedOperand(Map.of("a", wanted), 7));
      assertTrue(contains.matches(row));
      GinQuery narrow = c.query("@>", new LimitedOperand(Map.of("a", wanted), 6));
      assertTooExpensive(narrow, row, "6 steps");
      for (String op : List.of("@?", "@@")) {
        String path = "$.a[*][*] == 6";
        assertTrue(c.query(op, new LimitedOperand(path, 100)).matches(row));
        assertTrue(c.query(op, new LimitedOperand(JsonPath.parse(path), 100)).matches(row));
        assertTooExpensive(c.query(op, new LimitedOperand(path, 5)), row, "5 steps");
        String operand = "{\"query\": \"" + path + "\", \"maxSteps\": 5}";
        assertTooExpensive(JsonRows.query(c, op, operand), row, "5 steps");
        assertTrue(JsonRows.query(c, op, "{\"query\": \"" + path + "\"}").matches(row));
      }
    }
  }

  private static void assertTooExpensive(GinQuery query, Object row, String limit) {
    String message =
        assertThrows(QueryTooExpensiveException.class, () -> query.matches(row)).getMessage();
    assertTrue(message.contains(limit), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"maxSteps\": 5}",
        "{\"query\": 1}",
        "{\"query\": \"$\", \"maxSteps\": 0}",
        "{\"query\": \"$\", \"maxSteps\": -5}",
        "{\"query\": \"$\", \"maxSteps\": 1.5}",
        "{\"query\": \"$\", \"maxSteps\": 9223372036854775808}",
        "{\"query\": \"$\", \"maxSteps\": 1e100000}",
        "{\"query\": \"$\", \"maxSteps\": \"5\"}",
        "{\"query\": \"$\", \"steps\": 5}",
      })
  void otherObjectsAreNoPaths(String operand) {
    for (GinOperatorClass c : classes().toList()) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> JsonRows.query(c, "@?", operand))
              .getMessage();
      assertTrue(message.startsWith("operand of @?"), message);
    }
  }

  @Test
  void aLimitIsForOperatorsThatCanTakeLong() {
    assertThrows(IllegalArgumentException.class, () -> new LimitedOperand("$", 0));
    for (String op : List.of("?", "?|", "?&")) {
      LimitedOperand operand = new LimitedOperand("a", 5);
      assertThrows(IllegalArgumentException.class, () -> JsonbOps.instance().query(op, operand));
    }
  }

  /** Rows and operands drawn from few names and values, so that they often meet. */
  @Test
  void keysNeverHideARowThatMatches() {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("JsonbClassesTest.keysNeverHideARowThatMatches"));
    int matches = 0;
    for (int i = 0; i < 20_000; i++) {
      String row = RandomJson.value(random, 4);
      String op = List.of("@>", "@?", "@@", "?", "?|", "?&").get(random.nextInt(6));
      String operand = RandomJson.operand(random, op, row);
      Object value = JsonRows.value(JsonbOps.instance(), row);
      for (GinOperatorClass c : classes().filter(c -> c.operators().contains(op)).toList()) {
        GinQuery query = JsonRows.query(c, op, operand);
        JsonRows.Keys keys = JsonRows.keys(c, row);
        boolean isMatch = query.matches(value);
        int candidate = keys.decide(query);
        assertNotEquals(isMatch ? Ternary.NO : Ternary.YES, candidate, row + op + operand);
        assertMoreKnownIsNoChange(query, keys, random);
        JsonRows.Keys again = new JsonRows.Keys();
        c.extract(value, again);
        assertEquals(hex(List.copyOf(keys.bytes)), hex(List.copyOf(again.bytes)), row);
        matches += isMatch ? 1 : 0;
      }
    }
    assertTrue(matches > 2_000, matches + " matches");
  }

  private static void assertMoreKnownIsNoChange(
      GinQuery query, JsonRows.Keys keys, SplittableRandom random) {
    byte[] known = new byte[query.keyCount()];
    byte[] partly = new byte[query.keyCount()];
    for (int i = 0; i < known.length; i++) {
      known[i] = keys.bytes.contains(query.key(i)) ? Ternary.YES : Ternary.NO;
      partly[i] = random.nextBoolean() ? Ternary.MAYBE : known[i];
    }
    int early = query.consistent(partly);
    assertTrue(early == Ternary.MAYBE || early == query.consistent(known));
  }
}
