package io.djinn.opclass.builtin.text.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.text.GoldenText;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextParserTest {
  private static final String[] PARTS = {
    "a",
    "b",
    "e",
    "x",
    "1",
    "9",
    " ",
    "_",
    "-",
    ".",
    "@",
    ":",
    "/",
    "~",
    "+",
    "<",
    ">",
    "&",
    ";",
    "#",
    "'",
    "\"",
    "\\",
    "!",
    "?",
    "=",
    "é",
    "\u0301",
    "٣",
    "\u2003",
    "𝒳",
    "😀",
    "<!--",
    "-->",
    "a_b",
    "x-1",
    "://",
    "a.com",
    "<script>",
    "</script>"
  };

  @Test
  void tokensAreAsGolden() {
    List<Map<?, ?>> lines = GoldenText.lines("tokens.jsonl");
    int passed = 0;
    for (Map<?, ?> line : lines) {
      List<Object> tokens = new ArrayList<>();
      for (Token token : TextParser.parse((String) line.get("text"))) {
        tokens.add(List.of(token.type().alias(), token.text()));
      }
      passed += line.get("tokens").equals(tokens) ? 1 : 0;
    }
    assertTrue(GoldenText.reported("tokens.jsonl, tokens", passed, lines.size()) >= 0.99);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          foo-bar          | asciihword foo-bar, hword_asciipart foo, blank -, hword_asciipart bar
          -1.2.3           | blank -, version 1.2.3
          http://a.com/b?c | protocol http://, url a.com/b?c, host a.com, url_path /b?c
          a1@b.com.        | email a1@b.com, blank .
          x@a1             | asciiword x, blank @, numword a1
          <a b='\\'>'>c    | tag <a b='\\'>'>, asciiword c
          &#x1f;           | entity &#x1f;
          <script>x 1</script>y | tag <script>, blank x 1, tag </script>, asciiword y
          नमस्ते               | word नमस्ते
          """,
      delimiter = '|')
  void textsAreCutAsTold(String text, String tokens) {
    List<String> found = new ArrayList<>();
    for (Token token : TextParser.parse(text)) {
      found.add(token.type().alias() + " " + token.text());
    }
    assertEquals(tokens, String.join(", ", found));
  }

  private static List<Token> parse(String text, int longGuess) {
    TextParser parser = new TextParser(longGuess);
    List<Token> tokens = new ArrayList<>();
    for (parser.begin(text); parser.next(); ) {
      tokens.add(new Token(parser.type(), text.substring(parser.start(), parser.end())));
    }
    return tokens;
  }

  @Test
  void guessesRememberedChangeNoToken() {
    long seed = TestSeed.forTest("TextParserTest.guesses");
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n >= 0; n--) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
      List<Token> tokens = parse(text.toString(), Integer.MAX_VALUE);
      assertEquals(tokens, parse(text.toString(), 0), text.toString());
      assertEquals(tokens, parse(text.toString(), 3), text.toString());
    }
  }

  /** A parser that tries again from everywhere would take hours. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a_",
        "~/",
        "./",
        "/~/.",
        "<!--",
        "b1@",
        "a@a_",
        "a-1-",
        "a1_b.c-d@",
        "<a '\"",
        "&a",
        "1_",
        "a_b1@c_",
        "a.b-",
        "../"
      })
  void aLongTextOfFalseStartsIsCutAllTheSame(String part) {
    String text = part.repeat(1_000_000 / part.length());
    TextParser parser = new TextParser();
    int covered = 0;
    for (parser.begin(text); parser.next(); ) {
      covered = Math.max(covered, parser.end());
    }
    assertTrue(covered >= text.length() - part.length(), covered + " of " + text.length());
  }
}
