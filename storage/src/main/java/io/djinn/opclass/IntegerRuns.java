package io.djinn.opclass;

/**
 * What a JSON parser may offer beside its tokens: the integers of an array many at a time, which is
 * most of the work where rows are arrays of integers.
 */
public interface IntegerRuns {
  /**
   * Reads integers that follow the current token, a number inside an array, as far as they are
   * plain: of at most nine digits and without blanks around them. The token after that, whatever it
   * is, is the parser's next one.
   *
   * @return how many were read; 0 where none that is plain follows
   */
  int readIntegers(int[] into);
}
