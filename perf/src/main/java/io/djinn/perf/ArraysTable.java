package io.djinn.perf;

import io.djinn.source.Int32RowsSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
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

  /** Rows of a block of the mapped source. */
  public static final int ROWS_PER_BLOCK = 128;

  private static final int INT32_BUFFER_BYTES = 1 << 20;
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
   * Writes the table as {@link Int32RowsSource} reads it, little-endian, replacing the file.
   *
   * @param rows few enough to fit 2 GiB: about 5,000,000
   */
  public static void writeInt32(long rows, Path file) throws IOException {
    long[] bytes = new long[1];
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(file), INT32_BUFFER_BYTES)) {
      byte[] row = new byte[(1 + LEAST_VALUES + VALUE_COUNTS) * Integer.BYTES];
      ByteBuffer buffer = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
      forEach(
          rows,
          (values, count) -> {
            buffer.clear().putInt(count);
            for (int i = 0; i < count; i++) {
              buffer.putInt(values[i]);
            }
            bytes[0] += buffer.position();
            requireMappable(rows, bytes[0]);
            out.write(row, 0, buffer.position());
          });
    }
  }

  private static void requireMappable(long rows, long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          rows + " rows take more than the limit, " + Integer.MAX_VALUE + " bytes");
    }
  }

  /** The table of {@link #writeInt32}, mapped: the source of rows that costs no parsing. */
  public static Int32RowsSource mapped(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new Int32RowsSource(
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), ROWS_PER_BLOCK);
    }
  }
}
