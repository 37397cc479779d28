package io.djinn.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.builtin.text.TsQuery;
import io.djinn.opclass.builtin.text.TsVector;
import io.djinn.opclass.builtin.trigram.TrigramOps;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Random values nobody means well with, of the kinds one operator class knows and of all others:
 * empty, huge, deep, half a surrogate pair, at a limit and over it.
 */
final class HostileValues {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int DEEP = 10_000;
  private static final int MANY_LEXEMES = 70_000;
  private static final String[] NO_OPERATORS = {"", " ", "=>", "LIKE ", "@@@", "\u0000", "like"};

  private static final String[] COMMON = {
    "",
    " ",
    "a",
    "ab abc",
    "the cats",
    "\u0000",
    "\ud800",
    "a\udc00",
    "İ",
    "ſ",
    "ß",
    "\u212a",
    "ΑΣ",
    "ŉ",
    "٣",
    "１",
    "😀",
    "\ufffd",
    "\uffff",
    "e\u0301",
    "\u200f",
    "null",
    "{}",
    "[]",
    "\"",
    "'",
    "\\"
  };

  private static final String[] SCALARS = {
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
    "1e131072",
    "1e999999999",
    "1e-99999999999999999999",
    "0x",
    "0xFF",
    "1_0",
    "1__0",
    "32767",
    "32768",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "true",
    "f",
    "of",
    "\\x",
    "\\xff",
    "\\xf",
    "\\\\",
    "\\777",
    "2020-02-29",
    "2021-02-29",
    "0001-01-01 BC",
    "0000-01-01",
    "99999999-01-01",
    "4714-11-24 BC",
    "5874897-12-31",
    "5874898-01-01",
    "294276-12-31T23:59:59.999999Z",
    "294277-01-01",
    "2020-01-01T24:00:00+15:59",
    "2020-01-01T23:59:60.1",
    "epoch",
    "now",
    "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
    "a0eebc999c0b4ef8bb6d6bb9bd380a1"
  };

  private static final String[] PAIRS = {
    "a=>1",
    "a=>null, b=>\"",
    "=>",
    "\"a\"=>\"b\", c=>d",
    "a=>1,a=>2",
    "a=>NULL",
    "a=>\"NULL\"",
    "a=>b,",
    "a=> =>",
    "a=>\\"
  };

  private static final String[] TEXT_SEARCH = {
    "'a':1A b:2,3B",
    "a:99999",
    "a:0",
    "a:1*",
    "a:1,1,1A",
    "'unclosed",
    "''",
    "a & b",
    "a <-> b",
    "a <0> b",
    "a <99999> b",
    "a <16384> b",
    "(a <-> b) <2> c",
    "a <-> (b | !c)",
    "!a",
    "!!!a",
    "a:*",
    "a:AB*",
    "a:*C & !b:D",
    "()",
    "a &",
    "& a",
    "a b",
    "'' & a",
    "a\\",
    "a:x",
    "http://a.b/c?d=e&f",
    "a@b.c 1.5e-7 /usr/lib <tag attr=\"x\"> &amp; a-b-c"
  };

  private static final String[] PATHS = {
    "$",
    "$.a",
    "$.a.b == \"c\"",
    "$[*]?(@.a == 1)",
    "$.**",
    "$.**{2 to last}.a",
    "strict $.a",
    "lax $[0 to last]",
    "$ ? (@ like_regex \"(a+)+$\")",
    "$.a like_regex \"[\"",
    "$.a[1 to 2147483648]",
    "$[99999999999999999999]",
    "1 +",
    "$.a / 0",
    "-\"x\"",
    "$.datetime()",
    "$.a.datetime(\"YYYY-MM\")",
    "$x",
    "$ ? (1e400 > @)",
    "$.\"\\ud800\"",
    "exists($.a)",
    "!exists($.a ? (@ > 1 && !(@ < 2 || @ == null)))",
    "$.a starts with \"b\"",
    "$.size() * 1e308",
    "$.keyvalue().value",
    "$.double().ceiling()",
    "$.decimal(99,99)",
    "($.a == 1) is unknown",
    "@",
    "last"
  };

  private static final String[] PATTERNS = {
    "%",
    "%a_%",
    "a\\",
    "%\\",
    "\\%\\_",
    "%abc%",
    "(a*)*b",
    "(a|aa)+$",
    "(x+x+)+y",
    "(.*)\\1\\1(.*)\\2b",
    "((((a?){9}){9}){9}){9}",
    "a{255}",
    "a{256}",
    "a{2,1}",
    "(a{255}){255}",
    "[[:alpha:]]+",
    "[[:nope:]]",
    "[z-a]",
    "[a",
    "(",
    ")",
    "a**",
    "?",
    "\\",
    "(?i)x",
    "(?=a)b",
    "(?!a)",
    "(?<=a)",
    "***:abc",
    "***=a.c",
    "\\m\\M\\y\\Y",
    "\\u12",
    "\\U0010FFFF",
    "\\x{1}",
    "[[.a.]]",
    "[[=a=]-z]",
    "^$",
    "(a)(b)\\9",
    "abc|def.*ghi",
    "[^\u0000-\uffff]"
  };

  /** Beginning, middle and end of what grows with a count. */
  private static final String[][] REPEATED = {
    {"", "a", ""},
    {"", "é", ""},
    {"", "9", ""},
    {"", "İ", ""},
    {"", "(", ""},
    {"", "!", "a"},
    {"", "a&", "a"},
    {"", "a|!", "a"},
    {"", "a <-> ", "b"},
    {"$", ".a", ""},
    {"$", "[*]", ""},
    {"$", "?(@", ""},
    {"", "-", "1"},
    {"", "1+", "1"},
    {"$ ? (", "!(", ""},
    {"", "(a|", "b"},
    {"", "%_", ""},
    {"", "a?", ""},
    {"", "[", "]"},
    {"", "{\"a\":", "1"},
    {"a=>1", ",b=>2", ""},
    {"", "\\", ""},
    {"", "a ", ""},
    {"a", " b:1", ""}
  };

  private final SplittableRandom random;
  private final String[] own;

  /**
   * @param operatorClass name of the class whose kinds of text are favoured
   */
  HostileValues(SplittableRandom random, String operatorClass) {
    this.random = random;
    own =
        switch (operatorClass) {
          case "gin_hstore_ops" -> PAIRS;
          case "tsvector_ops" -> TEXT_SEARCH;
          case "jsonb_ops", "jsonb_path_ops" -> PATHS;
          case "gin_trgm_ops" -> PATTERNS;
          default -> SCALARS;
        };
  }

  private String oneOf(String[] texts) {
    return texts[random.nextInt(texts.length)];
  }

  private boolean isOneIn(int number) {
    return random.nextInt(number) == 0;
  }

  /** One of the operators, now and then one that no class has. */
  String operator(List<String> operators) {
    if (!isOneIn(30)) {
      return operators.get(random.nextInt(operators.size()));
    }
    if (isOneIn(3)) {
      return oneOf(NO_OPERATORS);
    }
    List<String> names = OperatorClasses.names();
    List<String> others =
        OperatorClasses.find(names.get(random.nextInt(names.size())), "").operators();
    return others.get(random.nextInt(others.size()));
  }

  /** A text. */
  String text() {
    int kind = random.nextInt(12_000);
    if (kind == 0) {
      return "ab ".repeat((1 << 20) / 3);
    }
    if (kind == 1) {
      return lexemes(MANY_LEXEMES);
    }
    if (kind < 24) {
      return repeated(DEEP + random.nextInt(DEEP));
    }
    if (kind < 200) {
      return repeated(1 + random.nextInt(700));
    }
    return switch (random.nextInt(10)) {
      case 0 -> oneOf(COMMON) + oneOf(own);
      case 1 -> oneOf(own) + oneOf(COMMON) + oneOf(own);
      case 2, 3 -> oneOf(COMMON);
      case 4 -> oneOf(SCALARS);
      case 5 ->
          oneOf(
              switch (random.nextInt(4)) {
                case 0 -> PAIRS;
                case 1 -> TEXT_SEARCH;
                case 2 -> PATHS;
                default -> PATTERNS;
              });
      case 6 -> mangled(oneOf(own));
      default -> oneOf(own);
    };
  }

  private String repeated(int times) {
    String[] parts = REPEATED[random.nextInt(REPEATED.length)];
    String text = parts[0] + parts[1].repeat(times) + parts[2];
    String closing = parts[1].contains("(") ? ")" : parts[1].startsWith("{") ? "}" : "";
    return isOneIn(2) ? text + closing.repeat(times) : text;
  }

  private static String lexemes(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(Integer.toString(i, 36)).append(' ');
    }
    return text.toString();
  }

  /** A text with a character lost, doubled or replaced. */
  private String mangled(String text) {
    int at = random.nextInt(text.length());
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, at) + text.substring(at + 1);
      case 1 -> text.substring(0, at) + text.charAt(at) + text.substring(at);
      default -> text.substring(0, at) + (char) random.nextInt(0x250) + text.substring(at + 1);
    };
  }

  /** A text that is JSON. */
  String json() throws IOException {
    if (isOneIn(1_000)) {
      return isOneIn(2)
          ? "[".repeat(DEEP) + "]".repeat(DEEP)
          : "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP);
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, 0);
    }
    return text.toString();
  }

  private void write(JsonGenerator json, int depth) throws IOException {
    switch (random.nextInt(depth < 3 ? 14 : 9)) {
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
                  + random.nextInt(-400, isOneIn(9) ? 200_000 : 400));
      case 4 -> json.writeString(text() + text());
      case 9, 10 -> {
        json.writeStartArray();
        for (int n = random.nextInt(4); n > 0; n--) {
          write(json, depth + 1);
        }
        json.writeEndArray();
      }
      case 11, 12 -> {
        json.writeStartObject();
        for (int n = random.nextInt(4); n > 0; n--) {
          json.writeFieldName(text());
          if (random.nextInt(3) > 0) {
            json.writeString(text());
          } else {
            write(json, depth + 1);
          }
        }
        json.writeEndObject();
      }
      case 13 -> {
        json.writeStartObject();
        json.writeStringField("query", text());
        switch (random.nextInt(5)) {
          case 0 -> json.writeNumberField("threshold", random.nextDouble(-0.2, 1.2));
          case 1 -> json.writeNumberField("maxSteps", random.nextLong(-5, 100_000));
          case 2 -> {
            json.writeFieldName("threshold");
            write(json, 3);
          }
          case 3 -> {
            json.writeFieldName("maxSteps");
            write(json, 3);
          }
          default -> json.writeStringField(text(), text());
        }
        json.writeEndObject();
      }
      default -> json.writeString(text());
    }
  }

  /** A value of Java, null among them. */
  Object value() {
    return value(0);
  }

  private Object value(int depth) {
    if (isOneIn(500)) {
      return special();
    }
    return switch (random.nextInt(depth < 3 ? 22 : 14)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> (int) random.nextLong() >> random.nextInt(32);
      case 4 ->
          switch (random.nextInt(7)) {
            case 0 -> Double.NaN;
            case 1 -> -0.0;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> Float.NaN;
            case 4 -> Float.MIN_VALUE;
            case 5 -> (short) random.nextInt();
            default -> random.nextDouble() * 1e300;
          };
      case 5 -> new BigDecimal("1e" + random.nextInt(-200_000, 200_000));
      case 6 -> new StringBuilder(text());
      case 7 -> foreign();
      case 14, 15 -> {
        List<Object> list = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          list.add(value(depth + 1));
        }
        yield isOneIn(2) ? list : list.toArray();
      }
      case 16, 17 -> {
        List<String> texts = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          texts.add(isOneIn(9) ? null : text());
        }
        yield isOneIn(2) ? texts : texts.toArray(String[]::new);
      }
      case 18 -> {
        Map<Object, Object> map = isOneIn(2) ? new HashMap<>() : new LinkedHashMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          map.put(isOneIn(9) ? random.nextInt() : isOneIn(9) ? null : text(), value(depth + 1));
        }
        yield map;
      }
      case 19, 20 -> {
        Map<String, String> map = new LinkedHashMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          map.put(text(), isOneIn(4) ? null : text());
        }
        yield map;
      }
      case 21 ->
          switch (random.nextInt(6)) {
            case 0 -> new int[random.nextInt(4)];
            case 1 -> new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE};
            case 2 -> new byte[random.nextInt(4)];
            case 3 -> new double[] {Double.NaN, -0.0};
            case 4 -> new boolean[] {true, false, true};
            default -> new Object[][] {{1}, null};
          };
      default -> text();
    };
  }

  /** What other classes take, and what none takes. */
  private Object foreign() {
    return switch (random.nextInt(10)) {
      case 0 -> LocalDate.MAX;
      case 1 -> Instant.MIN;
      case 2 -> new UUID(random.nextLong(), random.nextLong());
      case 3 -> TsVector.parse("a:1A b:2");
      case 4 -> TsQuery.parse("a & !b");
      case 5 -> TrigramOps.similar("word", isOneIn(2) ? 0 : 1);
      case 6 -> TrigramOps.expression(oneOf(PATTERNS), 1_000);
      case 7 -> 'x';
      case 8 -> Thread.State.NEW;
      default -> new Object();
    };
  }

  /** Deep, huge, or a part of itself. */
  private Object special() {
    switch (random.nextInt(5)) {
      case 0 -> {
        Object deep = "end";
        for (int i = 0; i < DEEP; i++) {
          deep = isOneIn(2) ? List.of(deep) : Map.of("a", deep);
        }
        return deep;
      }
      case 1 -> {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        return itself;
      }
      case 2 -> {
        Map<String, Object> itself = new HashMap<>();
        itself.put("a", List.of(itself));
        return itself;
      }
      case 3 -> {
        return BigInteger.ONE.shiftLeft(600_000);
      }
      default -> {
        Object[] many = new Object[MANY_LEXEMES];
        Arrays.fill(many, oneOf(COMMON));
        return many;
      }
    }
  }

  /** A parser on the first token of a text that is JSON. */
  static JsonParser parser(String text) throws IOException {
    JsonParser json = JSON.createParser(text);
    json.nextToken();
    return json;
  }
}
