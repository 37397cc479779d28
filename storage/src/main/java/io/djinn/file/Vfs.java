package io.djinn.file;

import java.io.IOException;
import java.util.List;

/**
 * The seam all file access goes through: one directory with sub-directories one level deep.
 *
 * <p>Names are relative, with {@code /} between the parts ({@link FileNames}). Only engine-owned
 * threads call it: an interrupt would close files for everybody.
 */
public interface Vfs extends AutoCloseable {
  RawFile open(String name, OpenMode mode) throws IOException;

  boolean exists(String name) throws IOException;

  void createDirectory(String name) throws IOException;

  /** Replaces {@code to} where it exists; durable after {@link #syncDirectory} of both folders. */
  void rename(String from, String to) throws IOException;

  /** Removes a file or an empty directory; one that does not exist is an error. */
  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions in a directory durable; "" is the root. */
  void syncDirectory(String name) throws IOException;

  /** Names of what is in a directory, sorted, without the lock file; "" is the root. */
  List<String> list(String directory) throws IOException;

  /**
   * Takes the exclusive lock of the directory, held until close; false where another process or
   * another open store of this process has it.
   */
  boolean tryLock() throws IOException;

  /**
   * Takes a lock that keeps writers out without changing anything, held until close; false where a
   * writer has the directory, or another open store of this process.
   */
  default boolean tryLockForReading() throws IOException {
    return tryLock();
  }

  long freeBytes() throws IOException;

  /** The directory in words, for messages. */
  String describe();

  @Override
  void close() throws IOException;
}
