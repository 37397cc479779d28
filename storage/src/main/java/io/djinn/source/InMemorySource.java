package io.djinn.source;

import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import java.util.Arrays;
import java.util.List;

/** Rows that are Java values in memory, for embedders and tests. */
public final class InMemorySource implements RowSource {
  /** Rows of a block unless asked otherwise. */
  public static final int DEFAULT_ROWS_PER_BLOCK = 1024;

  private final List<String> columns;
  private final List<? extends Object[]> rows;
  private final int rowsPerBlock;
  private final BlockRows blocks;

  private InMemorySource(List<String> columns, List<? extends Object[]> rows, int rowsPerBlock) {
    if (rowsPerBlock < 1) {
      throw new IllegalArgumentException(rowsPerBlock + " rows a block: at least 1 is needed");
    }
    this.columns = columns;
    this.rows = rows;
    this.rowsPerBlock = rowsPerBlock;
    int[] counts = new int[(int) ((rows.size() + rowsPerBlock - 1L) / rowsPerBlock)];
    for (int block = 0; block < counts.length; block++) {
      counts[block] = Math.min(rowsPerBlock, rows.size() - block * rowsPerBlock);
    }
    blocks = new BlockRows(counts);
  }

  /**
   * Rows of named columns.
   *
   * @param columns their names; {@code $} is the one of a single column as well
   * @param rows a value a column, null for SQL NULL; kept, not copied
   */
  public static InMemorySource of(
      List<String> columns, List<? extends Object[]> rows, int rowsPerBlock) {
    return new InMemorySource(List.copyOf(columns), rows, rowsPerBlock);
  }

  /**
   * Rows of the one column {@code $}.
   *
   * @param values a value a row, null for SQL NULL
   */
  public static InMemorySource ofValues(List<?> values) {
    List<Object[]> rows = values.stream().map(value -> new Object[] {value}).toList();
    return new InMemorySource(List.of("$"), rows, DEFAULT_ROWS_PER_BLOCK);
  }

  @Override
  public int slotBits() {
    return blocks.neededSlotBits();
  }

  @Override
  public long blockCount() {
    return blocks.blockCount();
  }

  @Override
  public long rowCount() {
    return rows.size();
  }

  /** A guess from the number of values: their own sizes are not known. */
  @Override
  public long sizeBytes() {
    return (long) rows.size() * columns.size() * Long.BYTES;
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    BlockRange.require(fromBlock, toBlock, blockCount());
    MemoryRow row = new MemoryRow();
    for (int block = (int) fromBlock; block < toBlock; block++) {
      long tid = (long) block << slotBits();
      int first = block * rowsPerBlock;
      for (int slot = 0; slot < blocks.rowsOf(block); slot++) {
        row.index = first + slot;
        if (!visitor.row(tid + slot, row)) {
          return;
        }
      }
    }
  }

  @Override
  public boolean canFetch() {
    return true;
  }

  @Override
  public Row fetch(long tid) {
    if (!blocks.has(tid, slotBits())) {
      return null;
    }
    MemoryRow row = new MemoryRow();
    row.index = (int) blocks.rowNumberOf(tid, slotBits()) - 1;
    return row;
  }

  @Override
  public long tidOf(long rowNumber) {
    return blocks.tidOf(rowNumber, slotBits());
  }

  @Override
  public long rowNumberOf(long tid) {
    return blocks.rowNumberOf(tid, slotBits());
  }

  /** Counts rows only: values in memory have no bytes to compare. */
  @Override
  public SourceIdentity identity() {
    return new SourceIdentity("memory", "", 0, rows.size(), 0, 0);
  }

  @Override
  public void close() {}

  /** The row at an index of the list. */
  private final class MemoryRow implements Row {
    private final KeyBuffer buffer = new KeyBuffer();
    private int index;

    @Override
    public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
      Object value = value(column, operatorClass);
      buffer.clear();
      try {
        operatorClass.extract(value, buffer);
      } catch (IllegalArgumentException | InvalidRowException e) {
        throw new InvalidRowException(
            "row " + (index + 1) + ", column " + column + ": " + e.getMessage(), e);
      }
      buffer.replay(keys);
    }

    @Override
    public Object value(ColumnPath column, GinOperatorClass operatorClass) {
      if (column.isExpression()) {
        Object first = value(column.firstColumn(), operatorClass);
        Object second = value(column.secondColumn(), operatorClass);
        try {
          return operatorClass.join(first, second);
        } catch (IllegalArgumentException e) {
          throw new InvalidRowException(
              "row " + (index + 1) + ", column " + column + ": " + e.getMessage(), e);
        }
      }
      int position = positionOf(column);
      if (position < 0) {
        throw new IllegalArgumentException(
            "no column " + column + " among " + String.join(", ", columns));
      }
      Object[] values = rows.get(index);
      return values[position];
    }

    @Override
    public boolean has(ColumnPath column) {
      if (column.isExpression()) {
        return has(column.firstColumn()) && has(column.secondColumn());
      }
      return positionOf(column) >= 0;
    }

    private int positionOf(ColumnPath column) {
      if (column.isWholeRow()) {
        return columns.size() == 1 ? 0 : -1;
      }
      return columns.indexOf(column.field());
    }

    @Override
    public String text() {
      return Arrays.deepToString(rows.get(index));
    }
  }
}
