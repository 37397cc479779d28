package io.djinn.file;

import java.io.IOException;

/** One open file: positional reads and writes of off-heap bytes, syncs, and read-only mappings. */
public interface RawFile extends AutoCloseable {
  /** Reads up to {@code length} bytes; the count may be short, and 0 at the end of the file. */
  int pread(long byteOffset, long address, int length) throws IOException;

  /** Writes up to {@code length} bytes; the count may be short and is at least 1. */
  int pwrite(long byteOffset, long address, int length) throws IOException;

  /**
   * Makes written bytes durable; with {@code metadata} the size too. Any failure is final for the
   * store: the caller seals.
   */
  void sync(boolean metadata) throws IOException;

  long sizeBytes() throws IOException;

  /**
   * Whether the file's name still stands for it and it has at least this size: not where somebody
   * has replaced, renamed, deleted or cut it.
   */
  boolean isInPlace(long leastBytes) throws IOException;

  void truncate(long sizeBytes) throws IOException;

  /**
   * Makes sure that real blocks stand behind a range: where it ends beyond the file, zeros are
   * written from the file's end to the range's end. Throws {@link io.djinn.error.NoSpaceException}
   * where that fails, with the file as it was.
   */
  void allocate(long byteOffset, long lengthBytes) throws IOException;

  /**
   * Maps a range read-only and returns its address; the range may reach past the file's present
   * end, but bytes there must not be touched before they are written. The ranges of one file have
   * one length, a multiple of 64 KiB, and begin at multiples of it; the same range is mapped once.
   * Stays mapped until the file is closed.
   */
  long map(long byteOffset, long lengthBytes) throws IOException;

  @Override
  void close() throws IOException;

  /** Reads the whole range or throws: a file that ends inside it is an error. */
  default void readFully(long byteOffset, long address, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = pread(byteOffset + done, address + done, length - done);
      if (count <= 0) {
        throw new IOException(
            "file ends at byte " + (byteOffset + done) + ", wanted " + (length - done) + " more");
      }
      done += count;
    }
  }

  /** Writes the whole range, going on after short writes. */
  default void writeFully(long byteOffset, long address, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = pwrite(byteOffset + done, address + done, length - done);
      if (count <= 0) {
        throw new IOException("wrote " + count + " bytes at byte " + (byteOffset + done));
      }
      done += count;
    }
  }
}
