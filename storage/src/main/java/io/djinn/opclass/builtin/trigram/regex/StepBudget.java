package io.djinn.opclass.builtin.trigram.regex;

import io.djinn.error.QueryTooExpensiveException;

/** Counts the steps of comparing one text, and ends the comparison at a limit. */
public final class StepBudget {
  private static final int LONGEST_SHOWN = 120;

  private final String what;
  private final long limit;
  private long left;

  /**
   * @param what the query in words, for the message of the exception
   */
  public StepBudget(String what, long limit) {
    this.what = what;
    this.limit = limit;
    left = limit;
  }

  public void restart() {
    left = limit;
  }

  public void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw exhausted();
    }
  }

  private QueryTooExpensiveException exhausted() {
    return new QueryTooExpensiveException(
        what + " took more than the " + limit + " steps it is allowed on one text");
  }
}
