package io.djinn.opclass.builtin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.Seed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayQueryTest {
  private static final JsonFactory JSON = new JsonFactory();

  private static GinQuery query(String operator, String operand) throws IOException {
    try (JsonParser json = JSON.createParser(operand)) {
      json.nextToken();
      return ArrayOps.ofInts().queryFromJson(operator, json);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "&& | null       | NONE          | 0 | false",
        "@> | null       | NONE          | 0 | false",
        "<@ | null       | NONE          | 0 | false",
        "=  | null       | NONE          | 0 | false",
        "&& | []         | NONE          | 0 | false",
        "&& | [null]     | NONE          | 0 | false",
        "&& | [1,null,1] | DEFAULT       | 1 | false",
        "@> | []         | ALL           | 0 | false",
        "@> | [1,null]   | NONE          | 0 | false",
        "@> | [2,1,2]    | DEFAULT       | 2 | false",
        "<@ | []         | INCLUDE_EMPTY | 0 | false",
        "<@ | [null]     | INCLUDE_EMPTY | 0 | false",
        "<@ | [1,2,null] | INCLUDE_EMPTY | 2 | true",
        "=  | []         | INCLUDE_EMPTY | 0 | false",
        "=  | [1,null,1] | DEFAULT       | 2 | true",
        "=  | [1]        | DEFAULT       | 1 | true",
      })
  void theOperandDecidesWhatIsLookedUp(
      String operator, String operand, Mode mode, int keyCount, boolean recheck)
      throws IOException {
    GinQuery query = query(operator, operand);
    assertEquals(mode, query.mode());
    assertEquals(keyCount, query.keyCount());
    assertEquals(recheck, query.needsRecheck());
    assertEquals("array_ops/int4", query.operatorClass());
  }

  @Test
  void keysAreDistinctAndInCompositeOrder() throws IOException {
    GinQuery query = query("=", "[7,null,-3,7,null]");
    assertEquals(3, query.keyCount());
    assertArrayEquals(new byte[] {0x7F, -1, -1, -3}, query.key(0));
    assertArrayEquals(new byte[] {(byte) 0x80, 0, 0, 7}, query.key(1));
    assertEquals(GinQuery.NORMAL_KEY, query.category(1));
    assertEquals(GinQuery.NULL_ELEMENT, query.category(2));
    assertEquals(0, query.key(2).length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"&&", "@>", "<@", "="})
  void whatIsDecidedFromSomeKeysHoldsForAllOfThem(String operator) throws IOException {
    for (String operand : List.of("[]", "[1]", "[1,2]", "[1,2,3]", "[1,null,3,4]")) {
      GinQuery query = query(operator, operand);
      int n = query.keyCount();
      for (int code = 0; code < Math.pow(3, n); code++) {
        byte[] partial = presence(code, n);
        int decision = query.consistent(partial);
        for (int bits = 0; bits < 1 << n; bits++) {
          byte[] full = partial.clone();
          for (int i = 0; i < n; i++) {
            if (full[i] == Ternary.MAYBE) {
              full[i] = (byte) (bits >> i & 1);
            }
          }
          int known = query.consistent(full);
          if (decision != Ternary.MAYBE) {
            assertEquals(decision, known, operator + operand + Arrays.toString(partial));
          }
          if (known == Ternary.MAYBE) {
            assertTrue(query.needsRecheck(), operator + operand);
          }
        }
      }
    }
  }

  private static byte[] presence(int code, int n) {
    byte[] presence = new byte[n];
    for (int i = 0; i < n; i++, code /= 3) {
      presence[i] = (byte) (code % 3);
    }
    return presence;
  }

  @Test
  void randomQueriesAreAnsweredAsTheirDefinitionSays() {
    Random random = Seed.random("ArrayQueryTest.random");
    List<List<Integer>> rows = new ArrayList<>();
    KeyMap keys = new KeyMap();
    for (int i = 0; i < 400; i++) {
      List<Integer> row = random.nextInt(20) == 0 ? null : randomArray(random);
      rows.add(row);
      ArrayOps.ofInts().extract(row, keys.row(i));
    }
    for (int round = 0; round < 400; round++) {
      List<Integer> operand = random.nextInt(20) == 0 ? null : randomArray(random);
      for (String operator : ArrayOps.ofInts().operators()) {
        GinQuery query = ArrayOps.ofInts().query(operator, operand);
        TreeSet<Long> expected = new TreeSet<>();
        for (int i = 0; i < rows.size(); i++) {
          boolean matches = definition(operator, rows.get(i), operand);
          assertEquals(matches, query.matches(rows.get(i)), rows.get(i) + operator + operand);
          if (matches) {
            expected.add((long) i);
          }
        }
        TreeSet<Long> found = keys.search(query, tid -> query.matches(rows.get((int) tid)));
        assertEquals(expected, found, operator + operand);
      }
    }
  }

  private static List<Integer> randomArray(Random random) {
    List<Integer> array = new ArrayList<>();
    for (int n = random.nextInt(5); n > 0; n--) {
      array.add(random.nextInt(8) == 0 ? null : random.nextInt(6) - 2);
    }
    return array;
  }

  /** The operators as the manual of PostgreSQL defines them. */
  private static boolean definition(String operator, List<Integer> row, List<Integer> operand) {
    if (row == null || operand == null) {
      return false;
    }
    return switch (operator) {
      case "&&" -> row.stream().anyMatch(e -> e != null && operand.contains(e));
      case "@>" -> operand.stream().allMatch(e -> e != null && row.contains(e));
      case "<@" -> row.stream().allMatch(e -> e != null && operand.contains(e));
      case "=" -> Objects.equals(row, operand);
      default -> throw new AssertionError(operator);
    };
  }

  @Test
  void factoriesMakeTheQueriesOfTheirOperators() {
    assertTrue(ArrayOps.containsAll("a", "b").matches(List.of("b", "c", "a")));
    assertTrue(ArrayOps.overlaps("a", "x").matches(List.of("a")));
    assertTrue(ArrayOps.containedBy("a", "x").matches(List.of("a", "a")));
    assertTrue(ArrayOps.equalTo("a", "x").matches(List.of("a", "x")));
    assertTrue(ArrayOps.containsAll(1, 2).matches(new int[] {2, 1}));
    assertTrue(ArrayOps.overlaps(1, 2).matches(new int[] {2}));
    assertTrue(ArrayOps.containedBy(1, 2).matches(new int[] {}));
    assertFalse(ArrayOps.equalTo(1, 2).matches(new int[] {2, 1}));
    assertTrue(ArrayOps.containsAll(1L, 2L).matches(new long[] {2, 1}));
    assertTrue(ArrayOps.overlaps(1L).matches(new long[] {2, 1}));
    assertTrue(ArrayOps.containedBy(1L).matches(new long[] {1}));
    assertTrue(ArrayOps.equalTo(1L).matches(new long[] {1}));
    assertEquals("array_ops/int8", ArrayOps.equalTo(1L).operatorClass());
  }

  @Test
  void anUnknownOperatorIsAnsweredWithTheKnownOnes() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> ArrayOps.ofInts().query("@@", List.of(1)))
            .getMessage();
    assertEquals("unknown operator \"@@\" of array_ops/int4; it has && @> <@ =", message);
  }

  @Test
  void anOperandOfAnotherTypeIsRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> query("@>", "[\"x\"]")).getMessage();
    assertTrue(message.startsWith("operand of @>: array_ops/int4 takes integers"), message);
  }
}
