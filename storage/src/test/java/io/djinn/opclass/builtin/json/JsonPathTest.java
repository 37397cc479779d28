package io.djinn.opclass.builtin.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.opclass.builtin.json.path.JsonPath;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths are read, printed and evaluated as PostgreSQL 18 does. */
class JsonPathTest {
  private static Object value(String json) {
    return JsonRows.value(JsonbOps.instance(), json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "$.a[*] ? (@ > 1.5e3 && @ like_regex \"a\" flag \"imsxq\").type() "
            + "; $.\"a\"[*]?(@ > 1500 && @ like_regex \"a\" flag \"ismxq\").type()",
        "$.a == 1 || $.b == 2 || $.c == 3 && $.d == 1 && $.e <> 1 "
            + "; (($.\"a\" == 1 || $.\"b\" == 2) || ($.\"c\" == 3 && $.\"d\" == 1) && $.\"e\" != 1)",
        "strict -($.a + 1 * 2).abs() - -3 - (-$.b) "
            + "; strict ((-($.\"a\" + 1 * 2).abs() - -3) - -$.\"b\")",
        "$.**{2 to last}[0,last - 1 to last].datetime(\"a\") "
            + "; $.**{2 to last}[0,last - 1 to last].datetime(\"a\")",
        "(($.a == 1)) is unknown ; ($.\"a\" == 1) is unknown",
        "!exists($.a) ; !(exists ($.\"a\"))",
        "(1).type() ; (1).type()",
        "0x1F + 0o17 * 0b11 - 1_000 ; ((31 + 15 * 3) - 1000)",
        "$.\"\\u0041\\x42\\u{43}\\q\\t\" ; $.\"ABCq\\t\"",
        "$.to.strict.LAX.Type.true ; $.\"to\".\"strict\".\"LAX\".\"Type\".\"true\"",
        "$.a /* none */ .decimal( 4 , -2 ).time(3) ; $.\"a\".decimal(4,-2).time(3)",
        "EXISTS($) ; exists ($)",
        "$.a STARTS With \"x\" ; ($.\"a\" starts with \"x\")",
      })
  void pathsPrintAsPostgresPrintsThem(String path, String printed) {
    assertEquals(printed, JsonPath.parse(path).toString());
    assertEquals(printed, JsonPath.parse(printed).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$.",
        "$ $",
        "@",
        "last",
        "$[last] + last",
        "$.a = 1",
        "$.a == 1 == 2",
        "$ ? ($.a)",
        "!$.a",
        "! !exists($)",
        "exists($.a) is unknown",
        "1 + exists($)",
        "$x",
        "$\"x y\"",
        "$.a starts with 1",
        "$.a starts with $b",
        "$.a like_regex \"(\"",
        "$.a like_regex \"a\" flag \"z\"",
        "$.a like_regex \"a\" flag \"x\"",
        "$.a like_regex \"[[:no:]]\"",
        "$.a like_regex \"a{256}\"",
        "$.a like_regex \"\\\\p{L}\"",
        "$.a like_regex \"a++\"",
        "$.nosuch()",
        "$.datetime(1)",
        "$.decimal(1,2,3)",
        "$.time(-1)",
        "$.**{-1}",
        "$.**{1.0}",
        "$.**{3000000000}",
        "01",
        "1_",
        "1__0",
        "0x",
        "1a",
        "1e",
        "1.type()",
        "1e400000",
        "TRUE",
        "Null",
        "\"abc",
        "\"\\",
        "\"\\u12\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\u{110000}\"",
        "$ /* no end",
        "$[]",
        "$[1,]",
        "$[1 to]",
      })
  void whatIsNoPathIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> JsonPath.parse(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        // The methods of version 17, by its documentation and regression tests.
        "\"9876543219\"       ; $.bigint() == 9876543219",
        "1.83                 ; $.bigint() == 2",
        "\"1.5\"              ; ($.bigint() == 1) is unknown",
        "[\"1\", 2]           ; $.bigint() == 2",
        "12345678901234567890 ; ($.bigint() == 1) is unknown",
        "[1, \"yes\", false]  ; $[0].boolean() == true && $[1].boolean() == true",
        "[1, \"off\", \"o\"]  ; $[1].boolean() == false && ($[2].boolean() == true) is unknown",
        "1.0                  ; ($.boolean() == true) is unknown",
        "-7                   ; $.boolean() == true",
        "1234.5678            ; $.decimal(6, 2) == 1234.57",
        "1234.5678            ; ($.decimal(5, 2) == 1234.57) is unknown",
        "12345                ; $.decimal(4, -2) == 12300",
        "\" 12.50 \"          ; $.decimal().string() == \"12.50\"",
        "\"0x1F\"             ; $.number() == 31 && $.integer() == 31",
        "\"1_000\"            ; $.number() == 1000",
        "\"nan\"              ; ($.number() == 1) is unknown",
        "\"2147483648\"       ; ($.integer() == 1) is unknown",
        "-1.5                 ; $.integer() == -2",
        "1.230                ; $.string() == \"1.230\"",
        "true                 ; $.string() == \"true\"",
        "null                 ; ($.string() == \"null\") is unknown",
        "{\"a\": 1}           ; ($.string() == \"\") is unknown",
        "\"1.234567890123456789\" ; $.double() == 1.23456789012346",
        "\"1e1000\"           ; ($.double() == 1) is unknown",
        "\"2023-08-15\"       ; $.date() == \"2023-08-15\".datetime()",
        "\"2023-08-15\"       ; $.date().type() == \"date\"",
        "\"2023-08-15 12:34:56\" ; $.date().string() == \"2023-08-15\"",
        "\"12:34:56.789\"     ; $.time(1).string() == \"12:34:56.8\"",
        "\"12:34:56+5:30\"    ; $.time_tz().string() == \"12:34:56+05:30\"",
        "\"12:34:56+05:30\"   ; $.time_tz().type() == \"time with time zone\"",
        "\"2023-08-15\"       ; $.timestamp().string() == \"2023-08-15T00:00:00\"",
        "\"2023-08-15T12:34:56.789Z\" "
            + "; $.timestamp_tz(2).string() == \"2023-08-15T12:34:56.79+00:00\"",
        "\"2023-08-15 12:34:56 +05:30\" ; ($.timestamp_tz() == 1) is unknown",
        "\"2023-08-15 12:34:56 +05:30\" ; exists($.time_tz()) || $.type() == \"string\"",
        "\"12:34:56\"         ; ($.date() == 1) is unknown",
        "\"10-03-2017 12:34\" ; $.datetime(\"dd-mm-yyyy HH24:MI\").type() "
            + "== \"timestamp without time zone\"",
        "\"ß2017\" ; $.datetime(\"\\\"ß\\\"yyyy\").string() == \"2017-01-01\"",
        "\"10-03-2017T12:34\" ; $.datetime(\"dd-mm-yyyy\\\"T\\\"HH24:MI\") "
            + "> \"2017-03-10\".datetime()",
        "\"10-03-2017t12:34\" ; ($.datetime(\"dd-mm-yyyy\\\"T\\\"HH24:MI\") > 1) is unknown",
        "\"12:34 +05:20\"     ; $.datetime(\"HH24:MI TZH:TZM\").string() == \"12:34:00+05:20\"",
        "\"2017-02-29\"       ; ($.datetime() == 1) is unknown",
        "\"3 feb 2017\"       ; $.datetime(\"DD MON YYYY\").string() == \"2017-02-03\"",
        // Arithmetic has numeric's digits.
        "1                    ; ($ / 3).string() == \"0.33333333333333333333\"",
        "10                   ; ($ / 4).string() == \"2.5000000000000000\"",
        "-7                   ; $ % 3 == -1",
        "7.5                  ; $ % 2 == 1.5",
        "1                    ; ($ / 0 == 1) is unknown",
        "1e131071             ; ($ * 10 == 1) is unknown",
        // Sequences, levels and modes.
        "{\"b\": 2}           ; !($.**{0} == 2) || ($.**{0} == 2) is unknown",
        "[[1, 2], [3]]        ; $[*] == 3",
        "{\"a\": [1, 2]}      ; strict ($.a == 1) is unknown",
        "{\"a\": [{\"b\": 1}]} ; $.a.b == 1",
        "{}                   ; strict ($.a == 1) is unknown",
        "[1, 2, 3]            ; $[last - 1 to last] == 3",
        "{\"a\": 1, \"bb\": {\"c\": 2}} ; $.bb.keyvalue().id == 32",
        "{\"a\": {\"b\": 1}}  ; $.keyvalue().value.keyvalue().id == 10000000048",
        "null                 ; $ != 1 && !($ < 1)",
        "\"a\\nb\"            ; !($ like_regex \"a.b\") && $ like_regex \"a.b\" flag \"s\"",
        "\"a\\n\"             ; !($ like_regex \"a$\") && $ like_regex \"^a$\" flag \"m\"",
        "\"a.b\"              ; $ like_regex \"A.B\" flag \"qi\"",
        "\"(?i)\"             ; $ like_regex \"(?i)\" flag \"xsmq\" && !($ like_regex \"(?I)\" flag \"q\")",
        "\"an ape\"           ; $ like_regex \"\\\\mape\\\\M\" && !($ like_regex \"\\\\mpe\")",
        "\"an ape\"           ; $ like_regex \"n\\\\y a\" && !($ like_regex \"n\\\\Y a\")",
        "\"x\\ny\"            ; $ like_regex \"\\\\Ax\\\\ny\\\\Z\" && !($ like_regex \"\\\\Ay\" flag \"m\")",
        "\"x\\ny\"            ; $ like_regex \"^y$\" flag \"m\" && !($ like_regex \"x\\\\Z\" flag \"m\")",
        "\"7é_\"              ; $ like_regex \"^[[:digit:]][[:alpha:]]\\\\w$\"",
        "\"an ape\"           ; $ like_regex \"[[:<:]]ape[[:>:]]\"",
        "\"a\\nb\"            ; !($ like_regex \"a[^c]b\") && $ like_regex \"a[^c]b\" flag \"s\"",
        "\"a\\nb\"            ; $ like_regex \"a\\\\Db\" && $ like_regex \"a\\\\sb\"",
        "\"a\\nb\"            ; $ like_regex \"(?s)a.b\" && !($ like_regex \"(?n)a.b\" flag \"s\")",
        "\"a&&b\"             ; $ like_regex \"^a[x&&y]+b$\" && $ like_regex \"***=&&\"",
        "\"abab\"             ; $ like_regex \"^(ab)\\\\1$\" && $ like_regex \"^(?=ab)(?!b).*(?<=b)$\"",
      })
  void pathsAreTrueAsInPostgres(String json, String path) {
    assertTrue(JsonPath.parse(path).isTrue(value(json)), () -> path + " of " + json);
  }

  @Test
  void aZoneThatIsNotThereIsNoSuppressedError() {
    JsonPath path = JsonPath.parse("$ ? (@.datetime() == \"2017-03-10 12:34:56\".datetime())");
    Object zoned = value("\"2017-03-10 12:34:56+01\"");
    assertThrows(IllegalArgumentException.class, () -> path.exists(zoned));
  }

  @Test
  void existenceStopsAtTheFirstItemAndSoBeforeAnError() {
    JsonPath path = JsonPath.parse("$[*].double()");
    assertTrue(path.exists(value("[\"1\", \"x\"]")));
    assertTrue(!path.exists(value("[\"x\", \"1\"]")));
    assertTrue(!JsonPath.parse("strict $[*].double()").exists(value("[\"1\", \"x\"]")));
  }

  @Test
  void aPathThatNeverEndsIsGivenUp() {
    String row =
        IntStream.range(0, 300)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "[", "]"));
    JsonPath path = JsonPath.parse("$[*] ? ($[*] ? ($[*] ? ($[*] == -1) == -1) == -1)");
    Object value = value(row);
    assertThrows(QueryTooExpensiveException.class, () -> path.exists(value));
  }

  @Test
  void anExpressionThatNeverEndsIsGivenUp() {
    JsonPath path = JsonPath.parse("$ like_regex \"^((a+)\\\\2?)*x\\\\1$\"").withMaxSteps(20_000);
    Object value = "a".repeat(3000) + "x" + "a".repeat(3001);
    assertThrows(QueryTooExpensiveException.class, () -> path.isTrue(value));
  }

  @Test
  void theTextsOfARowShareOneLimit() {
    JsonPath path = JsonPath.parse("$[*] like_regex \"x\"").withMaxSteps(120);
    String one = "\"" + "a".repeat(500) + "\"";
    assertFalse(path.isTrue(value("[" + one + "]")));
    Object many = value("[" + String.join(",", Collections.nCopies(5, one)) + "]");
    String message =
        assertThrows(QueryTooExpensiveException.class, () -> path.isTrue(many)).getMessage();
    assertTrue(message.contains("120 steps") && message.contains("jsonpath"), message);
    assertFalse(path.isTrue(value("[" + one + "]")), "each row begins anew");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aLimitOfNoStepsIsRefused(long limit) {
    JsonPath path = JsonPath.parse("$");
    String message =
        assertThrows(IllegalArgumentException.class, () -> path.withMaxSteps(limit)).getMessage();
    assertTrue(message.contains(Long.toString(limit)), message);
  }

  @Test
  void manyAlternativesAreNotDeep() {
    String path =
        IntStream.range(0, 20_000).mapToObj(i -> "$.a == " + i).collect(Collectors.joining(" || "));
    assertTrue(JsonPath.parse(path).isTrue(value("{\"a\": 19999}")));
    assertEquals(JsonPath.parse(path).toString().length() > path.length(), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "-", "$ ? (", "exists(", "!(", "$["})
  void pathsThatGoTooDeepAreRefused(String opening) {
    for (int times : new int[] {150, 500, 100_000}) {
      String path = opening.repeat(times);
      assertThrows(IllegalArgumentException.class, () -> JsonPath.parse(path));
    }
  }

  @Test
  void chainsUpToTheLimitAreWalkedWithTheStackOfAnyThread() throws InterruptedException {
    assertThrows(
        IllegalArgumentException.class,
        () -> JsonPath.parse("$" + ".**".repeat(JsonPath.MAX_DEPTH)));
    String row = "{\"a\":".repeat(900) + "1" + "}".repeat(900);
    Object value = value(row);
    Throwable[] thrown = new Throwable[1];
    Runnable walk =
        () -> {
          JsonPath.parse("$" + ".a".repeat(JsonPath.MAX_DEPTH - 1)).exists(value);
          JsonPath.parse("(".repeat(190) + "$" + ")".repeat(190)).exists(value);
          JsonPath.parse("$ ? (exists(".repeat(95) + "@" + "))".repeat(95)).exists(value);
          JsonPath.parse("!(".repeat(190) + "$ == 1" + ")".repeat(190)).exists(value);
        };
    Thread thread = new Thread(null, walk, "small stack", 512 * 1024);
    thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
    thread.start();
    thread.join();
    assertEquals(null, thrown[0]);
  }

  @Test
  void aLongSumIsRefusedByItsDepth() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> JsonPath.parse("1" + "+1".repeat(100_000)))
            .getMessage();
    assertTrue(message.contains("the limit"), message);
  }
}
