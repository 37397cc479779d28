package io.djinn.opclass.builtin.text.english;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnglishStemmerTest {
  private static String stem(String word) {
    char[] letters = Arrays.copyOf(word.toCharArray(), word.length() + 1);
    return new String(letters, 0, new EnglishStemmer().stem(letters, word.length()));
  }

  @ParameterizedTest
  @CsvSource({
    "running, run",
    "hoping, hope",
    "hopping, hop",
    "adding, add",
    "egged, egg",
    "bed, bed",
    "ties, tie",
    "cries, cri",
    "gas, gas",
    "this, this",
    "kiwis, kiwi",
    "abysses, abyss",
    "dying, die",
    "skies, sky",
    "news, news",
    "inning, inning",
    "proceeds, proceed",
    "agreed, agre",
    "feed, feed",
    "sayings, say",
    "yes, yes",
    "youth, youth",
    "boyish, boyish",
    "generate, generat",
    "communism, communism",
    "arsenic, arsenic",
    "national, nation",
    "rationalizations, ration",
    "logically, logic",
    "apologist, apologist",
    "hopefulness, hope",
    "adoption, adopt",
    "cement, cement",
    "controlling, control",
    "university, univers",
    "be, be",
    "it, it",
    "éclairs, éclair",
    "𝒳ing, 𝒳ing",
    "𝒳aing, 𝒳a",
    "a𝒳nesses, a𝒳",
  })
  void wordsHaveTheStemsOfTheVersionInPostgres(String word, String stem) {
    assertEquals(stem, stem(word));
  }

  @Test
  void apostrophesComeOff() {
    assertEquals("dog", stem("dog's"));
    assertEquals("dog", stem("dogs'"));
    assertEquals("tis", stem("'tis"));
    assertEquals("", stem("''s"));
  }

  @Test
  void stopWordsAreKnown() {
    assertTrue(EnglishStopWords.contains("themselvesx".toCharArray(), 10));
    assertTrue(EnglishStopWords.contains("i".toCharArray(), 1));
    assertFalse(EnglishStopWords.contains("cat".toCharArray(), 3));
    assertFalse(EnglishStopWords.contains("don't".toCharArray(), 5));
  }
}
