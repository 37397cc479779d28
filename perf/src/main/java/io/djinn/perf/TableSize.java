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

  private static final double SPARE = 1.1;

  /**
   * What a copy adds is taken for at least this share of what all took on average: small tables are
   * built by code that is warm and spills nothing.
   */
  private static final double LEAST_SHARE_OF_COPY = 0.5;

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
   * @param before the size tried before, null for none
   * @param secondsBefore it took with that; the rest of both is time that copies do not add to
   * @param target seconds it must take
   */
  TableSize grown(double seconds, TableSize before, double secondsBefore, double target) {
    double ofCopy = Math.max(seconds, 1e-3) / copies;
    if (before != null) {
      double added = (seconds - secondsBefore) / (copies - before.copies);
      ofCopy = Math.min(ofCopy, Math.max(added, ofCopy * LEAST_SHARE_OF_COPY));
    }
    double needed = Math.ceil(copies + (SPARE * target - seconds) / ofCopy);
    return new TableSize((int) Math.min(MOST_COPIES, Math.max(copies + 1.0, needed)), rowsOfCopy);
  }
}
