package io.djinn.source;

import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The rows of each block, kept beside the store so that a file is counted once; a file that does
 * not fit, or is damaged, is as good as none.
 *
 * <p>Big-endian: magic u64, CRC-32C u32 of all that follows, bytes of the stamp u32, stamp (UTF-8),
 * then a u32 a block to the end. The stamp is the identity and the modification time of the source.
 */
final class RowCountFile {
  private static final long MAGIC = 0x444A_524F_5753_0001L;
  private static final int CHECKED_FROM = Long.BYTES + Integer.BYTES;
  private static final int HEADER_BYTES = CHECKED_FROM + Integer.BYTES;
  private static final long SMALL_SPACE_BYTES = 1 << 20;

  private RowCountFile() {}

  /** The counts kept for this stamp, or null. */
  static int[] tryRead(Path path, String stamp, int blockCount) {
    byte[] stampBytes = stamp.getBytes(StandardCharsets.UTF_8);
    long expected = HEADER_BYTES + stampBytes.length + (long) blockCount * Integer.BYTES;
    if (expected > Integer.MAX_VALUE || !Files.isRegularFile(path)) {
      return null;
    }
    byte[] bytes = new byte[(int) expected];
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() != expected) {
        return null;
      }
      file.readFully(bytes);
    } catch (IOException e) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (buffer.getLong() != MAGIC
        || buffer.getInt() != checksum(bytes)
        || buffer.getInt() != stampBytes.length
        || !Arrays.equals(
            bytes,
            HEADER_BYTES,
            HEADER_BYTES + stampBytes.length,
            stampBytes,
            0,
            stampBytes.length)) {
      return null;
    }
    int[] counts = new int[blockCount];
    buffer.position(HEADER_BYTES + stampBytes.length).slice().asIntBuffer().get(counts);
    return counts;
  }

  /** Keeps the counts, or nothing where they would not fit into one array of bytes. */
  static void write(Path path, String stamp, int[] counts) {
    byte[] stampBytes = stamp.getBytes(StandardCharsets.UTF_8);
    long size = HEADER_BYTES + stampBytes.length + (long) counts.length * Integer.BYTES;
    if (size > Integer.MAX_VALUE - 8) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) size);
    buffer.position(CHECKED_FROM);
    buffer.putInt(stampBytes.length).put(stampBytes);
    buffer.slice().asIntBuffer().put(counts);
    buffer.putLong(0, MAGIC).putInt(Long.BYTES, checksum(buffer.array()));
    replace(path, buffer.array());
  }

  /** Puts a file in place whole: written beside it, synced, renamed. */
  static void replace(Path path, byte[] content) {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        out.write(content);
        out.getFD().sync();
      }
      Files.move(
          temporary, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(temporary, e);
    }
  }

  static DjinnException unwritable(Path path, IOException cause) {
    try {
      Files.deleteIfExists(path);
      if (Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace()
          < SMALL_SPACE_BYTES) {
        return new NoSpaceException(path + " can not be written: the disk is full", cause);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new DjinnException(path + " can not be written: " + cause.getMessage(), cause);
  }

  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
    return (int) checksum.getValue();
  }
}
