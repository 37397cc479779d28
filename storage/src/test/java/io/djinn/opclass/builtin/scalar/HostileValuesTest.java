package io.djinn.opclass.builtin.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.testkit.KeyList;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and operands of every kind: each is refused by a typed error, or answered right. */
class HostileValuesTest {
  private static final int ROUNDS = 50_000;

  /** Of so many rounds one asks the rows kept. */
  private static final int ASKED = 8;

  private static final int KEPT = 40;
  private static final JsonFactory JSON = new JsonFactory();

  private static final String[] TEXTS = {
    "",
    " ",
    "-",
    "+",
    ".",
    "e",
    "NaN",
    "-Infinity",
    "infinity",
    "inf",
    "0",
    "-0",
    "1",
    "1.0",
    "1e3",
    "1e-5",
    "1e400",
    "-1e-400",
    "1e131071",
    "1e999999999",
    "1e-99999999999999999999",
    "0x",
    "0xFF",
    "1_0",
    "1__0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "true",
    "f",
    "of",
    "\\x",
    "\\xff",
    "\\xf",
    "\\",
    "\\\\",
    "\\777",
    "2020-02-29",
    "2021-02-29",
    "0001-01-01 BC",
    "0000-01-01",
    "99999999-01-01",
    "4714-11-24 BC",
    "294276-12-31T23:59:59.999999Z",
    "2020-01-01T24:00:00+15:59",
    "2020-01-01T23:59:60.1",
    "epoch",
    "now",
    "a=>1",
    "a=>null, b=>\"",
    "=>",
    "\"a\"=>\"b\", c=>d",
    "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
    "\u0000",
    "\ud800",
    "a\udc00",
    "İ",
    "ſ",
    "\u212a",
    "٣",
    "１",
    "😀",
    "\ufffd"
  };

  @TestFactory
  Stream<DynamicTest> hostileValuesAreRefusedOrAnsweredRight() {
    long seed = TestSeed.forTest("HostileValuesTest");
    return OperatorClasses.names().stream()
        .map(name -> OperatorClasses.find(name, ""))
        .filter(ops -> ops instanceof ScalarOps || ops.name().equals("gin_hstore_ops"))
        .map(
            ops ->
                DynamicTest.dynamicTest(
                    ops.spelling(), () -> attack(ops, new SplittableRandom(seed))));
  }

  private static void attack(GinOperatorClass ops, SplittableRandom random) throws IOException {
    List<Object> rows = new ArrayList<>();
    KeyMap keys = new KeyMap();
    int rounds = Tier.current().count(ROUNDS);
    for (int round = 0; round < rounds; round++) {
      String json = json(random);
      try {
        Object value = read(ops, json);
        KeyList found = new KeyList();
        extract(ops, json, found);
        KeyList ofValue = new KeyList();
        ops.extract(value, ofValue);
        assertEquals(found.keys(), ofValue.keys(), json);
        if (rows.size() < KEPT) {
          ops.extract(value, keys.row(rows.size()));
          rows.add(value);
        }
      } catch (InvalidRowException e) {
        refused(() -> extract(ops, json, new KeyList()), InvalidRowException.class, json);
      }
      String operator = ops.operators().get(random.nextInt(ops.operators().size()));
      GinQuery query;
      try (JsonParser operand = parser(json)) {
        query = ops.queryFromJson(operator, operand);
      } catch (IllegalArgumentException e) {
        assertTrue(e.getMessage().startsWith("operand of " + operator + ": "), e.getMessage());
        continue;
      }
      if (round % ASKED > 0) {
        continue;
      }
      List<Long> expected = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        if (query.matches(rows.get(i))) {
          expected.add((long) i);
        }
      }
      assertEquals(
          expected,
          List.copyOf(keys.search(query, row -> query.matches(rows.get((int) row)))),
          () -> query + " " + json);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static void refused(Attempt attempt, Class<?> by, String json) throws IOException {
    try {
      attempt.run();
    } catch (IllegalArgumentException | InvalidRowException e) {
      assertEquals(by, e.getClass(), json);
      return;
    }
    fail("taken here, refused there: " + json);
  }

  private static JsonParser parser(String text) throws IOException {
    JsonParser json = JSON.createParser(text);
    json.nextToken();
    return json;
  }

  private static Object read(GinOperatorClass ops, String text) throws IOException {
    try (JsonParser json = parser(text)) {
      return ops.read(json);
    }
  }

  private static void extract(GinOperatorClass ops, String text, KeyList keys) throws IOException {
    try (JsonParser json = parser(text)) {
      ops.extract(json, keys);
      assertEquals(null, json.nextToken(), "the parser is left on the value's last token");
    }
  }

  private static String json(SplittableRandom random) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, random, 0);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, SplittableRandom random, int depth)
      throws IOException {
    switch (random.nextInt(depth < 3 ? 12 : 9)) {
      case 0 -> json.writeNull();
      case 1 -> json.writeBoolean(random.nextBoolean());
      case 2 -> json.writeNumber(random.nextLong() >> random.nextInt(64));
      case 3 ->
          json.writeRawValue(
              (random.nextBoolean() ? "-" : "")
                  + random.nextInt(10)
                  + "."
                  + random.nextInt(1_000)
                  + "e"
                  + random.nextInt(-400, 400));
      case 4 -> json.writeString(text(random) + text(random));
      case 9 -> {
        json.writeStartArray();
        for (int n = random.nextInt(4); n > 0; n--) {
          write(json, random, depth + 1);
        }
        json.writeEndArray();
      }
      case 10, 11 -> {
        json.writeStartObject();
        for (int n = random.nextInt(4); n > 0; n--) {
          json.writeFieldName(text(random));
          if (random.nextInt(3) > 0) {
            json.writeString(text(random));
          } else {
            write(json, random, depth + 1);
          }
        }
        json.writeEndObject();
      }
      default -> json.writeString(text(random));
    }
  }

  private static String text(SplittableRandom random) {
    return switch (random.nextInt(12)) {
      case 0 -> (random.nextBoolean() ? "a" : "é").repeat(random.nextInt(2_000));
      case 1 -> "9".repeat(random.nextInt(400));
      default -> TEXTS[random.nextInt(TEXTS.length)];
    };
  }
}
