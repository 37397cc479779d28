package io.djinn.nativetests;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What a writing process does, as a function of numbers, so that whoever examines the store knows
 * what must be in it.
 *
 * <p>Batch {@code b} inserts the rows from {@code b * ROWS_PER_BATCH} on and deletes every {@link
 * #DELETED_EACH}th of the rows inserted {@link #DELETED_BATCHES_LATER} batches before. Row numbers
 * are TIDs.
 */
final class NumberedRows {
  static final int ROWS_PER_BATCH = 4;

  private static final int DELETED_EACH = 5;
  private static final int DELETED_BATCHES_LATER = 20;

  /** Few values, so that they get posting trees. */
  private static final int COMMON_VALUES = 3;

  private static final int SOME_VALUES = 97;
  private static final int SOME_OFFSET = 1_000;

  /** Values of few rows each, so that the entry tree grows. */
  private static final int RARE_OFFSET = 1_000_000;

  private static final int ROWS_PER_RARE_VALUE = 16;

  private NumberedRows() {}

  static List<Integer> values(long row) {
    return List.of(
        (int) (row % COMMON_VALUES),
        SOME_OFFSET + (int) (row * 31 % SOME_VALUES),
        RARE_OFFSET + (int) (row / ROWS_PER_RARE_VALUE * 7919 % 1_000_003));
  }

  static List<Long> inserted(long batch) {
    List<Long> rows = new ArrayList<>();
    for (int i = 0; i < ROWS_PER_BATCH; i++) {
      rows.add(batch * ROWS_PER_BATCH + i);
    }
    return rows;
  }

  static List<Long> deleted(long batch) {
    long earlier = batch - DELETED_BATCHES_LATER;
    return earlier < 0
        ? List.of()
        : inserted(earlier).stream().filter(row -> row % DELETED_EACH == 0).toList();
  }

  private static boolean isThere(long row, long batches) {
    long ownBatch = row / ROWS_PER_BATCH;
    return ownBatch < batches
        && (row % DELETED_EACH != 0 || ownBatch + DELETED_BATCHES_LATER >= batches);
  }

  /** Value to rows, ascending, after so many batches. */
  static TreeMap<Integer, List<Long>> index(long batches) {
    TreeMap<Integer, List<Long>> index = new TreeMap<>();
    for (long row = 0; row < batches * ROWS_PER_BATCH; row++) {
      if (isThere(row, batches)) {
        for (int value : values(row)) {
          index.computeIfAbsent(value, v -> new ArrayList<>()).add(row);
        }
      }
    }
    return index;
  }

  /** Rows there are after so many batches. */
  static List<Long> rows(long batches) {
    List<Long> rows = new ArrayList<>();
    for (long row = 0; row < batches * ROWS_PER_BATCH; row++) {
      if (isThere(row, batches)) {
        rows.add(row);
      }
    }
    return rows;
  }
}
