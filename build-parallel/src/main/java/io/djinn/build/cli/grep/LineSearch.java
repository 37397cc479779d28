package io.djinn.build.cli.grep;

import io.djinn.opclass.builtin.regex.Flag;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Finds the lines of a file that match; one thread at a time may use it.
 *
 * <p>What is binary is decided as GNU grep does with {@code -I} in a UTF-8 locale. It reads by the
 * buffer, 96 KiB less what an unfinished line takes; where a buffer has a zero byte the file counts
 * as one without a match, and what was shown of earlier buffers stays shown. (A line longer than a
 * buffer makes grep's buffer longer for all files it meets later, here for none.) A matching line
 * that is no UTF-8 is counted, but not shown. A byte that belongs to no character matches nothing,
 * not even {@code [^a]}; beside a word boundary it counts as the character of its number.
 */
public final class LineSearch {
  /** Takes the matching lines. */
  @FunctionalInterface
  public interface Lines {
    /**
     * @param number of the line, from 1
     * @return false ends the search
     */
    boolean line(long number, byte[] bytes, int offset, int length);
  }

  /** Bytes in which a zero byte keeps grep from looking at a file at all. */
  private static final int BUFFER_BYTES = 96 << 10;

  private static final int PAGE_BYTES = 4096;

  /** What grep's buffer has left in front of its first page, about. */
  private static final int SPARE_BYTES = PAGE_BYTES - 16;

  private static final int LONGEST_LINE_BYTES = 1 << 30;

  private final RegularExpression expression;

  /** For lines with bytes that are no UTF-8; what stands for those matches nothing. */
  private final RegularExpression ofRawLines;

  private byte[] buffer = new byte[2 * BUFFER_BYTES];

  /** All bytes of the line at hand so far, one with the other. */
  private int lineBits;

  /**
   * @throws IllegalArgumentException naming a limit of expressions, and where it is broken
   */
  public LineSearch(GrepPattern pattern, boolean ignoreCase) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (ignoreCase) {
      flags.add(Flag.IGNORE_CASE);
    }
    expression = pattern.compile(flags);
    flags.add(Flag.STAND_INS);
    ofRawLines = pattern.compile(flags);
  }

  /** Whether the first buffer of a file's bytes has a zero byte. */
  static boolean isBinaryAtOnce(byte[] bytes) {
    return hasZero(bytes, 0, Math.min(bytes.length, BUFFER_BYTES));
  }

  private static boolean hasZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Searches a file.
   *
   * @param lines takes what is to be shown; null where lines are only counted
   * @param enough matches after which nobody asks for more
   * @return number of matching lines, 0 where the file turned out to be binary
   */
  public long search(TreeFile file, Lines lines, long enough) throws IOException {
    long count = 0;
    long number = 0;
    int saved = 0;
    lineBits = 0;
    try (InputStream in = file.open()) {
      while (true) {
        int wanted = readBytes(saved);
        if (saved + wanted > buffer.length) {
          buffer = Arrays.copyOf(buffer, saved + wanted);
        }
        int end = saved + in.readNBytes(buffer, saved, wanted);
        boolean isLast = end == saved;
        if (hasZero(buffer, saved, end)) {
          return 0;
        }
        int from = 0;
        int to = find(saved, end);
        while (to < end || (isLast && from < end)) {
          number++;
          if (matches(from, to)) {
            count++;
            if ((lines != null
                    && RawText.isText(buffer, from, to)
                    && !lines.line(number, buffer, from, to - from))
                || count >= enough) {
              return count;
            }
          }
          from = Math.min(to + 1, end);
          lineBits = 0;
          to = find(from, end);
        }
        if (isLast) {
          return count;
        }
        saved = end - from;
        System.arraycopy(buffer, from, buffer, 0, saved);
      }
    }
  }

  /** Bytes that grep reads next, behind the beginning of a line. */
  private static int readBytes(int saved) throws IOException {
    long capacity = BUFFER_BYTES;
    while (capacity < saved + (long) PAGE_BYTES) {
      capacity *= 2;
    }
    int pages = (Math.max(0, saved - SPARE_BYTES) + PAGE_BYTES - 1) / PAGE_BYTES;
    long wanted = capacity - (long) pages * PAGE_BYTES;
    if (saved + wanted > LONGEST_LINE_BYTES) {
      throw new IOException("a line is longer than " + LONGEST_LINE_BYTES / 2 + " bytes");
    }
    return (int) wanted;
  }

  private int find(int from, int end) {
    int i = from;
    int bits = lineBits;
    while (i < end && buffer[i] != '\n') {
      bits |= buffer[i];
      i++;
    }
    lineBits = bits;
    return i;
  }

  private boolean matches(int from, int to) {
    int bad = lineBits >= 0 ? to : RawText.firstBad(buffer, from, to);
    if (bad == to) {
      return expression.matches(buffer, from, to - from);
    }
    byte[] line = Arrays.copyOfRange(buffer, from, to);
    RawText.replaceBad(line, bad - from);
    return ofRawLines.matches(line, 0, line.length);
  }
}
