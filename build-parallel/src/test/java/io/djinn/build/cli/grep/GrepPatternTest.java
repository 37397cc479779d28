package io.djinn.build.cli.grep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.regex.InvalidRegularExpressionException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrepPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '"',
      value = {
        "\\<a\\> \\ma\\M",
        "\\ba\\B \\ya\\Y",
        "\\`a\\' \\Aa\\Z",
        "[\\.] [\\\\.]",
        "[]\\] []\\\\]",
        "[[:alpha:]\\] [[:alpha:]\\\\]",
        "a** a*",
        "a+? a*",
        "a?? a?",
        "a{2}{3} (?:a{2}){3}",
        "(a)*{2} (?:(a)*){2}",
        "a{,3} a{0,3}",
        "a{,} a{0,}",
        "a{1 a\\{1",
        "{a \\{a",
        "a{1,x} a\\{1,x}",
        "a) a\\)",
        "(a)\\10 (a)(?:\\1)0",
        "\\_\\é\\- \\_é\\-",
        "a| a|",
        "() ()",
        "\\{1} \\{1}",
      })
  void syntaxOfGrepBecomesThatOfTheIndex(String pattern, String expression) {
    assertEquals(expression, new GrepPattern(pattern).expression());
  }

  @Test
  void linesAreAlternativesThatCountTheirOwnGroups() {
    assertEquals("(a)(?:\\1)|(b)(?:\\2)|", new GrepPattern("(a)\\1\n(b)\\1\n").expression());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "^* 1 quantifier_\"*\"",
        "a|+ 2 quantifier_\"+\"",
        "x({1,2}a) 2 quantifier_\"{1,2}\"",
        "\\b? 2 quantifier_\"?\"",
        "a{} 1 {}_is_empty",
        "a\\t 1 \\t_has_no_meaning",
        "\\0 0 \\0_has_no_meaning",
        "ab\\ 2 trailing_backslash",
        "(a)\\2 3 back_reference_\\2",
        "(a\\1) 2 back_reference_\\1",
        "a(b 1 parentheses",
        "a[b 1 brackets",
        "a[[:alpha] 1 brackets",
        "[:alpha:] 0 [[:space:]]",
        "[[:<:]]a 0 unknown_character_class_[:<:]",
        "x[a[:word:]] 1 unknown_character_class_[:word:]",
        "[[.space.]] 0 more_than_one_character",
        "(?i)a 0 no_options",
        "(? 0 no_options",
        "\\<[z-a] 6 range",
        "\\<\\<a{256} 8 255",
        "\\<a{2,1} 7 repetition",
      })
  void mistakesAreNamedWhereTheyStandInThePatternAsGiven(String pattern, int at, String what) {
    InvalidRegularExpressionException fault =
        assertThrows(
            InvalidRegularExpressionException.class,
            () -> new GrepPattern(pattern).compile(Set.of()));

    assertTrue(fault.getMessage().contains(what.replace('_', ' ')), fault.getMessage());
    assertTrue(fault.getMessage().endsWith("of \"" + pattern + "\""), fault.getMessage());
    assertEquals(at, fault.position(), fault.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n(b", "(a\nb)", "[a\nb]", "a\\\nb"})
  void nothingGoesOverALineEnd(String pattern) {
    assertThrows(InvalidRegularExpressionException.class, () -> new GrepPattern(pattern));
  }

  @Test
  void endlessBoundsAndParenthesesEndInAnError() {
    for (String pattern : new String[] {"a" + "{1}".repeat(50_000), "(".repeat(50_000) + "a"}) {
      assertThrows(
          InvalidRegularExpressionException.class,
          () -> new GrepPattern(pattern).compile(Set.of()));
    }
    assertEquals("a*", new GrepPattern("a" + "*".repeat(50_000)).expression());
  }
}
