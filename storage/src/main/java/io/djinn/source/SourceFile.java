package io.djinn.source;

import io.djinn.error.SourceChangedException;
import io.djinn.error.SourceUnreadableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * One reader's own handle of a user's file; not for several threads.
 *
 * <p>A {@link RandomAccessFile}, not a channel: an interrupt of the reading thread closes nothing.
 */
final class SourceFile implements AutoCloseable {
  /** Bytes of each end that an identity covers. */
  static final int CHECKED_BYTES = 64 << 10;

  private final Path path;
  private final RandomAccessFile file;
  private long position;
  private long reads;

  private SourceFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * @throws SourceUnreadableException where there is no such file, or it is none
   */
  static SourceFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new SourceUnreadableException(
          Files.isDirectory(path)
              ? path + " is a directory: rows come from a file"
              : Files.exists(path)
                  ? path + " is not a regular file: rows are read more than once"
                  : path + ": no such file");
    }
    try {
      return new SourceFile(path, new RandomAccessFile(path.toFile(), "r"));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  static SourceUnreadableException unreadable(Path path, IOException cause) {
    return new SourceUnreadableException(path + " can not be read: " + cause.getMessage(), cause);
  }

  Path path() {
    return path;
  }

  long length() {
    try {
      return file.length();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws SourceChangedException where the file has ended before
   */
  void readFully(long byteOffset, byte[] into, int offset, int length) {
    int done = 0;
    try {
      if (byteOffset != position) {
        file.seek(byteOffset);
        position = byteOffset;
      }
      while (done < length) {
        int n = file.read(into, offset + done, length - done);
        reads++;
        if (n < 0) {
          throw new SourceChangedException(
              path + " was changed while it was read: it now ends at byte " + (byteOffset + done));
        }
        done += n;
        position += n;
      }
    } catch (IOException e) {
      position = -1;
      throw unreadable(path, e);
    }
  }

  /** How often the operating system was asked for bytes. */
  long reads() {
    return reads;
  }

  /** CRC-32C of the first {@link #CHECKED_BYTES} of {@code [0, length)}. */
  int headChecksum(long length) {
    return checksum(0, (int) Math.min(CHECKED_BYTES, length));
  }

  /** CRC-32C of the last {@link #CHECKED_BYTES} of {@code [0, length)}. */
  int tailChecksum(long length) {
    int checked = (int) Math.min(CHECKED_BYTES, length);
    return checksum(length - checked, checked);
  }

  private int checksum(long byteOffset, int length) {
    byte[] bytes = new byte[length];
    readFully(byteOffset, bytes, 0, length);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  /** The byte at an offset below the length. */
  int byteAt(long byteOffset) {
    byte[] one = new byte[1];
    readFully(byteOffset, one, 0, 1);
    return one[0];
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
