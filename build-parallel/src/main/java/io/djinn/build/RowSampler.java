package io.djinn.build;

import io.djinn.build.plan.TableSample;
import io.djinn.file.Env;
import io.djinn.opclass.KeySink;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Looks at rows of some blocks of a source, spread over all of them, and at no more.
 *
 * <p>Where a process has just begun its code is not compiled yet, and takes up to a hundred times
 * as long as it will. So some of the blocks are read once more when all have been looked at, and
 * the time is that of the block in the middle.
 */
public final class RowSampler implements KeySink {
  private static final int MOST_BLOCKS = 16;
  private static final int MOST_TIMED_BLOCKS = 5;
  private static final int MOST_KEYS = 1 << 15;
  private static final int MOST_ROWS = 1 << 13;

  private final Env env;
  private final RowSource source;
  private final List<BuildColumn> columns;
  private final BooleanSupplier isCancelled;

  /** Hash of a distinct key → how often it came; keys with one hash count as one. */
  private final Map<Long, Integer> seen = new HashMap<>();

  private long rows;
  private long keys;
  private long distinctBytes;
  private int column;

  /**
   * @param isCancelled looked at between two rows
   */
  public RowSampler(
      Env env, RowSource source, List<BuildColumn> columns, BooleanSupplier isCancelled) {
    this.env = env;
    this.source = source;
    this.columns = columns;
    this.isCancelled = isCancelled;
  }

  /**
   * What it found; null where there are no rows, or one that can not be read, for a build says why,
   * or where it was cancelled.
   */
  public TableSample sample() {
    long blocks = source.blockCount();
    int taken = (int) Math.min(MOST_BLOCKS, blocks);
    double[] rowNanos = new double[Math.min(MOST_TIMED_BLOCKS, taken)];
    try {
      for (int i = 0; i < taken && !isCancelled.getAsBoolean(); i++) {
        look(blocks / taken * i, taken - i);
      }
      for (int i = 0; i < rowNanos.length && !isCancelled.getAsBoolean(); i++) {
        rowNanos[i] = time(blocks / taken * (taken / rowNanos.length * i), taken);
      }
    } catch (RuntimeException e) {
      return null;
    }
    Arrays.sort(rowNanos);
    long single = seen.values().stream().filter(count -> count == 1).count();
    return rows == 0 || isCancelled.getAsBoolean()
        ? null
        : new TableSample(
            Math.max(rows, source.rowCount()),
            rows,
            keys,
            seen.size(),
            single,
            distinctBytes,
            Math.round(rowNanos[rowNanos.length / 2] * rows));
  }

  /**
   * Looks at one block, or at so much of it that as much is left for each other one.
   *
   * @param blocksLeft this one included
   */
  private void look(long block, int blocksLeft) {
    long mostRows = rows + (MOST_ROWS - rows) / blocksLeft;
    long mostKeys = keys + (MOST_KEYS - keys) / blocksLeft;
    source.scan(
        block,
        block + 1,
        (tid, row) -> {
          take(row);
          return rows < mostRows && keys < mostKeys && !isCancelled.getAsBoolean();
        });
  }

  /** Reads a block, or a part of it, once more; gives the nanoseconds a row takes. */
  private double time(long block, int blocksTaken) {
    Ignored keysAgain = new Ignored();
    long[] rowsAgain = new long[1];
    long start = env.nanoTime();
    source.scan(
        block,
        block + 1,
        (tid, row) -> {
          extract(row, keysAgain);
          return ++rowsAgain[0] < MOST_ROWS / blocksTaken
              && keysAgain.count < MOST_KEYS / blocksTaken;
        });
    return (double) (env.nanoTime() - start) / Math.max(1, rowsAgain[0]);
  }

  private void extract(Row row, KeySink keysOfRow) {
    for (column = 0; column < columns.size(); column++) {
      row.extract(columns.get(column).path(), columns.get(column).operatorClass(), keysOfRow);
    }
  }

  private void take(Row row) {
    rows++;
    extract(row, this);
  }

  private void add(int category, byte[] bytes, int offset, int length) {
    if (keys == 2 * MOST_KEYS) {
      // A row of very many: the rest of it is like it.
      return;
    }
    long hash = column * 4L + category;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ bytes[i] & 0xFF) * 0x100000001B3L;
      hash ^= hash >>> 29;
    }
    keys++;
    if (seen.merge(hash, 1, Integer::sum) == 1) {
      distinctBytes += length;
    }
  }

  @Override
  public void key(byte[] bytes, int offset, int length) {
    add(0, bytes, offset, length);
  }

  @Override
  public void nullElement() {
    add(1, new byte[0], 0, 0);
  }

  @Override
  public void emptyItem() {
    add(2, new byte[0], 0, 0);
  }

  @Override
  public void nullItem() {
    add(3, new byte[0], 0, 0);
  }

  /** Takes keys and does no more than count them. */
  private static final class Ignored implements KeySink {
    private int count;

    @Override
    public void key(byte[] bytes, int offset, int length) {
      count++;
    }

    @Override
    public void nullElement() {
      count++;
    }

    @Override
    public void emptyItem() {
      count++;
    }

    @Override
    public void nullItem() {
      count++;
    }
  }
}
