package io.djinn.opclass.builtin.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.builtin.scalar.type.ScalarTypes;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScalarOpsTest {
  private static final ScalarOps TEXT = ScalarOps.of(ScalarTypes.TEXT);
  private static final ScalarOps FLOAT8 = ScalarOps.of(ScalarTypes.FLOAT8);

  private static GinQuery fromJson(GinOperatorClass ops, String operator, String text)
      throws IOException {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      return ops.queryFromJson(operator, json);
    }
  }

  /** Rows by their index, answered from keys alone where the query does not ask for the row. */
  private static List<Integer> search(GinOperatorClass ops, List<?> rows, GinQuery query) {
    KeyMap keys = new KeyMap();
    for (int i = 0; i < rows.size(); i++) {
      ops.extract(rows.get(i), keys.row(i));
    }
    TreeSet<Long> found = keys.search(query, row -> query.matches(rows.get((int) row)));
    return found.stream().map(Long::intValue).toList();
  }

  @Test
  void everyScalarTypeHasItsClassAndItsArrays() {
    for (String type :
        "int2 int4 int8 float4 float8 numeric text date timestamp timestamptz uuid bool bytea"
            .split(" ")) {
      assertEquals(type + "_ops", OperatorClasses.find(type + "_ops", "").spelling());
      assertEquals("array_ops/" + type, OperatorClasses.find("array_ops", type).spelling());
    }
  }

  @Test
  void nanIsAboveAllAndZerosAreEqual() {
    List<Double> rows =
        Arrays.asList(Double.NaN, 1.0, -0.0, null, 0.0, Double.POSITIVE_INFINITY, -1.0);

    assertEquals(List.of(0, 5), search(FLOAT8, rows, FLOAT8.query(">", 1)));
    assertEquals(List.of(0), search(FLOAT8, rows, FLOAT8.query("=", Double.NaN)));
    assertEquals(List.of(0), search(FLOAT8, rows, FLOAT8.query(">", "Infinity")));
    assertEquals(List.of(), search(FLOAT8, rows, FLOAT8.query(">", "NaN")));
    assertEquals(List.of(0, 1, 2, 4, 5, 6), search(FLOAT8, rows, FLOAT8.query("<=", "NaN")));
    assertEquals(List.of(2, 4), search(FLOAT8, rows, FLOAT8.query("=", 0)));
    assertEquals(List.of(6), search(FLOAT8, rows, FLOAT8.query("<", -0.0)));
    assertEquals(List.of(2, 4, 6), search(FLOAT8, rows, FLOAT8.query("<=", -0.0)));
  }

  @Test
  void nullMatchesNothing() throws IOException {
    for (String operator : FLOAT8.operators()) {
      assertEquals(GinQuery.Mode.NONE, FLOAT8.query(operator, null).mode());
      GinQuery query = fromJson(FLOAT8, operator, "null");
      assertEquals(GinQuery.Mode.NONE, query.mode());
      assertEquals(0, query.keyCount());
      assertFalse(query.matches(1.0));
      assertFalse(FLOAT8.query(operator, 1).matches(null));
    }
    KeyList keys = new KeyList();
    FLOAT8.extract((Object) null, keys);
    assertEquals(List.of("null item"), keys.keys());
  }

  @Test
  void comparisonsAreOneRangeThatNeedsNoRow() {
    for (String operator : List.of("<", "<=", ">", ">=")) {
      GinQuery query = TEXT.query(operator, "a");
      assertEquals(1, query.keyCount());
      assertTrue(query.isRange(0));
      assertFalse(query.needsRecheck());
    }
    assertEquals(GinQuery.Mode.NONE, TEXT.query("<", "").mode());
    assertFalse(TEXT.query("=", "a").isRange(0));
  }

  @Test
  void textsOfAnyLengthAreIndexedAndOnlyThoseOfOneBeginningCompared() {
    String beginning = "é".repeat(600);
    List<String> rows =
        List.of(beginning + "a", beginning + "b", beginning, "a", beginning + "ba", "z", "");
    for (String row : rows) {
      KeyList keys = new KeyList();
      TEXT.extract(row, keys);
      assertEquals(
          Math.min(ScalarOps.MAX_KEY_BYTES, row.getBytes(StandardCharsets.UTF_8).length),
          keys.keys().get(0).length() / 2);
    }

    GinQuery query = TEXT.query("<", beginning + "b");
    assertTrue(query.needsRecheck());
    assertEquals(2, query.keyCount());
    assertEquals(List.of(0, 2, 3, 5, 6), search(TEXT, rows, query));
    assertEquals(List.of(0, 1, 2, 3, 5, 6), search(TEXT, rows, TEXT.query("<=", beginning + "b")));
    assertEquals(List.of(1), search(TEXT, rows, TEXT.query("=", beginning + "b")));
    assertEquals(List.of(1, 4), search(TEXT, rows, TEXT.query(">=", beginning + "b")));
    assertEquals(List.of(4), search(TEXT, rows, TEXT.query(">", beginning + "b")));
    assertFalse(TEXT.query(">", "z").needsRecheck());
  }

  @Test
  void randomTextsAroundTheLongestKeyAreAnsweredRight() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("ScalarOpsTest.random"));
    for (int round = 0; round < 300; round++) {
      List<String> rows = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        rows.add(text(random));
      }
      rows.add(null);
      String operand = random.nextBoolean() ? text(random) : rows.get(random.nextInt(12));
      for (String operator : TEXT.operators()) {
        GinQuery query = TEXT.query(operator, operand);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          int order = rows.get(i).compareTo(operand);
          boolean matches =
              switch (operator) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case "=" -> order == 0;
                case ">=" -> order >= 0;
                default -> order > 0;
              };
          if (matches) {
            expected.add(i);
          }
        }
        assertEquals(expected, search(TEXT, rows, query));
        List<Integer> compared = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          if (query.matches(rows.get(i))) {
            compared.add(i);
          }
        }
        assertEquals(expected, compared);
      }
    }
  }

  private static String text(SplittableRandom random) {
    int length = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(1021, 1028);
    char[] text = new char[length];
    Arrays.fill(text, 'a');
    if (length > 0 && random.nextBoolean()) {
      text[random.nextInt(Math.max(0, length - 5), length)] = random.nextBoolean() ? 'b' : '\0';
    }
    return new String(text);
  }

  @Test
  void whatIsNotTakenIsRefusedByClassAndValue() throws IOException {
    ScalarOps ops = ScalarOps.of(ScalarTypes.INT2);
    IllegalArgumentException row =
        assertThrows(IllegalArgumentException.class, () -> ops.extract(70_000, new KeyList()));
    assertTrue(row.getMessage().startsWith("int2_ops: int2 takes integers from -32768 to 32767"));
    try (JsonParser json = new JsonFactory().createParser("70000")) {
      json.nextToken();
      assertThrows(InvalidRowException.class, () -> ops.extract(json, new KeyList()));
      assertThrows(InvalidRowException.class, () -> ops.read(json));
    }
    IllegalArgumentException operand =
        assertThrows(IllegalArgumentException.class, () -> fromJson(ops, "<", "[]"));
    assertTrue(operand.getMessage().startsWith("operand of <: int2_ops: "), operand.getMessage());
    assertThrows(IllegalArgumentException.class, () -> ops.query("<", 1.5));
    IllegalArgumentException operator =
        assertThrows(IllegalArgumentException.class, () -> ops.query("<>", 1));
    assertTrue(operator.getMessage().contains("it has < <= = >= >"), operator.getMessage());
  }

  @Test
  void arraysOfScalarsCompareByValue() throws IOException {
    GinOperatorClass numbers = OperatorClasses.find("array_ops", "numeric");
    List<List<String>> rows =
        Arrays.asList(List.of("1.0", "2"), List.of("NaN"), List.of(), null, List.of("1", "2.00"));

    assertEquals(List.of(0, 4), search(numbers, rows, fromJson(numbers, "@>", "[1e0]")));
    assertEquals(List.of(1), search(numbers, rows, fromJson(numbers, "&&", "[\"nan\", 7]")));
    assertEquals(List.of(0, 4), search(numbers, rows, fromJson(numbers, "=", "[1, 2.0]")));
    assertEquals(List.of(1, 2), search(numbers, rows, fromJson(numbers, "<@", "[\"NaN\"]")));
    assertThrows(IllegalArgumentException.class, () -> fromJson(numbers, "@>", "[true]"));
    assertThrows(IllegalArgumentException.class, () -> fromJson(numbers, "@>", "[[1]]"));
  }

  @Test
  void arraysOfPrimitivesAreTaken() {
    GinOperatorClass floats = OperatorClasses.find("array_ops", "float8");
    List<Object> rows = List.of(new double[] {1, -0.0}, new float[] {2}, new double[0]);
    assertEquals(List.of(0), search(floats, rows, floats.query("@>", new double[] {0})));
    assertEquals(List.of(1, 2), search(floats, rows, floats.query("<@", List.of(2, 3.5f))));
    GinOperatorClass booleans = OperatorClasses.find("array_ops", "bool");
    assertEquals(
        List.of(1),
        search(
            booleans,
            List.of(new boolean[] {false}, new boolean[] {true, false}),
            booleans.query("&&", new Boolean[] {true, null})));
  }
}
