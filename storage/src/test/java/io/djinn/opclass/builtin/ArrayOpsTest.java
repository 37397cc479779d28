package io.djinn.opclass.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.IntSequence;
import io.djinn.opclass.OperatorClasses;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayOpsTest {
  private static final JsonFactory JSON = new JsonFactory();

  private static List<String> keys(ArrayOps ops, Object value) {
    KeyList keys = new KeyList();
    ops.extract(value, keys);
    return keys.keys();
  }

  private static List<String> jsonKeys(ArrayOps ops, String text) throws IOException {
    KeyList keys = new KeyList();
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      ops.extract(json, keys);
      assertEquals(null, json.nextToken(), "the parser is left on the value's last token");
    }
    return keys.keys();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void nullEmptyAndNullElementsAreToldApart() throws IOException {
    for (ArrayOps ops : List.of(ArrayOps.ofStrings(), ArrayOps.ofInts(), ArrayOps.ofLongs())) {
      assertEquals(List.of("null item"), keys(ops, null));
      assertEquals(List.of("null item"), jsonKeys(ops, "null"));
      assertEquals(List.of("empty item"), keys(ops, List.of()));
      assertEquals(List.of("empty item"), jsonKeys(ops, "[]"));
      assertEquals(List.of("null element"), keys(ops, new Object[] {null}));
      assertEquals(List.of("null element"), jsonKeys(ops, "[null]"));
    }
  }

  @Test
  void textKeysAreUtf8() throws IOException {
    String text = "aé€😀";
    String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(hex, ""), keys(ArrayOps.ofStrings(), List.of(text, "")));
    assertEquals(List.of(hex), keys(ArrayOps.ofStrings(), new String[] {text}));
    assertEquals(List.of(hex), keys(ArrayOps.ofStrings(), Set.of(text)));
    assertEquals(List.of(hex, ""), jsonKeys(ArrayOps.ofStrings(), "[\"" + text + "\",\"\"]"));
    assertEquals(
        List.of(hex), jsonKeys(ArrayOps.ofStrings(), "[\"a\\u00e9\\u20ac\\ud83d\\ude00\"]"));
  }

  @Test
  void randomTextHasTheBytesOfTheStandardEncoder() {
    Random random = Seed.random("ArrayOpsTest.randomText");
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(200); n > 0; n--) {
        int bound = new int[] {0x80, 0x800, 0x10000, 0x110000}[random.nextInt(4)];
        int codePoint = random.nextInt(bound);
        if (codePoint < 0xD800 || codePoint > 0xDFFF) {
          text.appendCodePoint(codePoint);
        }
      }
      String hex = HexFormat.of().formatHex(text.toString().getBytes(StandardCharsets.UTF_8));
      assertEquals(List.of(hex), keys(ArrayOps.ofStrings(), List.of(text.toString())));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud800x", "\\udc00\\ud800", "ab\\ud83d"})
  void loneSurrogatesAreRefused(String escaped) {
    InvalidRowException refused =
        assertThrows(
            InvalidRowException.class,
            () -> jsonKeys(ArrayOps.ofStrings(), "[\"" + escaped + "\"]"));
    assertTrue(refused.getMessage().contains("lone surrogate"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> ArrayOps.containsAll("x\ud800"));
  }

  @Test
  void integerKeysAreBigEndianWithTheSignFlipped() throws IOException {
    assertEquals(List.of("80000001", "7fffffff"), keys(ArrayOps.ofInts(), new int[] {1, -1}));
    assertEquals(
        List.of("00000000", "ffffffff"), jsonKeys(ArrayOps.ofInts(), "[-2147483648,2147483647]"));
    assertEquals(
        List.of("8000000000000001", "0000000000000000"),
        keys(ArrayOps.ofLongs(), new long[] {1, Long.MIN_VALUE}));
    assertEquals(
        List.of("ffffffffffffffff"), jsonKeys(ArrayOps.ofLongs(), "[9223372036854775807]"));
  }

  @Test
  void integersMayComeInEveryShape() {
    IntSequence sequence =
        new IntSequence() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public int get(int index) {
            return index + 1;
          }
        };
    List<String> expected = List.of("80000001", "80000002");
    assertEquals(expected, keys(ArrayOps.ofInts(), new int[] {1, 2}));
    assertEquals(expected, keys(ArrayOps.ofInts(), sequence));
    assertEquals(expected, keys(ArrayOps.ofInts(), List.of(1, (short) 2)));
    assertEquals(expected, keys(ArrayOps.ofInts(), new Integer[] {1, 2}));
    assertEquals(
        keys(ArrayOps.ofLongs(), new long[] {1, 2}), keys(ArrayOps.ofLongs(), new int[] {1, 2}));
    assertEquals(
        keys(ArrayOps.ofLongs(), new long[] {1, 2}), keys(ArrayOps.ofLongs(), List.of(1L, 2)));
  }

  @Test
  void keyOrderIsValueOrder() {
    Random random = Seed.random("ArrayOpsTest.keyOrder");
    for (int round = 0; round < 1_000; round++) {
      int a = random.nextInt() >> random.nextInt(32);
      int b = random.nextInt() >> random.nextInt(32);
      long c = random.nextLong() >> random.nextInt(64);
      long d = random.nextLong() >> random.nextInt(64);
      List<String> ints = keys(ArrayOps.ofInts(), new int[] {a, b});
      List<String> longs = keys(ArrayOps.ofLongs(), new long[] {c, d});
      assertEquals(
          Integer.compare(a, b),
          Integer.signum(Arrays.compareUnsigned(bytes(ints.get(0)), bytes(ints.get(1)))));
      assertEquals(
          Long.compare(c, d),
          Integer.signum(Arrays.compareUnsigned(bytes(longs.get(0)), bytes(longs.get(1)))));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text | 5         | takes an array of strings or null, not the number 5",
        "text | \"a\"     | takes an array of strings or null, not the string \"a\"",
        "text | {\"a\":1} | takes an array of strings or null, not an object",
        "text | true      | takes an array of strings or null, not true",
        "text | [1]       | takes strings or null as elements, not the number 1",
        "text | [{}]      | takes strings or null as elements, not an object",
        "text | [[\"a\"]] | an array inside an array",
        "int4 | [[1]]     | an array inside an array",
        "int4 | [\"1\"]   | as elements, not the string \"1\"",
        "int4 | [1.5]     | as elements, not the number 1.5",
        "int4 | [1e3]     | as elements, not the number 1e3",
        "int4 | [2147483648]           | from -2147483648 to 2147483647 or null",
        "int4 | [1,-2147483649]        | not the number -2147483649",
        "int8 | [9223372036854775808]  | not the number 9223372036854775808",
      })
  void otherJsonIsRefusedNamingWhatWasFoundAndWhatIsTaken(
      String argument, String text, String expected) {
    ArrayOps ops = (ArrayOps) OperatorClasses.find("array_ops", argument);
    String message =
        assertThrows(InvalidRowException.class, () -> jsonKeys(ops, text)).getMessage();
    assertTrue(message.startsWith("array_ops/" + argument), message);
    assertTrue(message.contains(expected), message);
    assertThrows(
        InvalidRowException.class,
        () -> {
          try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            ops.read(json);
          }
        });
  }

  @Test
  void otherJavaValuesAreRefusedNamingWhatWasFoundAndWhatIsTaken() {
    assertRefused(ArrayOps.ofStrings(), "text", "String, or null, not java.lang.String text");
    assertRefused(ArrayOps.ofStrings(), List.of(7), "not java.lang.Integer 7");
    assertRefused(ArrayOps.ofStrings(), new int[] {1}, "not int[]");
    assertRefused(ArrayOps.ofInts(), List.of(1L), "not java.lang.Long 1");
    assertRefused(ArrayOps.ofInts(), new long[] {1}, "not long[]");
    assertRefused(ArrayOps.ofInts(), List.of(List.of(1)), "not java.util");
    assertRefused(ArrayOps.ofLongs(), List.of("1"), "not java.lang.String 1");
  }

  private static void assertRefused(ArrayOps ops, Object value, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> keys(ops, value)).getMessage();
    assertTrue(message.startsWith(ops.spelling()) && message.contains(expected), message);
  }

  @Test
  void aLongValueIsCutInTheMessage() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> keys(ArrayOps.ofStrings(), "x".repeat(5_000)))
            .getMessage();
    assertTrue(message.length() < 200, message);
  }

  @Test
  void whatIsReadFromJsonHasTheKeysOfTheJson() throws IOException {
    for (String text : List.of("[1,null,2,1]", "[]", "null", "[null]")) {
      try (JsonParser json = JSON.createParser(text)) {
        json.nextToken();
        assertEquals(
            jsonKeys(ArrayOps.ofInts(), text),
            keys(ArrayOps.ofInts(), ArrayOps.ofInts().read(json)));
      }
      try (JsonParser json = JSON.createParser(text)) {
        json.nextToken();
        assertEquals(
            jsonKeys(ArrayOps.ofLongs(), text),
            keys(ArrayOps.ofLongs(), ArrayOps.ofLongs().read(json)));
      }
    }
  }
}
