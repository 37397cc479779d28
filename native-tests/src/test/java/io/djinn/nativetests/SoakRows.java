package io.djinn.nativetests;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a soak: some that stay, and those of a cycle, which are inserted in ascending order
 * and removed in the same order, a batch at a time.
 *
 * <p>So every snapshot of a cycle has the rows that stay and one range of the others, whose ends
 * are ends of batches, and one of whose ends is that of all.
 */
final class SoakRows {
  static final int STAYING = 300;
  static final int ROWS_PER_BATCH = 5;
  static final int BATCHES = 120;
  static final long FIRST = 1_000;
  static final long END = FIRST + (long) BATCHES * ROWS_PER_BATCH;

  private static final int[] DIFFERENT_VALUES = {2, 3, 31, 53, 211, 503};
  private static final int OWN_VALUES = 4;
  private static final int VALUE_OFFSET = 1_000;
  private static final int OWN_OFFSET = 1_000_000;

  private SoakRows() {}

  static List<Integer> values(long row) {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < DIFFERENT_VALUES.length; i++) {
      values.add((i + 1) * VALUE_OFFSET + (int) (row * 31 % DIFFERENT_VALUES[i]));
    }
    for (int i = 0; i < OWN_VALUES; i++) {
      // Spread over the tree.
      values.add(OWN_OFFSET + (int) ((row * OWN_VALUES + i) * 7919 % 1_000_003));
    }
    return values;
  }

  /** Different values of the rows that stay. */
  static long stayingValues() {
    List<Integer> values = new ArrayList<>();
    for (long row = 0; row < STAYING; row++) {
      values.addAll(values(row));
    }
    return values.stream().distinct().count();
  }

  static long stayingPairs() {
    return (long) STAYING * (DIFFERENT_VALUES.length + OWN_VALUES);
  }

  /** Throws where rows, ascending, are none that a snapshot of a cycle can have. */
  static void check(List<Long> rows) {
    int others = rows.size() - STAYING;
    for (int i = 0; i < Math.min(STAYING, rows.size()); i++) {
      require(rows.get(i) == i, rows);
    }
    require(others >= 0, rows);
    if (others > 0) {
      long first = rows.get(STAYING);
      long end = first + others;
      require(first >= FIRST && end <= END, rows);
      require(rows.get(rows.size() - 1) == end - 1, rows);
      require((first - FIRST) % ROWS_PER_BATCH == 0 && others % ROWS_PER_BATCH == 0, rows);
      require(first == FIRST || end == END, rows);
    }
  }

  private static void require(boolean isSo, List<Long> rows) {
    if (!isSo) {
      throw new IllegalStateException("no state of a cycle: " + rows);
    }
  }
}
