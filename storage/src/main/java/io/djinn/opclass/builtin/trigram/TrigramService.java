package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.TrigramFunctions;
import java.util.List;

/** The functions of trigrams as a service. */
public final class TrigramService implements TrigramFunctions {
  @Override
  public List<String> trigrams(String text) {
    return Trigrams.show(text);
  }

  @Override
  public float similarity(String a, String b) {
    return Similarity.similarity(a, b);
  }

  @Override
  public float wordSimilarity(String a, String b) {
    return Similarity.wordSimilarity(a, b);
  }

  @Override
  public float strictWordSimilarity(String a, String b) {
    return Similarity.strictWordSimilarity(a, b);
  }
}
