package io.djinn.source;

import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.IntSequence;
import io.djinn.opclass.KeySink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Rows that are arrays of 32-bit integers in one buffer, handed over without boxing or parsing.
 *
 * <p>A row is its count of integers, int32, and then the integers, all little-endian; the count -1
 * is SQL NULL. The one column is {@code $}. The buffer, 2 GiB at most, must not change.
 */
public final class Int32RowsSource implements RowSource {
  private static final int NULL_ROW = -1;

  private final ByteBuffer memory;
  private final int rowsPerBlock;

  /** Where each block's first row is, and the end of the last block. */
  private final int[] blockOffsets;

  private final BlockRows blocks;

  /**
   * @param memory rows from its position to its limit
   * @throws IllegalArgumentException where a row does not end in the buffer
   */
  public Int32RowsSource(ByteBuffer memory, int rowsPerBlock) {
    if (rowsPerBlock < 1) {
      throw new IllegalArgumentException(rowsPerBlock + " rows a block: at least 1 is needed");
    }
    this.memory = memory.slice().order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
    this.memory.order(ByteOrder.LITTLE_ENDIAN);
    this.rowsPerBlock = rowsPerBlock;
    int[] offsets = new int[16];
    int rowCount = 0;
    int offset = 0;
    while (offset < this.memory.limit()) {
      if (rowCount % rowsPerBlock == 0) {
        int block = rowCount / rowsPerBlock;
        if (block + 1 >= offsets.length) {
          offsets = Arrays.copyOf(offsets, 2 * offsets.length);
        }
        offsets[block] = offset;
      }
      offset = endOfRow(offset, ++rowCount);
    }
    int blockCount = (int) ((rowCount + rowsPerBlock - 1L) / rowsPerBlock);
    blockOffsets = Arrays.copyOf(offsets, blockCount + 1);
    blockOffsets[blockCount] = offset;
    int[] counts = new int[blockCount];
    Arrays.fill(counts, rowsPerBlock);
    if (blockCount > 0) {
      counts[blockCount - 1] = rowCount - (blockCount - 1) * rowsPerBlock;
    }
    blocks = new BlockRows(counts);
  }

  private int endOfRow(int offset, int rowNumber) {
    int left = memory.limit() - offset - Integer.BYTES;
    int count = left < 0 ? 0 : memory.getInt(offset);
    if (left < 0 || count < NULL_ROW || count > left / Integer.BYTES) {
      throw new IllegalArgumentException(
          "row "
              + rowNumber
              + " at byte "
              + offset
              + (left < 0 ? " has no count" : ": " + count + " integers do not fit the buffer"));
    }
    return offset + Integer.BYTES + Math.max(0, count) * Integer.BYTES;
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
    return blocks.rowCount();
  }

  @Override
  public long sizeBytes() {
    return memory.limit();
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    BlockRange.require(fromBlock, toBlock, blockCount());
    IntegersRow row = new IntegersRow();
    for (int block = (int) fromBlock; block < toBlock; block++) {
      long tid = (long) block << slotBits();
      int offset = blockOffsets[block];
      for (int slot = 0; slot < blocks.rowsOf(block); slot++) {
        row.show(offset);
        if (!visitor.row(tid + slot, row)) {
          return;
        }
        offset += Integer.BYTES + row.size() * Integer.BYTES;
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
    IntegersRow row = new IntegersRow();
    row.show(blockOffsets[(int) (tid >> slotBits())]);
    for (long slot = tid & (1L << slotBits()) - 1; slot > 0; slot--) {
      row.show(row.offset + Integer.BYTES + row.size() * Integer.BYTES);
    }
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

  @Override
  public SourceIdentity identity() {
    int length = memory.limit();
    int checked = Math.min(SourceFile.CHECKED_BYTES, length);
    return new SourceIdentity(
        "int32",
        "",
        rowsPerBlock,
        length,
        checksum(memory.duplicate().position(0).limit(checked)),
        checksum(memory.duplicate().position(length - checked)));
  }

  private static int checksum(ByteBuffer range) {
    byte[] bytes = new byte[range.remaining()];
    range.get(bytes);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  @Override
  public void close() {}

  /** The row at an offset of the buffer. */
  private final class IntegersRow implements Row, IntSequence {
    private final ByteBuffer view = memory;
    private int offset;
    private int count;

    void show(int at) {
      offset = at;
      count = view.getInt(at);
    }

    @Override
    public int size() {
      return Math.max(0, count);
    }

    @Override
    public int get(int index) {
      return view.getInt(offset + Integer.BYTES + index * Integer.BYTES);
    }

    @Override
    public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
      Object value = value(column, operatorClass);
      try {
        operatorClass.extract(value, keys);
      } catch (IllegalArgumentException e) {
        throw new InvalidRowException("row at byte " + offset + ": " + e.getMessage(), e);
      }
    }

    /** The integers as they are in the buffer; valid as long as the row. */
    @Override
    public Object value(ColumnPath column, GinOperatorClass operatorClass) {
      if (!column.isWholeRow()) {
        throw new IllegalArgumentException(
            "rows of integers have one column, $, and no column " + column);
      }
      return count == NULL_ROW ? null : this;
    }

    @Override
    public boolean has(ColumnPath column) {
      return column.isWholeRow();
    }

    @Override
    public String text() {
      if (count == NULL_ROW) {
        return "null";
      }
      StringBuilder text = new StringBuilder("[");
      for (int i = 0; i < count; i++) {
        text.append(i == 0 ? "" : ",").append(get(i));
      }
      return text.append(']').toString();
    }
  }
}
