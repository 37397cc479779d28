package io.djinn.source;

import java.util.Arrays;

/**
 * One thread's way into a file of lines: scans ranges of rows, and fetches single lines with the
 * stretch of the last one at hand.
 */
final class LinesReader implements AutoCloseable {
  private static final int NONE = -1;

  private final LinesFile lines;
  private final SourceFile file;
  private final LineReader reader;
  private final LineRow row;

  /** The row behind those of the last scan, and where it begins: the next may go on there. */
  private long behindScan = NONE;

  private long offsetBehindScan;

  private int cached = NONE;
  private byte[] cachedBytes = {};
  private int cachedFilled;
  private long cachedOffset;

  /** Where the rows of the cached stretch start, indexes into its bytes. */
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

  /** Shows the rows {@code [from, to)}, counted from 0. */
  void scan(long from, long to, RowVisitor visitor) {
    if (from >= to) {
      return;
    }
    BlockRows rows = lines.rows();
    int stretch = rows.blockOf(from);
    long rangeEnd = Math.min(lines.length(), lines.offsetOf(rows.blockOf(to - 1) + 1));
    long tid = from;
    if (from == behindScan) {
      reader.goOn(offsetBehindScan, rangeEnd);
    } else {
      tid = rows.rowsBefore(stretch);
      goTo(stretch, rangeEnd);
    }
    behindScan = NONE;
    for (; tid < to; stretch++) {
      long start = lines.offsetOf(stretch);
      long end = Math.min(to, rows.rowsBefore(stretch + 1));
      for (; tid < end; tid++) {
        if (!reader.next()
            || reader.byteOffset() < start
            || reader.byteOffset() >= start + lines.blockBytes()) {
          throw lines.changed(tid + 1);
        }
        if (tid >= from) {
          row.show(reader.buffer(), reader.start(), reader.end(), tid + 1);
          if (!visitor.row(tid, row)) {
            return;
          }
        }
      }
    }
    behindScan = to;
    offsetBehindScan = reader.byteOffset() + reader.end() - reader.start() + 1;
  }

  /** Puts the line reader on the first line that starts in a stretch. */
  private void goTo(int stretch, long rangeEnd) {
    if (stretch == 0) {
      reader.begin(0, rangeEnd);
    } else {
      reader.begin(lines.offsetOf(stretch) - 1, rangeEnd);
      reader.next();
    }
  }

  /** Makes a row of its own show the line at a TID, which is one of the file's. */
  void fetch(long tid, LineRow into) {
    BlockRows rows = lines.rows();
    int stretch = isCached(tid) ? cached : rows.blockOf(tid);
    int slot = (int) (tid - rows.rowsBefore(stretch));
    long rowNumber = tid + 1;
    if (stretch != cached) {
      cache(stretch);
    }
    int start = rowStarts[slot];
    if (slot + 1 < rows.rowsOf(stretch)) {
      showCopy(into, cachedBytes, start, rowStarts[slot + 1] - 1, rowNumber);
      return;
    }
    int end = Newlines.find(cachedBytes, start, cachedFilled);
    if (end < cachedFilled || cachedOffset + cachedFilled == lines.length()) {
      showCopy(into, cachedBytes, start, end, rowNumber);
      return;
    }
    long byteOffset = cachedOffset + start;
    reader.begin(byteOffset, byteOffset + cachedFilled - start);
    if (!reader.next()) {
      throw lines.changed(rowNumber);
    }
    showCopy(into, reader.buffer(), reader.start(), reader.end(), rowNumber);
  }

  /** Neighbours are often fetched one after the other. */
  private boolean isCached(long tid) {
    return cached != NONE
        && tid >= lines.rows().rowsBefore(cached)
        && tid < lines.rows().rowsBefore(cached + 1);
  }

  private static void showCopy(LineRow row, byte[] from, int start, int end, long rowNumber) {
    row.show(Arrays.copyOfRange(from, start, end), 0, end - start, rowNumber);
  }

  /** Reads a stretch with the byte before it, which tells whether a line starts at its first. */
  private void cache(int stretch) {
    cached = NONE;
    long stretchStart = lines.offsetOf(stretch);
    cachedOffset = Math.max(0, stretchStart - 1);
    long stretchEnd = Math.min(stretchStart + lines.blockBytes(), lines.length());
    cachedFilled = (int) (stretchEnd - cachedOffset);
    if (cachedBytes.length < cachedFilled) {
      cachedBytes = new byte[cachedFilled];
    }
    file.readFully(cachedOffset, cachedBytes, 0, cachedFilled);
    int expected = lines.rows().rowsOf(stretch);
    if (rowStarts.length < expected) {
      rowStarts = new int[expected];
    }
    int found = 0;
    if (stretch == 0) {
      rowStarts[found++] = 0;
    }
    int end = cachedFilled - 1;
    for (int i = 0; (i = Newlines.find(cachedBytes, i, end)) < end; ) {
      if (found == expected) {
        throw lines.changed(lines.rows().rowsBefore(stretch + 1));
      }
      rowStarts[found++] = ++i;
    }
    if (found < expected) {
      throw lines.changed(lines.rows().rowsBefore(stretch) + found + 1);
    }
    cached = stretch;
  }

  /** How often the file was read. */
  long reads() {
    return file.reads();
  }

  @Override
  public void close() {
    file.close();
  }
}
