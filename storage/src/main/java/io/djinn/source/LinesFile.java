package io.djinn.source;

import io.djinn.error.SourceChangedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file of lines as it was when it was opened: where it is, how long, and how many lines start in
 * each of its blocks.
 *
 * <p>A line belongs to the block in which it starts. Bytes appended later do not count.
 *
 * @param content the file that is read
 * @param rows rows of each block
 * @param slotBits low bits of a TID
 * @param identity with the file as the user named it
 */
record LinesFile(Path content, BlockRows rows, int slotBits, SourceIdentity identity) {
  static final int MIN_BLOCK_BYTES = 512;
  static final int MAX_BLOCK_BYTES = 16 << 20;

  /** Slot bits are chosen, as few as hold the fullest block. */
  static final int ANY_SLOT_BITS = -1;

  /**
   * Opens and counts, or takes the counts kept from before.
   *
   * @param shown the file as the user named it, absolute
   * @param content the file that is read; another one where the user's is packed
   * @param rowCounts where counts are kept
   * @param isKept whether new counts are written there
   * @param slotBits those of an index, or {@link #ANY_SLOT_BITS}
   * @throws SourceChangedException where a block has outgrown the slot bits
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
      return new LinesFile(content, rows, chooseSlotBits(shown, rows, slotBits), identity);
    }
  }

  private static int chooseSlotBits(Path shown, BlockRows rows, int wanted) {
    int needed = rows.neededSlotBits();
    int chosen = wanted == ANY_SLOT_BITS ? needed : wanted;
    if (needed > chosen) {
      throw new SourceChangedException(
          shown
              + " has grown blocks of more rows than the "
              + chosen
              + " slot bits of its index can tell apart: build the index anew");
    }
    if (!rows.fits(chosen)) {
      throw new IllegalArgumentException(
          shown + ": " + rows.blockCount() + " blocks and " + chosen + " slot bits exceed a TID");
    }
    return chosen;
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

  /** Place of a block's first byte. */
  long offsetOf(int block) {
    return (long) block * blockBytes();
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
