package io.djinn.opclass.builtin.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.testkit.TestSeed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matching and refusing of regular expressions; the answers are PostgreSQL's. */
class RegularExpressionTest {
  private static boolean matches(String pattern, String text) {
    boolean matched = RegularExpression.compile(pattern, false).matches(text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(
        matched,
        RegularExpression.compile(pattern, false).matches(bytes, 0, bytes.length),
        () -> "as UTF-8: " + pattern);
    return matched;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ~~ ",
      quoteCharacter = '`',
      value = {
        // words and places
        "\\mman\\M ~~ a man x",
        "\\yof\\y ~~ king of it",
        "[[:<:]]man[[:>:]] ~~ a man x",
        "\\Aab ~~ abc",
        "bc\\Z ~~ abc",
        "a\\Yb ~~ ab",
        "(?b)\\<man\\> ~~ a man x",
        "\\m_\\M ~~ a _ b",
        "é\\M ~~ café x",
        // classes, escapes, names of characters
        "[[:alpha:]]{3} ~~ aß數",
        "^[[:digit:]]+$ ~~ 123",
        "[^[:print:]] ~~ `\u0001`",
        "[[.hyphen.]] ~~ -",
        "[[=a=]] ~~ a",
        "[[.a.]-c] ~~ b",
        "^\\w\\d\\s\\W\\D\\S$ ~~ x1 -xx",
        "[\\d\\W]{2} ~~ 1-",
        "\\u0061\\U00000062\\x63 ~~ abc",
        "\\141 ~~ a",
        "\\B ~~ \\",
        "\\e ~~ `\u001b`",
        "\\cA ~~ `\u0001`",
        "[]a]] ~~ a]",
        "[a-] ~~ -",
        // flavours, options
        "***=a.c ~~ xa.cx",
        "***:(?i)ABC ~~ abc",
        "(?i)straße ~~ STRAßE",
        "(?ix) a b # c ~~ AB",
        "(?q)a* ~~ a*",
        "(?e)\\d ~~ d",
        "(?e)a) ~~ a)",
        "(?b)a\\{2\\} ~~ aa",
        "(?b)\\(a\\)\\1 ~~ aa",
        "(?b)*a ~~ *a",
        "(?b)a+|b ~~ a+|b",
        // quantifiers
        "^a{2,3}$ ~~ aaa",
        "^(ab)*$ ~~ abab",
        "^a*?b+?c??$ ~~ aab",
        "a{,2} ~~ a{,2}",
        "^(a{0}b){2}$ ~~ bb",
        "^(?:a|b|){3}$ ~~ ab",
        "a||b ~~ ",
        "() ~~ ",
        // around
        "a(?=b) ~~ ab",
        "a(?!b) ~~ ac",
        "(?<=a)b ~~ ab",
        "(?<!a)b ~~ cb",
        "(?<=^a)b ~~ ab",
        "^(?=.*b)(?=.*c)a ~~ acb",
        "(?=a(?!b)) ~~ ac",
        // back references
        "^(.)\\1$ ~~ aa",
        "(a|b)c\\1 ~~ xbcb",
        "^(a*)b\\1$ ~~ aabaa",
        "()??\\1 ~~ b",
        "^(?:(b)|a)(\\1)* ~~ a",
        "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10 ~~ abcdefghijj",
        "\\12 ~~ `\n`"
      })
  void whatFitsMatches(String pattern, String text) {
    String given = text == null ? "" : text;
    assertTrue(matches(pattern, given), () -> pattern + " on " + given);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ~~ ",
      quoteCharacter = '`',
      value = {
        "\\mman\\M ~~ woman",
        "\\yof\\y ~~ often",
        "a\\yb ~~ ab",
        "^b ~~ `a\nb`",
        "a$ ~~ `a\nb`",
        "(?n)a.b ~~ `a\nb`",
        "(?p)[^x]b ~~ `\nb`",
        "[[:digit:]] ~~ ٣",
        "[[:upper:]] ~~ a",
        "a(?=b) ~~ ac",
        "(?<!a)b ~~ ab",
        "(?c)A ~~ a",
        // A division that PostgreSQL never tries.
        "^((a*)(a*))b\\3$ ~~ aaba",
        "^(?:(b)|a)\\1* ~~ a",
        "(a){0}\\1 ~~ aa",
        "^(a)\\1$ ~~ aA",
        "ﬁ ~~ fi",
        "\\U00110000 ~~ a"
      })
  void whatDoesNotFitDoesNotMatch(String pattern, String text) {
    assertFalse(matches(pattern, text), () -> pattern + " on " + text);
  }

  @Test
  void newlineIsAnOrdinaryCharacterUnlessAnOptionSaysOtherwise() {
    assertTrue(matches("a.b", "a\nb"));
    assertTrue(matches("(?n)^b", "a\nb"));
    assertTrue(matches("(?w)a$", "a\nb"));
    assertTrue(matches("(?w)a.b", "a\nb"));
    assertFalse(matches("(?p)^b", "a\nb"));
    assertTrue(matches("(?n)a\\Wb", "a\nb"));
    assertFalse(matches("(?n)\\Ab", "a\nb"));
  }

  @Test
  void flagsFromOutsideGiveWayToOptionsInside() {
    long steps = RegularExpression.DEFAULT_MAX_STEPS;
    Set<Flag> lines = Set.of(Flag.NEWLINE_ANCHORS, Flag.NEWLINE_STOPS);
    assertTrue(RegularExpression.compile("^b", lines, steps).matches("a\nb"));
    assertFalse(RegularExpression.compile("a.b", lines, steps).matches("a\nb"));
    assertTrue(RegularExpression.compile("(?s)a.b", lines, steps).matches("a\nb"));
    assertTrue(RegularExpression.compile("(?i)", Set.of(Flag.LITERAL), steps).matches("(?i)"));
  }

  @Test
  void nothingMatchesStandInsButOneOfThemBoundsWords() {
    Set<Flag> raw = Set.of(Flag.STAND_INS);
    long steps = RegularExpression.DEFAULT_MAX_STEPS;
    for (String atom :
        List.of(".", "[^x]", "\\W", "\\s", "\\S", "\\D", "[[:cntrl:]]", "[^\\w]", "\\x00", "\\n")) {
      RegularExpression expression = RegularExpression.compile("^" + atom + "$", raw, steps);
      assertFalse(expression.matches("\0"), atom);
      assertFalse(expression.matches("\n"), atom);
    }
    assertFalse(RegularExpression.compile("a\\y", raw, steps).matches("a\0"));
    assertTrue(RegularExpression.compile("a\\Y", raw, steps).matches("a\0"));
    assertTrue(RegularExpression.compile("a\\y", raw, steps).matches("a\n"));
    assertTrue(RegularExpression.compile("a\\y", false).matches("a\0"));
  }

  @Test
  void caseIsMappedOneCharacterToOne() {
    assertFalse(RegularExpression.compile("i", true).matches("İ"));
    assertTrue(RegularExpression.compile("İ", true).matches("i"));
    assertTrue(RegularExpression.compile("k", true).matches("K"));
    assertFalse(RegularExpression.compile("ß", true).matches("SS"));
    assertTrue(RegularExpression.compile("[a-z]", true).matches("Q"));
    assertTrue(RegularExpression.compile("[[:lower:]]", true).matches("Q"));
    assertTrue(RegularExpression.compile("(é)\\1", true).matches("éÉ"));
    assertFalse(RegularExpression.compile("(?c)a", true).matches("A"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ~~ ",
      quoteCharacter = '`',
      value = {
        "a( ~~ 2 ~~ parentheses",
        "a) ~~ 1 ~~ parentheses",
        "*a ~~ 0 ~~ quantifier",
        "a** ~~ 2 ~~ quantifier",
        "^* ~~ 1 ~~ quantifier",
        "(?=a)* ~~ 5 ~~ quantifier",
        "a{2 ~~ 3 ~~ braces",
        "a{2x} ~~ 3 ~~ repetition",
        "a{3,2} ~~ 5 ~~ repetition",
        "a{256} ~~ 4 ~~ 255",
        "[a ~~ 2 ~~ brackets",
        "[b-a] ~~ 4 ~~ range",
        "[a-b-c] ~~ 4 ~~ range",
        "[[:alfa:]] ~~ 9 ~~ alfa",
        "[[.bogus.]] ~~ 10 ~~ bogus",
        "[\\y] ~~ 1 ~~ escape",
        "\\g ~~ 0 ~~ escape \\ sequence \\g",
        "\\u12 ~~ 0 ~~ digits",
        "a\\ ~~ 2 ~~ escape",
        "\\1 ~~ 0 ~~ back reference",
        "(a\\1) ~~ 2 ~~ back reference",
        "(a)(?=\\1) ~~ 6 ~~ back reference",
        "(?z)a ~~ 2 ~~ option",
        "a(?i)b ~~ 1 ~~ options stand at the start",
        "***?a ~~ 0 ~~ version",
        "***a ~~ 0 ~~ quantifier",
        "(?P<a>b) ~~ 2 ~~ option"
      })
  void aFaultIsNamedWithItsPlace(String pattern, int position, String named) {
    InvalidRegularExpressionException fault =
        assertThrows(
            InvalidRegularExpressionException.class,
            () -> RegularExpression.compile(pattern, false));
    assertTrue(fault.getMessage().contains(named), fault::getMessage);
    assertEquals(position, fault.position(), fault::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"((a{255}){255}){255}", "(a{250})(\\1\\1){250}"})
  void tooManyStatesAreRefusedWithTheLimit(String pattern) {
    String message =
        assertThrows(
                InvalidRegularExpressionException.class,
                () -> RegularExpression.compile(pattern, false))
            .getMessage();
    assertTrue(message.contains("too complex") && message.contains("" + Nfa.MOST_STATES), message);
  }

  @Test
  void nestingIsLimitedAndTheDeepestAllowedFitsASmallStack() throws InterruptedException {
    int most = Parser.MOST_NESTED;
    Throwable[] thrown = new Throwable[1];
    Thread small =
        new Thread(
            null,
            () -> {
              String open = "(".repeat(most - 1);
              String close = ")".repeat(most - 1);
              assertTrue(matches(open + "a" + close, "ba"));
              assertTrue(matches("(?:".repeat(most - 1) + "a" + ")*".repeat(most - 1), "ba"));
              assertTrue(matches("(?=".repeat(most - 1) + "a" + close, "ba"));
              assertTrue(matches("(a)".repeat(200) + "\\1", "a".repeat(201)));
              for (String bad : new String[] {"(", "(?:", "(?=", "(?<!"}) {
                assertThrows(
                    InvalidRegularExpressionException.class,
                    () -> RegularExpression.compile(bad.repeat(10_000), false));
              }
              assertThrows(
                  InvalidRegularExpressionException.class,
                  () -> RegularExpression.compile("(a)".repeat(10_000) + "\\1", false));
            },
            "small stack",
            512 << 10);
    small.setUncaughtExceptionHandler((thread, error) -> thrown[0] = error);
    small.start();
    small.join();
    assertEquals(null, thrown[0]);
  }

  @Test
  void nestedQuantifiersTakeStepsInProportionToTheText() {
    String text = "a".repeat(100_000) + "!";
    for (String pattern : new String[] {"(a*)*b", "(a|a|aa)+$", "((a+)+)+b", "(.*)*(.*)*x"}) {
      assertFalse(RegularExpression.compile(pattern, Set.of(), 10_000_000).matches(text), pattern);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"^(a+)+x\\1$", "^((a+)\\2?)*x\\1$", "(a*)(a*)x\\1\\2$"})
  void backReferencesEndAtTheLimitOfSteps(String pattern) {
    RegularExpression expression = RegularExpression.compile(pattern, Set.of(), 20_000);
    String text = "a".repeat(3000) + "x" + "a".repeat(3001);
    String message =
        assertThrows(QueryTooExpensiveException.class, () -> expression.matches(text)).getMessage();
    assertTrue(message.contains("20000"), message);
    // The next text starts with a budget of its own.
    assertFalse(expression.matches("axaa"));
  }

  @Test
  void textsMayShareABudget() {
    RegularExpression expression = RegularExpression.compile("^(a+)b\\1$", Set.of(), 10);
    String text = "a".repeat(20) + "b" + "a".repeat(20);
    StepBudget budget = new StepBudget("both texts", 10_000);
    assertTrue(expression.matches(text, budget));
    String message =
        assertThrows(
                QueryTooExpensiveException.class,
                () -> {
                  for (int i = 0; i < 10_000; i++) {
                    expression.matches(text, budget);
                  }
                })
            .getMessage();
    assertTrue(message.contains("both texts") && message.contains("10000"), message);
    assertThrows(QueryTooExpensiveException.class, () -> expression.matches(text));
  }

  @Test
  void loneSurrogatesAreRefusedInAPatternAndJustCharactersInAText() {
    assertThrows(
        InvalidRegularExpressionException.class, () -> RegularExpression.compile("a\ud800", true));
    assertTrue(RegularExpression.compile("^a.b$", false).matches("a\udc00b"));
    assertTrue(RegularExpression.compile("^.$", false).matches("\ud83d\ude00"));
  }

  @Test
  void bytesThatAreNoUtf8CountOneByOne() {
    byte[] bytes = {'a', (byte) 0xC3, (byte) 0xE2, (byte) 0x82, 'b'};
    assertTrue(RegularExpression.compile("^a\\uFFFD{3}b$", false).matches(bytes, 0, bytes.length));
    assertTrue(RegularExpression.compile("^b$", false).matches(bytes, 4, 1));
  }

  /** Where both have the same meaning, the JDK's expressions are an oracle. */
  @Test
  void randomExpressionsMatchAsTheJdkSays() {
    Random random = new Random(TestSeed.forTest("RegularExpressionTest"));
    for (int i = 0; i < 5_000; i++) {
      String pattern = randomExpression(random, 3);
      Pattern oracle = Pattern.compile(pattern);
      RegularExpression expression = RegularExpression.compile(pattern, false);
      for (int j = 0; j < 5; j++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(9); n > 0; n--) {
          text.append("aabbc é".charAt(random.nextInt(7)));
        }
        assertEquals(
            oracle.matcher(text).find(),
            expression.matches(text),
            () -> "\"" + pattern + "\" on \"" + text + "\"");
      }
    }
  }

  private static String randomExpression(Random random, int depth) {
    StringBuilder out = new StringBuilder();
    for (int branches = 1 + random.nextInt(4) / 3; branches > 0; branches--) {
      for (int items = random.nextInt(4); items > 0; items--) {
        String[] atoms = {
          "a", "b", "c", "é", ".", "[ab]", "[^a]", "[b-c ]", "^", "$", "(?=a)", "(?!b)"
        };
        boolean group = depth > 0 && random.nextInt(3) == 0;
        boolean repeated = random.nextInt(3) == 0;
        // The JDK gives up on turns that match nothing, so that each turn of a group has a letter.
        String atom =
            group
                ? (repeated ? "(?:b" : "(?:") + randomExpression(random, depth - 1) + ")"
                : atoms[random.nextInt(atoms.length)];
        if (group && repeated && atom.contains("|")) {
          atom = "(?:b(?:" + atom.substring(4, atom.length() - 1) + "))";
        }
        out.append(atom);
        boolean constraint = atom.equals("^") || atom.equals("$") || atom.matches("\\(\\?[=!].*");
        if (!constraint && repeated) {
          String[] quantifiers = {"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0,2}"};
          out.append(quantifiers[random.nextInt(quantifiers.length)]);
        }
      }
      out.append(branches > 1 ? "|" : "");
    }
    return out.toString();
  }
}
