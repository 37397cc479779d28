package io.djinn.opclass.builtin.trigram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.TestSeed;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What queries ask of the index, and that they never lose a row by it. */
class TrigramQueryTest {
  private static final TrigramOps OPS = new TrigramOps();

  private static GinQuery query(String operator, Object operand) {
    return OPS.query(operator, operand);
  }

  private static int trigram(GinQuery query, int index) {
    byte[] key = query.key(index);
    return (key[0] & 0xFF) << 16 | (key[1] & 0xFF) << 8 | key[2] & 0xFF;
  }

  private static TreeSet<String> keys(GinQuery query) {
    TreeSet<String> keys = new TreeSet<>();
    for (int i = 0; i < query.keyCount(); i++) {
      keys.add(new String(query.key(i), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    return keys;
  }

  private static byte[] presence(GinQuery query, String text) {
    int[] have = Trigrams.of(text).distinct();
    byte[] presence = new byte[query.keyCount()];
    for (int i = 0; i < presence.length; i++) {
      presence[i] = Arrays.binarySearch(have, trigram(query, i)) >= 0 ? Ternary.YES : Ternary.NO;
    }
    return presence;
  }

  private static boolean isCandidate(GinQuery query, String text) {
    byte[] presence = presence(query, text);
    boolean any = query.mode() == Mode.ALL;
    for (byte present : presence) {
      any |= present == Ternary.YES;
    }
    return query.mode() != Mode.NONE && any && query.consistent(presence) != Ternary.NO;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ~~ ",
      quoteCharacter = '`',
      value = {
        "LIKE ~~ %abc% ~~ `abc`",
        "LIKE ~~ abc% ~~ `  a, ab,abc`",
        "LIKE ~~ %abc ~~ `abc,bc `",
        "LIKE ~~ %a_bcd% ~~ `bcd`",
        "LIKE ~~ a%bc- ~~ `  a,bc `",
        "LIKE ~~ %x\\%ab% ~~ `  a, ab`",
        "ILIKE ~~ %ABC% ~~ `abc`",
        "~ ~~ abc ~~ `abc`",
        "~ ~~ ^abc ~~ ` ab,abc`",
        "~ ~~ abc$ ~~ `abc,bc `",
        "~ ~~ \\mab\\M ~~ ` ab,ab `",
        "~ ~~ ab[cd] ~~ `abc,abd`",
        "~ ~~ ABC|xyz ~~ `abc,xyz`",
        "~* ~~ aBc ~~ `abc`",
        "= ~~ ab ~~ `  a, ab,ab `"
      })
  void keysAreTheTrigramsAskedFor(String operator, String operand, String expected) {
    assertEquals(new TreeSet<>(Arrays.asList(expected.split(","))), keys(query(operator, operand)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ~~ ",
      value = {"LIKE ~~ %", "LIKE ~~ %a%", "ILIKE ~~ %a_", "~ ~~ a|b", "~ ~~ .*", "= ~~ --"})
  void aQueryWithoutTrigramsHasAllRowsAsCandidates(String operator, String operand) {
    assertEquals(Mode.ALL, query(operator, operand).mode());
  }

  @Test
  void similarityToNothingMatchesNothing() {
    for (String operator : new String[] {"%", "%>", "<%", "%>>", "<<%"}) {
      for (String operand : new String[] {"", " ", "!!!"}) {
        GinQuery query = query(operator, operand);
        assertEquals(Mode.NONE, query.mode());
        assertFalse(query.matches("!!!"));
      }
    }
  }

  @Test
  void aThresholdOfTheOperandIsUsed() {
    float similarity = Similarity.similarity("abcd", "abce");
    assertTrue(query("%", TrigramOps.similar("abcd", similarity)).matches("abce"));
    assertFalse(query("%", TrigramOps.similar("abcd", Math.nextUp(similarity))).matches("abce"));
    assertEquals(Mode.ALL, query("%", TrigramOps.similar("abcd", 0)).mode());
    assertTrue(query("%", TrigramOps.similar("abcd", 0)).matches("x"));
    assertThrows(IllegalArgumentException.class, () -> TrigramOps.similar("a", 1.5f));
    assertThrows(IllegalArgumentException.class, () -> TrigramOps.similar("a", Float.NaN));
  }

  @Test
  void theLimitOfStepsOfTheOperandIsUsed() {
    GinQuery query = query("~", TrigramOps.expression("^(a+)+x\\1$", 1000));
    assertThrows(
        QueryTooExpensiveException.class,
        () -> query.matches("a".repeat(500) + "x" + "a".repeat(501)));
  }

  @Test
  void aWideAlternativeStillAsksForItsPrefix() {
    StringBuilder pattern = new StringBuilder("x");
    for (int i = 0; i < 3000; i++) {
      pattern.append("|word").append(Integer.toString(i * 7919, 36));
    }
    assertEquals(Mode.ALL, query("~", pattern.toString()).mode());
    GinQuery query = query("~", pattern.substring(2));
    assertTrue(isCandidate(query, "a word0"));
    assertFalse(isCandidate(query, "another"));
  }

  @Test
  void likeMatchesAsARecursiveMatcherSays() {
    Random random = new Random(TestSeed.forTest("TrigramQueryTest.like"));
    for (int i = 0; i < 20_000; i++) {
      String pattern = random(random, new String[] {"a", "b", "%", "_", "\\%", "\\\\", "é", "😀"});
      String text = random(random, new String[] {"a", "b", "ab", "%", "\\", "é", "😀"});
      GinQuery query = query("LIKE", pattern);
      boolean expected = likes(pattern.codePoints().toArray(), 0, text.codePoints().toArray(), 0);
      assertEquals(expected, query.matches(text), () -> pattern + " on " + text);
      assertTrue(!expected || isCandidate(query, text), () -> pattern + " on " + text);
    }
  }

  private static boolean likes(int[] pattern, int p, int[] text, int t) {
    if (p == pattern.length) {
      return t == text.length;
    }
    if (pattern[p] == '%') {
      return likes(pattern, p + 1, text, t) || (t < text.length && likes(pattern, p, text, t + 1));
    }
    int skipped = pattern[p] == '\\' ? 1 : 0;
    boolean any = pattern[p] == '_';
    return t < text.length
        && (any || pattern[p + skipped] == text[t])
        && likes(pattern, p + skipped + 1, text, t + 1);
  }

  private static String random(Random random, String[] parts) {
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(8); n > 0; n--) {
      out.append(parts[random.nextInt(parts.length)]);
    }
    return out.toString();
  }

  /** Rows are made to match often: from the pieces the expressions are made of. */
  @Test
  void expressionsLoseNoRowByTheirTrigrams() {
    Random random = new Random(TestSeed.forTest("TrigramQueryTest.expressions"));
    int matched = 0;
    int excluded = 0;
    for (int i = 0; i < 3_000; i++) {
      String pattern = expression(random, 2);
      GinQuery query = query(random.nextBoolean() ? "~" : "~*", pattern);
      for (int j = 1; j < query.keyCount(); j++) {
        assertTrue(trigram(query, j - 1) < trigram(query, j), () -> "keys of " + pattern);
      }
      for (int j = 0; j < 10; j++) {
        String text = random(random, PIECES);
        boolean candidate = isCandidate(query, text);
        if (query.matches(text)) {
          matched++;
          assertTrue(candidate, () -> "\"" + pattern + "\" loses \"" + text + "\"");
        } else if (!candidate) {
          excluded++;
        }
      }
    }
    assertTrue(matched > 1000 && excluded > 1000, matched + " matched, " + excluded + " excluded");
  }

  private static final String[] PIECES = {
    "abc", "abc", "bcd", "ab", "Ab", "c", " ", "-", "_", "é", "İ", "數學", "1", "ABC", "\n", "ß"
  };

  private static String expression(Random random, int depth) {
    StringBuilder out = new StringBuilder();
    for (int branches = 1 + random.nextInt(3) / 2; branches > 0; branches--) {
      for (int items = 1 + random.nextInt(4); items > 0; items--) {
        switch (random.nextInt(depth > 0 ? 9 : 6)) {
          case 0, 1, 2 -> out.append(PIECES[random.nextInt(PIECES.length)]);
          case 3 -> {
            String[] atoms = {".", "[ab]", "[^a]", "\\w", "\\W", "[[:alpha:]]", ".*", "\\w+", "b?"};
            out.append(atoms[random.nextInt(atoms.length)]);
          }
          case 4 -> {
            String[] places = {"^", "$", "\\m", "\\M", "\\y", "\\Y", "(?=a)", "(?!b)", "(?<=c)"};
            out.append(places[random.nextInt(places.length)]);
          }
          case 5 -> out.append("(?:").append(PIECES[random.nextInt(3)]).append("|_)");
          case 6 -> {
            String[] quantifiers = {"*", "+", "?", "{2}", "{1,2}", "{0}", "+?"};
            out.append("(?:").append(expression(random, depth - 1)).append(')');
            out.append(quantifiers[random.nextInt(quantifiers.length)]);
          }
          case 7 -> out.append("(?:").append(expression(random, depth - 1)).append(')');
          default -> out.append("(?:").append(PIECES[random.nextInt(PIECES.length)]).append(")?");
        }
      }
      out.append(branches > 1 ? "|" : "");
    }
    return out.toString();
  }
}
