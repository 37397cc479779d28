package io.djinn.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The exclusive hold of this process, and of one open store in it, on a directory.
 *
 * <p>The operating system drops a process's lock as soon as the process closes <em>any</em>
 * descriptor of the file. So the registry is asked first and the file is opened only by the store
 * that won there. The registry's key is the directory's identity, the same through every link. A
 * lock left by a killed process is gone with it; the file itself stays for ever.
 */
final class DirectoryLock implements AutoCloseable {
  private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

  /** Never closed: that would drop the lock of another copy of this class in the process. */
  private static final Queue<FileChannel> LEFT_OPEN = new ConcurrentLinkedQueue<>();

  private final Object key;
  private final FileChannel channel;

  private DirectoryLock(Object key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** Takes the lock; null where another store or another process has it. */
  static DirectoryLock tryLock(Path directory) throws IOException {
    return tryLock(directory, false);
  }

  /**
   * Takes a lock that other processes may share for reading, and makes no file for it: a directory
   * without one has never been opened for writing where it is. Within this process it is exclusive.
   */
  static DirectoryLock tryLockShared(Path directory) throws IOException {
    return tryLock(directory, true);
  }

  private static DirectoryLock tryLock(Path directory, boolean shared) throws IOException {
    Object fileKey = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    Object key = fileKey != null ? fileKey : directory.toRealPath();
    if (!HELD.add(key)) {
      return null;
    }
    boolean locked = false;
    try {
      Path file = directory.resolve(FileNames.LOCK);
      if (shared && !Files.exists(file)) {
        locked = true;
        return new DirectoryLock(key, null);
      }
      FileChannel channel = lockFile(file, shared);
      locked = channel != null;
      return locked ? new DirectoryLock(key, channel) : null;
    } finally {
      if (!locked) {
        HELD.remove(key);
      }
    }
  }

  private static FileChannel lockFile(Path file, boolean shared) throws IOException {
    FileChannel channel =
        shared
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                OsVfs.PRIVATE_FILE);
    FileLock lock = null;
    boolean closeable = true;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, shared);
    } catch (OverlappingFileLockException e) {
      closeable = false;
      LEFT_OPEN.add(channel);
    } finally {
      if (lock == null && closeable) {
        channel.close();
      }
    }
    return lock == null ? null : channel;
  }

  @Override
  public void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(key);
    }
  }
}
