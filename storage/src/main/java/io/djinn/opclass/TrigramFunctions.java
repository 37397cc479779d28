package io.djinn.opclass;

import java.util.List;

/**
 * The functions of trigrams by the names PostgreSQL gives them, so that what calls them need not
 * know who implements them; found as a service by {@link OperatorClasses#trigrams}.
 */
public interface TrigramFunctions {
  /**
   * {@code show_trgm(text)}: each trigram once; one with a character that is not ASCII as {@code
   * 0x} and six hexadecimal digits.
   */
  List<String> trigrams(String text);

  /** {@code similarity(a, b)}. */
  float similarity(String a, String b);

  /** {@code word_similarity(a, b)}. */
  float wordSimilarity(String a, String b);

  /** {@code strict_word_similarity(a, b)}. */
  float strictWordSimilarity(String a, String b);
}
