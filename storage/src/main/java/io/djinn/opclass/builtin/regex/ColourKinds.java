package io.djinn.opclass.builtin.regex;

/** Which colours are newlines or word characters, for expressions that look at places. */
final class ColourKinds {
  private static final CharSet NEWLINE = CharSet.of('\n');

  private final byte[] kinds;
  private final boolean matter;

  /**
   * @param matter whether the alphabet tells newlines and word characters from others
   * @param words what counts as a word character
   */
  ColourKinds(Alphabet alphabet, boolean matter, CharSet words) {
    this.matter = matter;
    kinds = new byte[alphabet.colourCount()];
    for (int colour = 0; colour < kinds.length; colour++) {
      boolean newline = matter && alphabet.colours(NEWLINE).contains(colour);
      boolean word = matter && alphabet.colours(words).contains(colour);
      kinds[colour] = (byte) (newline ? Place.NEWLINE : word ? Place.WORD : Place.OTHER);
    }
  }

  static CharSet newlineSet() {
    return NEWLINE;
  }

  /**
   * @param withStandIns see {@link Flag#STAND_INS}
   */
  static CharSet wordSet(boolean withStandIns) {
    CharSet words = CharacterClass.WORD.members(false);
    return withStandIns ? new CharSet.Builder().add(words).add('\0', '\0').build() : words;
  }

  boolean matter() {
    return matter;
  }

  int kind(int colour) {
    return kinds[colour];
  }
}
