package io.djinn.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the disk can do for a log without a store: bytes written behind each other into allocated
 * blocks from a buffer outside the heap, each write followed by {@code fdatasync}.
 *
 * <p>At the end of the file it goes on at its beginning, as a log does with its segments. Belongs
 * to one thread at a time.
 */
final class RawAppends implements AutoCloseable {
  /** As much as a segment of a log has by default. */
  private static final int FILE_BYTES = 16 << 20;

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int BLOCK_BYTES = 4096;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private long byteOffset;

  /** Makes the file and allocates its blocks, durably. */
  RawAppends(Path path) throws IOException {
    this.path = path;
    channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      // Not zeros, which a file system could leave out.
      while (buffer.hasRemaining()) {
        buffer.put((byte) (buffer.position() * 31 + 1));
      }
      for (long at = 0; at < FILE_BYTES; at += CHUNK_BYTES) {
        write(at, CHUNK_BYTES);
      }
      channel.force(true);
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
  }

  private void write(long at, int length) throws IOException {
    buffer.clear().limit(length);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }

  /** Appends and syncs. */
  void append(int length) throws IOException {
    if (length < 1 || length > CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "an append of " + length + " bytes: must be 1 to " + CHUNK_BYTES);
    }
    if (byteOffset + length > FILE_BYTES) {
      byteOffset = 0;
    }
    write(byteOffset, length);
    channel.force(false);
    byteOffset += length;
  }

  /** Appends of this length a second, one after the other, for so long. */
  double perSecond(int length, long nanos) throws IOException {
    long start = System.nanoTime();
    long end = start + nanos;
    long count = 0;
    long now;
    do {
      append(length);
      count++;
      now = System.nanoTime();
    } while (now < end);
    return count * 1e9 / (now - start);
  }

  /** Writes and syncs single aligned blocks of 4 KiB; the nanoseconds each took. */
  double[] blockNanos(int count) throws IOException {
    double[] nanos = new double[count];
    byteOffset = (byteOffset + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      append(BLOCK_BYTES);
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.delete(path);
  }
}
