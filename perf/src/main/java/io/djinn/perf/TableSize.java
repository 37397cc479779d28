package io.djinn.perf;

/**
 * How large a table is made: copies of its rows behind each other, each copy cut short if need be.
 *
 * @param copies how many, each different from the others in one field
 * @param rowsOfCopy the most rows of each
 */
record TableSize(int copies, int rowsOfCopy) {
  /** The most copies a table may have. */
  static final int MOST_COPIES = 1000;

  /** Whole copies. */
  static final int ALL_ROWS = Integer.MAX_VALUE;

  TableSize {
    if (copies < 1 || copies > MOST_COPIES) {
      throw new IllegalArgumentException(copies + " copies: must be 1 to " + MOST_COPIES);
    }
    if (rowsOfCopy < 1) {
      throw new IllegalArgumentException(rowsOfCopy + " rows a copy: must be at least 1");
    }
  }

  /**
   * The size to try next where a serial build must take longer: with a tenth to spare, and at least
   * one copy more.
   *
   * @param seconds it took with this size
   * @param target seconds it must take
   */
  TableSize grown(double seconds, double target) {
    double needed = Math.ceil(copies * 1.1 * target / Math.max(seconds, 1e-3));
    return new TableSize((int) Math.min(MOST_COPIES, Math.max(copies + 1.0, needed)), rowsOfCopy);
  }
}
