package io.djinn.testkit;

import java.util.SplittableRandom;

/** Random texts for {@link PlacedWords}: few common words, many rare ones, some many times. */
public final class PlacedTexts {
  private static final int COMMON = 5;
  private static final int RARE = 300;

  private PlacedTexts() {}

  /**
   * A text; null where it is SQL NULL.
   *
   * @param mostPlaces how often a word may stand there at most
   */
  public static String next(SplittableRandom random, int mostPlaces) {
    int kind = random.nextInt(40);
    if (kind < 2) {
      return kind == 0 ? null : "";
    }
    StringBuilder text = new StringBuilder();
    int words = 1 + random.nextInt(Math.min(12, mostPlaces));
    for (int i = 0; i < words; i++) {
      text.append(' ').append(word(random));
    }
    if (kind == 2) {
      text.append((" " + word(random)).repeat(random.nextInt(Math.max(1, mostPlaces - words))));
    }
    return text.toString();
  }

  /** One of the words of such texts. */
  public static String word(SplittableRandom random) {
    int kind = random.nextInt(6);
    if (kind == 0) {
      return "_" + random.nextInt(4);
    }
    return kind < 4 ? "w" + random.nextInt(COMMON) : "rare" + random.nextInt(RARE);
  }
}
