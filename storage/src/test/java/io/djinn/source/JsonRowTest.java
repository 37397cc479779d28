package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRowTest {
  private static final ArrayOps INTS = ArrayOps.ofInts();
  private static final ColumnPath A = ColumnPath.field("a");
  private static final ColumnPath B = ColumnPath.field("b");

  private final JsonRow row = new JsonRow("/data/rows.jsonl");
  private long rowNumber = 100;

  /** Shows text in the middle of a buffer, as rows of a scan are. */
  private JsonRow show(String text) {
    byte[] bytes = ("]}," + text + "\n[1").getBytes(StandardCharsets.UTF_8);
    row.show(bytes, 3, bytes.length - 3, ++rowNumber);
    return row;
  }

  private static List<String> keys(Row row, ColumnPath column) {
    KeyList keys = new KeyList();
    row.extract(column, INTS, keys);
    return keys.keys();
  }

  private static List<String> keysOf(Object value) {
    KeyList keys = new KeyList();
    INTS.extract(value, keys);
    return keys.keys();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r", "null", " null ", "{}", "{\"a\":null}", "{\"b\":[1]}"})
  void whatIsMissingIsNull(String text) {
    show(text);
    assertEquals(List.of("null item"), keys(row, A));
    assertEquals(List.of("null item"), keys(row, A));
    assertNull(row.value(A, INTS));
    assertEquals(text.contains("\"a\""), row.has(A));
  }

  @Test
  void aBlankRowIsNullAsAWhole() {
    show(" ");
    assertEquals(List.of("null item"), keys(row, ColumnPath.WHOLE_ROW));
    assertNull(row.value(ColumnPath.WHOLE_ROW, INTS));
    assertFalse(row.has(ColumnPath.WHOLE_ROW));
  }

  @Test
  void theWholeRowIsAValue() {
    show(" [1, null] \r");
    assertEquals(keysOf(Arrays.asList(1, null)), keys(row, ColumnPath.WHOLE_ROW));
    assertEquals(Arrays.asList(1, null), row.value(ColumnPath.WHOLE_ROW, INTS));
    assertTrue(row.has(ColumnPath.WHOLE_ROW));
  }

  @Test
  void ofFieldsOfOneNameTheLastCounts() {
    show("{\"a\":[1],\"b\":[2],\"\\u0061\":[3]}");
    assertEquals(keysOf(List.of(3)), keys(row, A));
    assertEquals(keysOf(List.of(3)), keys(row, A));
    assertEquals(List.of(3), row.value(A, INTS));
    show("{\"a\":[1],\"a\":null}");
    assertNull(row.value(A, INTS));
    assertEquals(List.of("null item"), keys(row, A));
  }

  @Test
  void aFieldInsideAnotherIsNoColumn() {
    show("{\"b\":{\"a\":[1]}}");
    assertEquals(List.of("null item"), keys(row, A));
  }

  @Test
  void aByteOrderMarkBeforeTheFirstRowIsSkipped() {
    rowNumber = 0;
    show("\uFEFF{\"a\":[1]}");
    assertEquals(keysOf(List.of(1)), keys(row, A));
    assertThrows(InvalidRowException.class, () -> keys(show("\uFEFF{\"a\":[1]}"), A));
  }

  @Test
  void randomRowsGiveTheirFieldsInAnyOrderOfAsking() {
    Random random = Seed.random("JsonRowTest.random");
    String[] others = {
      "0",
      "-1.5e3",
      "true",
      "\"x,]}\\\"\"",
      "\"\\\\\"",
      "{\"a\":[9],\"q\":\"]\"}",
      "[[],{}]",
      "null"
    };
    for (int round = 0; round < 3_000; round++) {
      Map<String, List<Integer>> arrays = new LinkedHashMap<>();
      StringBuilder text = new StringBuilder("{");
      int fields = random.nextInt(8);
      for (int i = 0; i < fields; i++) {
        String space = " ".repeat(random.nextInt(2));
        text.append(i == 0 ? "" : ",").append(space).append('"');
        if (random.nextInt(3) == 0) {
          text.append("other")
              .append(i)
              .append("\":")
              .append(others[random.nextInt(others.length)]);
          continue;
        }
        String name =
            random.nextInt(4) == 0 ? "ä€" : String.valueOf((char) ('a' + random.nextInt(3)));
        List<Integer> array = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
          array.add(random.nextInt(5) == 0 ? null : random.nextInt() >> random.nextInt(32));
        }
        arrays.put(name, array);
        text.append(name).append('"').append(space).append(':').append(space);
        text.append(random.nextBoolean() ? array : array.toString().replace(" ", "")).append(space);
      }
      show(text.append('}').toString());
      for (int ask = 0; ask < 6; ask++) {
        String name = List.of("a", "b", "c", "ä€").get(random.nextInt(4));
        ColumnPath column = ColumnPath.field(name);
        switch (random.nextInt(3)) {
          case 0 -> assertEquals(keysOf(arrays.get(name)), keys(row, column), row.text());
          case 1 -> assertEquals(arrays.get(name), row.value(column, INTS), row.text());
          default -> assertEquals(arrays.containsKey(name), row.has(column), row.text());
        }
      }
    }
  }

  @Test
  void integersReadInRunsAreThoseOfTheTokens() throws IOException {
    Random random = Seed.random("JsonRowTest.runs");
    String[] odd = {
      "-0", "00", "01", "-", "--1", "1.0", "1e2", "null", "\"1\"", "[1]", "", " 7 ", "+1"
    };
    for (int round = 0; round < 2_000; round++) {
      List<String> elements = new ArrayList<>();
      for (int n = 1 + random.nextInt(400); n > 0; n--) {
        elements.add(String.valueOf(random.nextInt() >> random.nextInt(32)));
      }
      if (random.nextBoolean()) {
        elements.set(random.nextInt(elements.size()), odd[random.nextInt(odd.length)]);
      }
      if (random.nextInt(8) == 0) {
        elements.set(random.nextInt(elements.size()), String.valueOf(random.nextLong() >> 25));
      }
      String text = "[" + String.join(",", elements) + (random.nextInt(8) == 0 ? "" : "]");
      for (ArrayOps ops : List.of(INTS, ArrayOps.ofLongs())) {
        KeyList keys = new KeyList();
        try {
          show(text).extract(ColumnPath.WHOLE_ROW, ops, keys);
        } catch (InvalidRowException e) {
          keys = null;
        }
        List<String> expected = tokenKeys(text, ops);
        assertEquals(expected, keys == null ? null : keys.keys(), text);
      }
    }
  }

  /** The keys by a parser that has tokens only; null where the text is refused. */
  private static List<String> tokenKeys(String text, ArrayOps ops) throws IOException {
    KeyList keys = new KeyList();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      ops.extract(json, keys);
      return keys.keys();
    } catch (InvalidRowException | JsonProcessingException e) {
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":[1],\"b\":tru}   | 14 | malformed JSON: Unrecognized token 'tru'",
        "{\"a\":[1             | 8  | malformed JSON: Unexpected end-of-input",
        "{\"a\":[1]            | 9 | malformed JSON: Unexpected end-of-input",
        "{\"a\":[1]} x         | 11 | malformed JSON: something follows the row's value",
        "{\"a\":[1]}{          | 10 | malformed JSON: something follows",
        "{\"a\":[1],}          | 10 | malformed JSON",
        "{\"a\":[01]}          | 8 | malformed JSON: Invalid numeric value",
        "{a:[1]}               | 2 | malformed JSON",
        "[1]                   | 1 | the row is not an object, so it has no fields; $ is the row",
        "{\"a\":\"x\"}         | 6 | array_ops/int4 takes an array of integers",
        "{\"a\":[1,\"x\"]}     | 9 | array_ops/int4 takes integers",
        "{\"a\":[1,99999999999]} | 9 | not the number 99999999999",
      })
  void badRowsAreNamedByFileLineAndColumn(String text, int column, String detail) {
    show(text);
    for (int again = 0; again < 2; again++) {
      String message = assertThrows(InvalidRowException.class, () -> keys(row, A)).getMessage();
      assertTrue(
          message.startsWith("/data/rows.jsonl, line " + rowNumber + ", column " + column + ": "),
          message);
      assertTrue(message.contains(detail), message);
      assertFalse(message.contains("line: 1"), message);
    }
    show("{\"a\":[1]}");
    assertEquals(keysOf(List.of(1)), keys(row, A), "a bad row does not spoil the next one");
  }

  @Test
  void aSecondColumnIsLocatedInTheRowToo() {
    show("{\"a\":[1],\"b\":[1.5]}");
    assertEquals(keysOf(List.of(1)), keys(row, A));
    String message = assertThrows(InvalidRowException.class, () -> keys(row, B)).getMessage();
    assertTrue(message.contains("column 15: field \"b\": array_ops/int4 takes"), message);
  }

  @Test
  void aSinkGetsAllKeysOfARowOrNone() {
    KeyList keys = new KeyList();
    for (String text : List.of("{\"a\":[1,2,\"x\"]}", "{\"a\":[1,2],\"b\":}", "{\"a\":[1,2]} x")) {
      show(text);
      assertThrows(InvalidRowException.class, () -> row.extract(A, INTS, keys));
    }
    show("[1,2,\"x\"]");
    assertThrows(InvalidRowException.class, () -> row.extract(ColumnPath.WHOLE_ROW, INTS, keys));
    assertEquals(List.of(), keys.keys());
  }

  @Test
  void everyCutAndEveryChangedByteOfARowIsReadOrRefused() {
    String text = "{\"a\":[1,-22,null],\"b\":\"\\u00e9\",\"c\":{\"d\":1.5}}";
    Random random = Seed.random("JsonRowTest.everyCut");
    for (int length = 0; length <= text.length(); length++) {
      tryAll(text.substring(0, length).getBytes(StandardCharsets.UTF_8));
    }
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      tryAll(bytes);
    }
  }

  private void tryAll(byte[] bytes) {
    for (ColumnPath column : List.of(A, B, ColumnPath.WHOLE_ROW)) {
      row.show(bytes, 0, bytes.length, ++rowNumber);
      try {
        keys(row, column);
        row.value(column, INTS);
      } catch (InvalidRowException e) {
        assertTrue(
            e.getMessage().startsWith("/data/rows.jsonl, line " + rowNumber), e.getMessage());
      }
    }
  }

  @Test
  void manyFieldNamesDoNotFillTheHeap() {
    for (int i = 0; i < 20_000; i++) {
      show("{\"name" + i + "\":1,\"a\":[1]}");
      assertEquals(1, keys(row, A).size());
    }
  }
}
