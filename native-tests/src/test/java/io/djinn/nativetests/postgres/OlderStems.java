package io.djinn.nativetests.postgres;

import java.util.regex.Pattern;

/**
 * Words of which servers older than 18 make another lexeme: their English stemmer takes the second
 * letter off what {@code ed} or {@code ing} leaves of {@code added}, {@code egging} or {@code
 * erred}, where the newer one keeps words of three letters with a, e or o in front whole.
 */
final class OlderStems {
  /** The first release with the newer stemmer. */
  private static final int NEWER = 18;

  private static final Pattern WORD =
      Pattern.compile(
          "(?<!\\p{L})[aeo]([bdfgmnprt])\\1(ed|ing)(ly)?(['’]?s)?(?!\\p{L})",
          Pattern.CASE_INSENSITIVE);

  private OlderStems() {}

  /** Whether a server of the release may stem a word of the text in the older way. */
  static boolean differ(int release, String text) {
    return release < NEWER && WORD.matcher(text).find();
  }
}
