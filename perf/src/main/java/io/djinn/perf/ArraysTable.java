package io.djinn.perf;

import io.djinn.source.Int32RowsSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The generated table {@code arrays}: rows of 50 to 149 distinct integers of 1 to 100,000, the same
 * on every machine.
 */
public final class ArraysTable {
  /** The highest value there can be; the lowest is 1. */
  public static final int MAX_VALUE = 100_000;

  /** Rows of a block of the source in memory. */
  public static final int ROWS_PER_BLOCK = 128;

  private static final long SEED = 18;
  private static final int LEAST_VALUES = 50;
  private static final int VALUE_COUNTS = 100;

  /** Takes the rows in order. */
  @FunctionalInterface
  public interface RowConsumer {
    /**
     * @param values the row's values in drawing order; valid during the call only
     * @param count how many there are
     */
    void row(int[] values, int count) throws IOException;
  }

  private ArraysTable() {}

  /** Generates the first rows of the table. */
  public static void forEach(long rows, RowConsumer consumer) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] values = new int[LEAST_VALUES + VALUE_COUNTS];
    // The row each value was last drawn in, so that nothing has to be cleared between rows.
    long[] drawnIn = new long[MAX_VALUE + 1];
    for (long row = 1; row <= rows; row++) {
      int count = LEAST_VALUES + random.nextInt(VALUE_COUNTS);
      int drawn = 0;
      while (drawn < count) {
        int value = 1 + random.nextInt(MAX_VALUE);
        if (drawnIn[value] != row) {
          drawnIn[value] = row;
          values[drawn++] = value;
        }
      }
      consumer.row(values, count);
    }
  }

  /** Writes the table as JSON Lines without spaces, one array a line. */
  public static void write(long rows, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 20);
    forEach(
        rows,
        (values, count) -> {
          line.setLength(0);
          for (int i = 0; i < count; i++) {
            line.append(i == 0 ? '[' : ',').append(values[i]);
          }
          line.append("]\n");
          buffered.write(line.toString().getBytes(StandardCharsets.ISO_8859_1));
        });
    buffered.flush();
  }

  /** Writes the table to a file, replacing it. */
  public static void write(long rows, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(rows, out);
    }
  }

  /**
   * The table in direct memory, little-endian, as the source of rows that costs no parsing.
   *
   * @param rows few enough to fit 2 GiB: about 5,000,000
   */
  public static Int32RowsSource inMemory(int rows) throws IOException {
    long[] bytes = new long[1];
    forEach(rows, (values, count) -> bytes[0] += Integer.BYTES + (long) count * Integer.BYTES);
    if (bytes[0] > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          rows + " rows take " + bytes[0] + " bytes, limit " + Integer.MAX_VALUE);
    }
    ByteBuffer memory = ByteBuffer.allocateDirect((int) bytes[0]).order(ByteOrder.LITTLE_ENDIAN);
    forEach(
        rows,
        (values, count) -> {
          memory.putInt(count);
          for (int i = 0; i < count; i++) {
            memory.putInt(values[i]);
          }
        });
    return new Int32RowsSource(memory.flip(), ROWS_PER_BLOCK);
  }
}
