package io.djinn.opclass.builtin.scalar.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.sun.management.ThreadMXBean;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarTypesTest {
  private static final JsonFactory JSON = new JsonFactory();

  private static ScalarType type(String name) {
    return ScalarTypes.ALL.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private static byte[] key(ScalarType type, Object value) {
    KeyBytes key = new KeyBytes();
    type.encode(value, key);
    return key.copy();
  }

  private static String hex(ScalarType type, Object value) {
    return HexFormat.of().formatHex(key(type, value));
  }

  private static byte[] jsonKey(ScalarType type, String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      KeyBytes key = new KeyBytes();
      type.encode(json, key);
      return key.copy();
    }
  }

  private static String refusal(ScalarType type, Object value) {
    return assertThrows(InvalidScalarException.class, () -> key(type, value)).getMessage();
  }

  @Test
  void longTextsAndNumbersAreRefusedWithLittleMemory() {
    // Java folds such a text in time and memory quadratic in its length.
    String growing = "İ".repeat(50_000);
    BigInteger huge = BigInteger.ONE.shiftLeft(2_000_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (ScalarType type : ScalarTypes.ALL) {
      long before = threads.getCurrentThreadAllocatedBytes();
      if (!type.name().equals("text") && !type.name().equals("bytea")) {
        refusal(type, growing);
      }
      refusal(type, huge);
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 32 << 20, type + " took " + bytes + " bytes");
    }
  }

  /** Each type with values in ascending order, those of equal value with {@code =} between. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "int2|-32768 -1 0 = -0 = +0 1 = 0x1 = 0b1 = 0o1 32767 = 0x7fff = 3_2767",
        "int4|-2147483648 -32769 -1 0 1 1_000 65536 2147483647",
        "int8|-9223372036854775808 = -0x8000000000000000 -1 0 4294967296 9223372036854775807",
        "float4|-Infinity = -inf -3.4e38 -1.5 -1e-45 0 = -0 = -0.0e9 1e-45 0.1 1 3.4e38 inf NaN"
            + " = -nan",
        "float8|-Infinity -1.7e308 -1 -4.9e-324 0 = -0.0 4.9e-324 = 3e-324 0.1 0.1000000000000001"
            + " 1 1.7e308 Infinity = +inf nan = NaN",
        "numeric|-inf -1e131071 -100 -99.5 -99.49 = -99.4900 -99 -10 -9 -1.01 -1.001 -1 -0.1"
            + " -0.011 -0.01 -1e-16383 0 = -0 = 0.000 = 0e9 1e-16383 0.01 = 1e-2 = .01 0.011 0.1 1"
            + " = 1.0 = 1.e0 = 1_0e-1 = 0x1 1.001 1.01 9 10 = 1e1 99 99.49 99.5 100 1e131071"
            + " Infinity = +inf NaN",
        "text|A Z a aa ab b é € 😀",
        "date|-infinity 4714-11-24BC 0001-12-31BC 0001-01-01 1970-01-01 = epoch = 19700101"
            + " = 1970-01-01T23:59 2000-02-29 10000-01-01 = +10000-01-01 5874897-12-31 infinity",
        "timestamp|-infinity 4714-11-24BC 1970-01-01 = epoch = 1970-01-01T00:00:00+05"
            + " 1970-01-01T00:00:00.000001 1970-01-01T23:59:59.999999"
            + " 1970-01-02 = 1970-01-01T24:00 = 1970-01-01T23:59:60 = 1970-01-01T23:59:59.9999999"
            + " 294276-12-31T23:59:59.999999 infinity",
        "timestamptz|-infinity 4714-11-24T00:00:00+00BC = 4714-11-23T23:00:00-01BC"
            + " 1970-01-01T00:00:00Z = epoch = 1970-01-01T05:30+0530 = 1969-12-31T23:00-01:00"
            + " 294276-12-31T23:59:59.999999Z infinity",
        "bool|f = false = off = no = 0 t = TRUE = yes = on = 1",
        "uuid|00000000-0000-0000-0000-000000000001 7fffffff-ffff-ffff-ffff-ffffffffffff"
            + " 80000000-0000-0000-0000-000000000000 = {80000000000000000000000000000000}"
            + " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 = A0EEBC999C0B4EF8BB6D6BB9BD380A11",
        "bytea|\\x \\x00 = \\000 \\x0000 \\x01 \\x61 = a \\x61ff = a\\377 \\xff = \\xFF",
      })
  void orderOfKeysIsOrderOfValues(String name, String values) {
    ScalarType type = type(name);
    String before = null;
    boolean isSame = false;
    for (String value : values.split(" ")) {
      if (value.equals("=")) {
        isSame = true;
        continue;
      }
      if (before != null) {
        int order = Arrays.compareUnsigned(key(type, before), key(type, value));
        assertTrue(isSame ? order == 0 : order < 0, before + (isSame ? " = " : " < ") + value);
      }
      before = value;
      isSame = false;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int2|32768 -32769 1.0 '' x 1__0 1_ _1 0x - 99999999999999999999",
        "int4|2147483648 -2147483649 0x80000000",
        "int8|9223372036854775808 -9223372036854775809",
        "float4|1e39 -1e39 1e-46 infinit 1f 0x1p3 . e5 1e",
        "float8|1e309 -1e309 1e-400 2e-324 1d 1.2.3",
        "numeric|1e131072 1e-16384 0e-16384 1e999999999999999999999 -1e999999999 . e5 1e 1_ +nan"
            + " 1.2.3 0xg",
        "date|2020-02-30 2021-02-29 2020-13-01 2020-00-01 0000-01-01 20-01-01 5874898-01-01"
            + " 99999999-01-01 x 2020-01-01x +2020-01-01BC",
        "timestamp|294277-01-01 294276-12-31T23:59:59.9999999 2020-01-01T25:00 2020-01-01T24:00:01"
            + " 2020-01-01T00:60 2020-01-01T23:59:60.1 2020-01-01T00:00:61 2020-01-01T05 2020-01-01T05:06:07PST",
        "timestamptz|4714-11-24T00:00:00+01BC 294276-12-31T23:59:59-01 2020-01-01T00:00+16",
        "bool|o 2 '' tr_ truee",
        "uuid|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1 {a0eebc999c0b4ef8bb6d6bb9bd380a11"
            + " a0eebc-999c0b4ef8bb6d6bb9bd380a11 g0eebc999c0b4ef8bb6d6bb9bd380a11",
        "bytea|\\x1 \\xg0 \\ \\400 \\12",
      })
  void textThatIsNoValueIsRefusedByTypeAndValue(String name, String values) {
    for (String quoted : values.split(" ")) {
      String value = quoted.replace("'", "");
      String message = refusal(type(name), value);
      assertTrue(message.startsWith(name + " takes "), message);
      assertTrue(message.contains("not \"" + value), message);
    }
  }

  @Test
  void javaValuesHaveTheKeysOfTheirText() {
    assertEquals(hex(ScalarTypes.INT2, "-5"), hex(ScalarTypes.INT2, (byte) -5));
    assertEquals(hex(ScalarTypes.INT4, "7"), hex(ScalarTypes.INT4, 7L));
    assertEquals(
        hex(ScalarTypes.INT8, "9223372036854775807"),
        hex(ScalarTypes.INT8, BigInteger.valueOf(Long.MAX_VALUE)));
    assertEquals(hex(ScalarTypes.FLOAT4, "0.1"), hex(ScalarTypes.FLOAT4, 0.1f));
    assertEquals(hex(ScalarTypes.FLOAT4, "0.1"), hex(ScalarTypes.FLOAT4, 0.1));
    assertEquals(hex(ScalarTypes.FLOAT8, "0.1"), hex(ScalarTypes.FLOAT8, new BigDecimal("0.1")));
    assertEquals(hex(ScalarTypes.FLOAT8, "3"), hex(ScalarTypes.FLOAT8, 3));
    assertEquals(
        hex(ScalarTypes.FLOAT8, "NaN"),
        hex(ScalarTypes.FLOAT8, Double.longBitsToDouble(0xFFF8000000000001L)));
    assertEquals(
        hex(ScalarTypes.NUMERIC, "1200"), hex(ScalarTypes.NUMERIC, new BigDecimal("12e2")));
    assertEquals(hex(ScalarTypes.NUMERIC, "0.1"), hex(ScalarTypes.NUMERIC, 0.1));
    assertEquals(hex(ScalarTypes.NUMERIC, "NaN"), hex(ScalarTypes.NUMERIC, Double.NaN));
    assertEquals(
        hex(ScalarTypes.NUMERIC, "-Infinity"), hex(ScalarTypes.NUMERIC, Float.NEGATIVE_INFINITY));
    assertEquals(
        hex(ScalarTypes.DATE, "2020-02-29"), hex(ScalarTypes.DATE, LocalDate.of(2020, 2, 29)));
    assertEquals(
        hex(ScalarTypes.DATE, "0001-01-01 BC"), hex(ScalarTypes.DATE, LocalDate.of(0, 1, 1)));
    String time = "2020-02-29T12:34:56.789012Z";
    assertEquals(hex(ScalarTypes.TIMESTAMP, time), hex(ScalarTypes.TIMESTAMP, Instant.parse(time)));
    assertEquals(
        hex(ScalarTypes.TIMESTAMP, time),
        hex(ScalarTypes.TIMESTAMP, LocalDateTime.of(2020, 2, 29, 12, 34, 56, 789_012_000)));
    assertEquals(
        hex(ScalarTypes.TIMESTAMPTZ, time),
        hex(ScalarTypes.TIMESTAMPTZ, OffsetDateTime.parse("2020-02-29T14:34:56.789012+02:00")));
    UUID uuid = new UUID(0xF000_0000_0000_0001L, -2);
    assertEquals(hex(ScalarTypes.UUID, uuid.toString()), hex(ScalarTypes.UUID, uuid));
    assertEquals(hex(ScalarTypes.BOOL, "true"), hex(ScalarTypes.BOOL, true));
    assertEquals("61ff", hex(ScalarTypes.BYTEA, new byte[] {'a', -1}));
    assertEquals("61", hex(ScalarTypes.TEXT, new StringBuilder("a")));
  }

  @Test
  void valuesOfOtherClassesAreRefusedByTheClassesTaken() {
    for (ScalarType type : ScalarTypes.ALL) {
      String message = refusal(type, new Object());
      assertTrue(message.contains("java.lang.Object"), message);
      assertTrue(message.contains(type.javaTypes()), message);
    }
    refusal(ScalarTypes.INT4, 1L << 31);
    refusal(ScalarTypes.INT8, BigInteger.ONE.shiftLeft(1 << 20));
    refusal(ScalarTypes.FLOAT4, 1e39);
    refusal(ScalarTypes.FLOAT4, 1e-60);
    refusal(ScalarTypes.FLOAT8, BigInteger.ONE.shiftLeft(1 << 20));
    refusal(ScalarTypes.FLOAT8, new BigDecimal("1e-1000000000"));
    refusal(ScalarTypes.NUMERIC, new BigDecimal("1e1000000000"));
    refusal(ScalarTypes.NUMERIC, BigInteger.ONE.shiftLeft(1 << 24));
    refusal(ScalarTypes.DATE, LocalDate.MAX);
    refusal(ScalarTypes.TIMESTAMP, LocalDateTime.MIN);
    refusal(ScalarTypes.TIMESTAMPTZ, Instant.MAX);
    refusal(ScalarTypes.TIMESTAMPTZ, LocalDateTime.MIN);
    refusal(ScalarTypes.TEXT, "x\ud800");
    refusal(ScalarTypes.BYTEA, "x\ud800");
  }

  @Test
  void jsonNumbersAndBooleansAreTakenWhereTheyAreValues() throws IOException {
    assertEquals(
        hex(ScalarTypes.INT8, "5"), HexFormat.of().formatHex(jsonKey(ScalarTypes.INT8, "5")));
    for (ScalarType type : List.of(ScalarTypes.FLOAT8, ScalarTypes.FLOAT4, ScalarTypes.NUMERIC)) {
      assertEquals(hex(type, "-1.5"), HexFormat.of().formatHex(jsonKey(type, "-1.5e0")));
      assertEquals(hex(type, "12"), HexFormat.of().formatHex(jsonKey(type, "12")));
    }
    assertEquals("01", HexFormat.of().formatHex(jsonKey(ScalarTypes.BOOL, "true")));
    assertEquals(
        hex(ScalarTypes.TEXT, "é😀"),
        HexFormat.of().formatHex(jsonKey(ScalarTypes.TEXT, "\"\\u00e9\\ud83d\\ude00\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int2 32768",
        "int4 2147483648",
        "int8 9223372036854775808",
        "int8 1.0",
        "int8 true",
        "int8 []",
        "float8 1e400",
        "float8 true",
        "float8 {}",
        "numeric 1e200000",
        "numeric false",
        "text 5",
        "text \"\\ud800\"",
        "date 5",
        "timestamp 5",
        "timestamptz []",
        "uuid 5",
        "bool 1",
        "bytea 1"
      })
  void otherJsonValuesAreRefused(String typeAndJson) {
    int blank = typeAndJson.indexOf(' ');
    ScalarType type = type(typeAndJson.substring(0, blank));
    String message =
        assertThrows(
                InvalidScalarException.class, () -> jsonKey(type, typeAndJson.substring(blank + 1)))
            .getMessage();
    assertTrue(message.startsWith(type.name() + " takes "), message);
  }

  @Test
  void whatIsReadHasTheKeyOfTheJsonValue() throws IOException {
    for (String typeAndJson :
        List.of(
            "int8 -5",
            "int2 \" 7 \"",
            "float4 0.1",
            "float8 -0.0",
            "numeric 123456789012345678901234567890.5",
            "numeric \"NaN\"",
            "text \"é\"",
            "date \"2020-01-01\"",
            "timestamp \"infinity\"",
            "bool true",
            "bool \"off\"",
            "bytea \"\\\\x00ff\"")) {
      int blank = typeAndJson.indexOf(' ');
      ScalarType type = type(typeAndJson.substring(0, blank));
      String text = typeAndJson.substring(blank + 1);
      try (JsonParser json = JSON.createParser(text)) {
        json.nextToken();
        assertEquals(
            HexFormat.of().formatHex(jsonKey(type, text)), hex(type, type.read(json)), typeAndJson);
      }
    }
  }

  @Test
  void randomNumbersAreOrderedAsBigDecimalsAre() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("ScalarTypesTest.numeric"));
    for (int round = 0; round < 20_000; round++) {
      BigDecimal a = number(random);
      BigDecimal b = random.nextInt(4) == 0 ? near(a, random) : number(random);
      assertEquals(
          Integer.signum(a.compareTo(b)),
          Integer.signum(
              Arrays.compareUnsigned(
                  key(ScalarTypes.NUMERIC, a), key(ScalarTypes.NUMERIC, b.toString()))),
          a + " and " + b);
      double x = a.doubleValue();
      double y = b.doubleValue();
      assertEquals(
          Integer.signum(Double.compare(x + 0.0, y + 0.0)),
          Integer.signum(
              Arrays.compareUnsigned(key(ScalarTypes.FLOAT8, x), key(ScalarTypes.FLOAT8, y))),
          x + " and " + y);
    }
  }

  private static BigDecimal number(SplittableRandom random) {
    BigInteger digits =
        new BigInteger(random.nextInt(1, 80), new java.util.Random(random.nextLong()));
    BigDecimal number = new BigDecimal(digits, random.nextInt(-30, 30));
    return random.nextBoolean() ? number : number.negate();
  }

  private static BigDecimal near(BigDecimal number, SplittableRandom random) {
    BigDecimal step = new BigDecimal(BigInteger.ONE, number.scale() + random.nextInt(0, 4));
    return random.nextInt(3) == 0
        ? number.setScale(number.scale() + 3)
        : random.nextBoolean() ? number.add(step) : number.subtract(step);
  }

  @Test
  void manyDigitsAreReadInTimeThatGrowsWithThem() {
    String long1 = "9".repeat(131_072) + "." + "9".repeat(16_383);
    assertEquals((131_072 + 16_383 + 1) / 2 + 4, key(ScalarTypes.NUMERIC, long1).length);
    refusal(ScalarTypes.NUMERIC, "9".repeat(131_073));
    refusal(ScalarTypes.NUMERIC, "0x" + "f".repeat(200_000));
    refusal(ScalarTypes.DATE, "9".repeat(1_000_000));
    key(ScalarTypes.FLOAT8, "0." + "0".repeat(1_000_000) + "1e1000000");
  }

  @Test
  void textKeysAreUtf8() {
    assertEquals(
        HexFormat.of().formatHex("aé€😀".getBytes(StandardCharsets.UTF_8)),
        hex(ScalarTypes.TEXT, "aé€😀"));
    assertEquals("", hex(ScalarTypes.TEXT, ""));
  }
}
