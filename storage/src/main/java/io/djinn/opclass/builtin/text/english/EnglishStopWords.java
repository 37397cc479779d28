package io.djinn.opclass.builtin.text.english;

import java.util.Arrays;

/** The English words that PostgreSQL's stop-word list names: too common to be searched for. */
public final class EnglishStopWords {
  private static final String WORDS =
      """
      i me my myself we our ours ourselves you your yours yourself yourselves he him his himself \
      she her hers herself it its itself they them their theirs themselves what which who whom \
      this that these those am is are was were be been being have has had having do does did \
      doing a an the and but if or because as until while of at by for with about against \
      between into through during before after above below to from up down in out on off over \
      under again further then once here there when where why how all any both each few more \
      most other some such no nor not only own same so than too very s t can will just don \
      should now""";

  private static final int SLOTS = 1024;
  private static final char[][] TABLE = new char[SLOTS][];
  private static final int LONGEST;

  static {
    int longest = 0;
    for (String word : WORDS.split(" ")) {
      char[] letters = word.toCharArray();
      int slot = slot(letters, letters.length);
      while (TABLE[slot] != null) {
        slot = (slot + 1) % SLOTS;
      }
      TABLE[slot] = letters;
      longest = Math.max(longest, letters.length);
    }
    LONGEST = longest;
  }

  private EnglishStopWords() {}

  /** Whether the first characters of an array, in lower case, are a stop word. */
  public static boolean contains(char[] word, int length) {
    if (length > LONGEST) {
      return false;
    }
    int slot = slot(word, length);
    while (TABLE[slot] != null) {
      if (Arrays.equals(word, 0, length, TABLE[slot], 0, TABLE[slot].length)) {
        return true;
      }
      slot = (slot + 1) % SLOTS;
    }
    return false;
  }

  private static int slot(char[] word, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + word[i];
    }
    return (hash ^ hash >>> 10) & SLOTS - 1;
  }
}
