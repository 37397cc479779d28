package io.djinn.opclass.builtin.json.path;

/** A regular expression of {@code like_regex} made ready: immutable, for any number of threads. */
@FunctionalInterface
public interface PathRegex {
  /**
   * Whether it matches anywhere in the text.
   *
   * @throws io.djinn.error.QueryTooExpensiveException beyond its limit of steps
   */
  boolean matches(String text);

  /** Makes regular expressions ready. */
  @FunctionalInterface
  interface Compiler {
    /**
     * @param flags letters among i (ignore case), s (a point matches newlines), m (^ and $ match at
     *     newlines) and q (the pattern is plain text)
     * @throws IllegalArgumentException naming what is wrong with the pattern
     */
    PathRegex compile(String pattern, String flags);
  }
}
