package io.djinn.opclass.builtin.regex;

import io.djinn.error.QueryTooExpensiveException;

/** Counts the steps of comparing one value, and ends the comparison at a limit. */
public final class StepBudget {
  private static final int LONGEST_SHOWN = 120;

  private final Object what;
  private final long limit;
  private long left;
  private StepBudget lender;

  /**
   * @param what the query, whose words are asked for only where the limit is met
   */
  public StepBudget(Object what, long limit) {
    this.what = what;
    this.limit = limit;
    left = limit;
  }

  public void restart() {
    left = limit;
    lender = null;
  }

  /** Until the next restart steps are taken from another budget, and its limit counts. */
  void drawOn(StepBudget other) {
    lender = other;
  }

  public void spend(long steps) {
    if (lender != null) {
      lender.spend(steps);
      return;
    }
    left -= steps;
    if (left < 0) {
      throw exhausted();
    }
  }

  private QueryTooExpensiveException exhausted() {
    String words = what.toString();
    return new QueryTooExpensiveException(
        (words.length() > LONGEST_SHOWN ? words.substring(0, LONGEST_SHOWN) + "…" : words)
            + " took more than the "
            + limit
            + " steps it is allowed on one value");
  }
}
