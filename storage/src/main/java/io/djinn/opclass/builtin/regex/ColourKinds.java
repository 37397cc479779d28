package io.djinn.opclass.builtin.regex;

/** Which colours are newlines or word characters, for expressions that look at places. */
final class ColourKinds {
  private static final CharSet NEWLINE = CharSet.of('\n');

  private final byte[] kinds;
  private final boolean matter;

  /**
   * @param matter whether the alphabet tells newlines and word characters from others
   */
  ColourKinds(Alphabet alphabet, boolean matter) {
    this.matter = matter;
    kinds = new byte[alphabet.colourCount()];
    for (int colour = 0; colour < kinds.length; colour++) {
      boolean newline = matter && alphabet.colours(NEWLINE).contains(colour);
      boolean word = matter && alphabet.colours(wordSet()).contains(colour);
      kinds[colour] = (byte) (newline ? Place.NEWLINE : word ? Place.WORD : Place.OTHER);
    }
  }

  static CharSet newlineSet() {
    return NEWLINE;
  }

  static CharSet wordSet() {
    return CharacterClass.WORD.members(false);
  }

  boolean matter() {
    return matter;
  }

  int kind(int colour) {
    return kinds[colour];
  }
}
