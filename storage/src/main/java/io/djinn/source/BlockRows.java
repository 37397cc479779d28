package io.djinn.source;

import java.util.Arrays;

/**
 * How many rows start in each block of a source, and with that the way between row numbers and
 * TIDs.
 */
final class BlockRows {
  /** Rows before each block; one element more than there are blocks. */
  private final long[] rowsBefore;

  private final int neededSlotBits;

  /**
   * @param counts rows that start in each block
   */
  BlockRows(int[] counts) {
    rowsBefore = new long[counts.length + 1];
    int most = 0;
    for (int block = 0; block < counts.length; block++) {
      rowsBefore[block + 1] = rowsBefore[block] + counts[block];
      most = Math.max(most, counts[block]);
    }
    neededSlotBits = most <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(most - 1);
  }

  int blockCount() {
    return rowsBefore.length - 1;
  }

  long rowCount() {
    return rowsBefore[rowsBefore.length - 1];
  }

  /** Rows that start in a block. */
  int rowsOf(int block) {
    return (int) (rowsBefore[block + 1] - rowsBefore[block]);
  }

  /** Rows that start before a block; {@code block} may be the block count. */
  long rowsBefore(int block) {
    return rowsBefore[block];
  }

  int[] counts() {
    int[] counts = new int[blockCount()];
    Arrays.setAll(counts, this::rowsOf);
    return counts;
  }

  /** As few slot bits as hold the fullest block. */
  int neededSlotBits() {
    return neededSlotBits;
  }

  /**
   * @param rowNumber 1-based
   * @throws IllegalArgumentException naming the rows there are
   */
  long tidOf(long rowNumber, int slotBits) {
    requireRow(rowNumber);
    int block = blockOf(rowNumber - 1);
    return (long) block << slotBits | rowNumber - 1 - rowsBefore[block];
  }

  /** Throws naming the rows there are. */
  void requireRow(long rowNumber) {
    if (rowNumber < 1 || rowNumber > rowCount()) {
      throw new IllegalArgumentException(
          "row "
              + rowNumber
              + (rowCount() == 0 ? ": the source has no rows" : " is none of 1 to " + rowCount()));
    }
  }

  /** Whether some row has this TID. */
  boolean has(long tid, int slotBits) {
    long block = tid >> slotBits;
    return tid >= 0 && block < blockCount() && (tid & (1L << slotBits) - 1) < rowsOf((int) block);
  }

  /**
   * @return 1-based
   * @throws IllegalArgumentException where no row has that TID
   */
  long rowNumberOf(long tid, int slotBits) {
    if (!has(tid, slotBits)) {
      throw noSuchRow(tid);
    }
    return rowsBefore[(int) (tid >> slotBits)] + (tid & (1L << slotBits) - 1) + 1;
  }

  static IllegalArgumentException noSuchRow(long tid) {
    return new IllegalArgumentException("TID " + tid + ": the source has no such row");
  }

  /** The block that holds the row with that many rows before it. */
  int blockOf(long before) {
    int low = 0;
    int high = blockCount() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (rowsBefore[middle] <= before) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
