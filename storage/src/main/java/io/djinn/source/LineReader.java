package io.djinn.source;

import io.djinn.error.InvalidRowException;
import java.util.Arrays;

/** Reads lines one after another from a place in a file; a line may be longer than any block. */
final class LineReader {
  private static final int BUFFER_BYTES = 256 << 10;

  /** Read past the asked range at a time, to finish its last line. */
  private static final int TAIL_BYTES = 8 << 10;

  /** Buffers above this size go back to the heap after use. */
  private static final int KEPT_BYTES = 4 << 20;

  private static final int LONGEST_LINE_BYTES = 1 << 30;

  private final SourceFile file;
  private final long fileEnd;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private long bufferOffset;
  private int filled;
  private int next;
  private long rangeEnd;
  private int start;
  private int end;

  /**
   * @param fileEnd bytes of the file that count
   */
  LineReader(SourceFile file, long fileEnd) {
    this.file = file;
    this.fileEnd = fileEnd;
  }

  /**
   * Goes to a place in the file; lines that start at or after {@code rangeEnd} are not expected to
   * be read.
   */
  void begin(long byteOffset, long rangeEnd) {
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[BUFFER_BYTES];
    }
    bufferOffset = byteOffset;
    filled = 0;
    next = 0;
    this.rangeEnd = rangeEnd;
  }

  /** As {@link #begin}; what was read is kept where the place is behind the last line. */
  void goOn(long byteOffset, long newRangeEnd) {
    if (byteOffset == bufferOffset + next && buffer.length <= KEPT_BYTES) {
      rangeEnd = newRangeEnd;
    } else {
      begin(byteOffset, newRangeEnd);
    }
  }

  /** Reads the next line; false at the end of the file. */
  boolean next() {
    start = next;
    int searched = start;
    while (true) {
      int found = Newlines.find(buffer, searched, filled);
      if (found < filled) {
        end = found;
        next = found + 1;
        return true;
      }
      searched = filled;
      if (bufferOffset + filled >= fileEnd) {
        end = filled;
        next = filled;
        return end > start;
      }
      searched -= start;
      readMore();
    }
  }

  /** Moves the line's bytes to the front and reads what follows them. */
  private void readMore() {
    int kept = filled - start;
    if (kept > buffer.length / 2) {
      if (buffer.length >= LONGEST_LINE_BYTES) {
        throw new InvalidRowException(
            file.path()
                + ": the line that starts at byte "
                + (bufferOffset + start)
                + " is longer than the limit of "
                + LONGEST_LINE_BYTES / 2
                + " bytes");
      }
      buffer = Arrays.copyOf(Arrays.copyOfRange(buffer, start, filled), 2 * buffer.length);
    } else {
      System.arraycopy(buffer, start, buffer, 0, kept);
    }
    bufferOffset += start;
    start = 0;
    filled = kept;
    long position = bufferOffset + filled;
    long wanted = Math.max(TAIL_BYTES, rangeEnd - position);
    int length =
        (int) Math.min(Math.min(wanted, fileEnd - position), (long) buffer.length - filled);
    file.readFully(position, buffer, filled, length);
    filled += length;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Index in the buffer of the line's first byte. */
  int start() {
    return start;
  }

  /** Index in the buffer of the line end, or the file's. */
  int end() {
    return end;
  }

  /** Place of the line in the file. */
  long byteOffset() {
    return bufferOffset + start;
  }
}
