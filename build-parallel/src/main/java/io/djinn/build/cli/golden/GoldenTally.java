package io.djinn.build.cli.golden;

/** Counts of lines compared. */
public final class GoldenTally {
  private long passed;
  private long failed;
  private long errors;

  void passed() {
    passed++;
  }

  void failed() {
    failed++;
  }

  void error() {
    errors++;
  }

  public long passedCount() {
    return passed;
  }

  /** Wrong answers. */
  public long failedCount() {
    return failed;
  }

  /** Lines that could not be answered. */
  public long errorCount() {
    return errors;
  }

  public long compared() {
    return passed + failed + errors;
  }

  /** Whether something was compared, and all of it was right. */
  public boolean isRight() {
    return passed > 0 && failed == 0 && errors == 0;
  }
}
