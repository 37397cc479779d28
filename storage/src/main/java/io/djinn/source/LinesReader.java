package io.djinn.source;

import java.util.Arrays;

/**
 * One thread's way into a file of lines: scans ranges of blocks, and fetches single lines with the
 * block of the last one at hand.
 */
final class LinesReader implements AutoCloseable {
  private static final int NO_BLOCK = -1;

  private final LinesFile lines;
  private final SourceFile file;
  private final LineReader reader;
  private final LineRow row;

  private int cachedBlock = NO_BLOCK;
  private byte[] blockBytes = {};
  private int blockFilled;
  private long blockOffset;

  /** Where the rows of the cached block start, indexes into its bytes. */
  private int[] rowStarts = {};

  /**
   * @param row shows the rows of a scan
   */
  LinesReader(LinesFile lines, LineRow row) {
    this.lines = lines;
    this.row = row;
    file = SourceFile.open(lines.content());
    reader = new LineReader(file, lines.length());
  }

  void scan(int fromBlock, int toBlock, RowVisitor visitor) {
    BlockRows rows = lines.rows();
    long rowNumber = rows.rowsBefore(fromBlock);
    if (rowNumber == rows.rowsBefore(toBlock)) {
      return;
    }
    int block = fromBlock;
    while (rows.rowsOf(block) == 0) {
      block++;
    }
    goTo(block, Math.min(lines.length(), lines.offsetOf(toBlock - 1) + lines.blockBytes()));
    for (; block < toBlock; block++) {
      long blockStart = lines.offsetOf(block);
      long tid = (long) block << lines.slotBits();
      for (int slot = rows.rowsOf(block); slot > 0; slot--) {
        rowNumber++;
        if (!reader.next()
            || reader.byteOffset() < blockStart
            || reader.byteOffset() >= blockStart + lines.blockBytes()) {
          throw lines.changed(rowNumber);
        }
        row.show(reader.buffer(), reader.start(), reader.end(), rowNumber);
        if (!visitor.row(tid++, row)) {
          return;
        }
      }
    }
  }

  /** Puts the line reader on the first line that starts in a block. */
  private void goTo(int block, long rangeEnd) {
    if (block == 0) {
      reader.begin(0, rangeEnd);
    } else {
      reader.begin(lines.offsetOf(block) - 1, rangeEnd);
      reader.next();
    }
  }

  /** Makes a row of its own show the line at a TID, which is one of the file's. */
  void fetch(long tid, LineRow into) {
    int block = (int) (tid >> lines.slotBits());
    int slot = (int) (tid & (1L << lines.slotBits()) - 1);
    long rowNumber = lines.rows().rowsBefore(block) + slot + 1;
    if (block != cachedBlock) {
      cache(block);
    }
    int start = rowStarts[slot];
    if (slot + 1 < lines.rows().rowsOf(block)) {
      showCopy(into, blockBytes, start, rowStarts[slot + 1] - 1, rowNumber);
      return;
    }
    int end = Newlines.find(blockBytes, start, blockFilled);
    if (end < blockFilled || blockOffset + blockFilled == lines.length()) {
      showCopy(into, blockBytes, start, end, rowNumber);
      return;
    }
    long byteOffset = blockOffset + start;
    reader.begin(byteOffset, byteOffset + blockFilled - start);
    if (!reader.next()) {
      throw lines.changed(rowNumber);
    }
    showCopy(into, reader.buffer(), reader.start(), reader.end(), rowNumber);
  }

  private static void showCopy(LineRow row, byte[] from, int start, int end, long rowNumber) {
    row.show(Arrays.copyOfRange(from, start, end), 0, end - start, rowNumber);
  }

  /** Reads a block with the byte before it, which tells whether a line starts at its first byte. */
  private void cache(int block) {
    cachedBlock = NO_BLOCK;
    long blockStart = lines.offsetOf(block);
    blockOffset = Math.max(0, blockStart - 1);
    long blockEnd = Math.min(blockStart + lines.blockBytes(), lines.length());
    blockFilled = (int) (blockEnd - blockOffset);
    if (blockBytes.length < blockFilled) {
      blockBytes = new byte[blockFilled];
    }
    file.readFully(blockOffset, blockBytes, 0, blockFilled);
    int expected = lines.rows().rowsOf(block);
    if (rowStarts.length < expected) {
      rowStarts = new int[expected];
    }
    int found = 0;
    if (block == 0) {
      rowStarts[found++] = 0;
    }
    int end = blockFilled - 1;
    for (int i = 0; (i = Newlines.find(blockBytes, i, end)) < end; ) {
      if (found == expected) {
        throw lines.changed(lines.rows().rowsBefore(block + 1));
      }
      rowStarts[found++] = ++i;
    }
    if (found < expected) {
      throw lines.changed(lines.rows().rowsBefore(block) + found + 1);
    }
    cachedBlock = block;
  }

  @Override
  public void close() {
    file.close();
  }
}
