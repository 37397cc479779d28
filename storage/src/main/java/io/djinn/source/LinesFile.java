package io.djinn.source;

import io.djinn.error.SourceChangedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file of lines as it was when it was opened: where it is, how long, and how many lines start in
 * each of its stretches of as many bytes as a block has.
 *
 * <p>The TID of a line is its number, from 0, so there are no gaps between the TIDs of neighbours:
 * a block is so many lines as slots, about a stretch on average. A line belongs to the stretch in
 * which it starts. Bytes appended later do not count.
 *
 * @param content the file that is read
 * @param rows rows of each stretch
 * @param slotBits low bits of a TID: their powers of two are the rows of a block
 * @param identity with the file as the user named it
 */
record LinesFile(Path content, BlockRows rows, int slotBits, SourceIdentity identity) {
  static final int MIN_BLOCK_BYTES = 512;
  static final int MAX_BLOCK_BYTES = 16 << 20;

  /** Slot bits are chosen, so that a block has about as many bytes as a stretch. */
  static final int ANY_SLOT_BITS = -1;

  private static final int TID_BITS = 48;

  /** Slot bits of a file without rows. */
  private static final int SLOT_BITS_OF_NOTHING = 10;

  /**
   * Opens and counts, or takes the counts kept from before.
   *
   * @param shown the file as the user named it, absolute
   * @param content the file that is read; another one where the user's is packed
   * @param rowCounts where counts are kept
   * @param isKept whether new counts are written there
   * @param slotBits those of an index, or {@link #ANY_SLOT_BITS}
   */
  static LinesFile open(
      String kind,
      Path shown,
      Path content,
      Path rowCounts,
      boolean isKept,
      int blockBytes,
      int slotBits) {
    if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "blocks of "
              + blockBytes
              + " bytes: the limits are "
              + MIN_BLOCK_BYTES
              + " and "
              + MAX_BLOCK_BYTES);
    }
    try (SourceFile file = SourceFile.open(content)) {
      // Before the length and the bytes: a later change then never fits the counts kept.
      String modified = " " + modifiedNanos(content);
      long length = file.length();
      SourceIdentity identity =
          new SourceIdentity(
              kind,
              shown.toString(),
              blockBytes,
              length,
              file.headChecksum(length),
              file.tailChecksum(length));
      String stamp = identity.text() + modified;
      int blockCount = RowCounter.blockCount(length, blockBytes);
      int[] counts = RowCountFile.tryRead(rowCounts, stamp, blockCount);
      if (counts == null) {
        counts = RowCounter.count(content, length, blockBytes);
        if (isKept) {
          RowCountFile.write(rowCounts, stamp, counts);
        }
      }
      BlockRows rows = new BlockRows(counts);
      if (rows.rowCount() > 1L << TID_BITS) {
        throw new IllegalArgumentException(
            shown + ": " + rows.rowCount() + " rows are more than there are TIDs");
      }
      int chosen = slotBits == ANY_SLOT_BITS ? slotBits(rows.rowCount(), identity) : slotBits;
      return new LinesFile(content, rows, chosen, identity);
    }
  }

  /** Of the powers of two the highest that rows of a stretch reach on average. */
  private static int slotBits(long rowCount, SourceIdentity identity) {
    if (rowCount == 0) {
      return SLOT_BITS_OF_NOTHING;
    }
    double rows = (double) rowCount / identity.length() * identity.blockBytes();
    return rows < 1 ? 0 : Math.getExponent(rows);
  }

  private static long modifiedNanos(Path path) {
    try {
      return Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      throw SourceFile.unreadable(path, e);
    }
  }

  long length() {
    return identity.length();
  }

  int blockBytes() {
    return identity.blockBytes();
  }

  /** Place of a stretch's first byte. */
  long offsetOf(int stretch) {
    return (long) stretch * blockBytes();
  }

  long blockCount() {
    return (rows.rowCount() + (1L << slotBits) - 1) >>> slotBits;
  }

  boolean has(long tid) {
    return tid >= 0 && tid < rows.rowCount();
  }

  /**
   * @throws SourceChangedException unless the file begins with all that was recorded, line for line
   */
  void requireSameOrGrown(SourceIdentity recorded) {
    String difference = difference(recorded);
    if (difference != null) {
      throw new SourceChangedException(
          recorded.path() + " is not what the index was built from: " + difference);
    }
  }

  private String difference(SourceIdentity recorded) {
    if (!recorded.kind().equals(identity.kind())) {
      return "its kind was " + recorded.kind() + " and is " + identity.kind();
    }
    if (recorded.blockBytes() != blockBytes()) {
      return "its blocks were of " + recorded.blockBytes() + " bytes and are of " + blockBytes();
    }
    if (recorded.length() > length()) {
      return "it has shrunk from " + recorded.length() + " to " + length() + " bytes";
    }
    try (SourceFile file = SourceFile.open(content)) {
      if (file.headChecksum(recorded.length()) != recorded.headChecksum()) {
        return "its first bytes have changed";
      }
      if (file.tailChecksum(recorded.length()) != recorded.tailChecksum()) {
        return "the bytes before byte " + recorded.length() + " have changed";
      }
      boolean lastLineGrew =
          recorded.length() > 0
              && recorded.length() < length()
              && file.byteAt(recorded.length() - 1) != '\n'
              && file.byteAt(recorded.length()) != '\n';
      return lastLineGrew ? "its last line has grown" : null;
    }
  }

  SourceChangedException changed(long rowNumber) {
    return new SourceChangedException(
        identity.path() + " was changed while it was open: line " + rowNumber + " has moved");
  }
}
