package io.djinn.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory of the operating system: files for the owner alone (0600), directories 0700.
 *
 * <p>Syncing a directory and locking it go through a channel, which an interrupt would close, so
 * they move to an owned thread when called on another one. Reads, writes and syncs of files do not:
 * those belong to engine-owned threads in the first place.
 */
public final class OsVfs implements Vfs {
  static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Map<OpenMode, Set<OpenOption>> OPEN_OPTIONS = new EnumMap<>(OpenMode.class);

  static {
    OPEN_OPTIONS.put(
        OpenMode.CREATE_NEW,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    OPEN_OPTIONS.put(
        OpenMode.READ_WRITE, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    OPEN_OPTIONS.put(OpenMode.READ_ONLY, Set.of(StandardOpenOption.READ));
  }

  private final Path root;
  private final StagingBuffers staging = new StagingBuffers();
  private DirectoryLock lock;

  /**
   * @param directory an existing directory, followed through links once, here
   */
  public OsVfs(Path directory) throws IOException {
    root = directory.toRealPath();
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is no directory");
    }
  }

  /** Opens a directory, making it and its parents durably where they do not exist. */
  public static OsVfs create(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      List<Path> changed = new ArrayList<>();
      Path parent = directory.toAbsolutePath().getParent();
      while (parent != null && !Files.exists(parent)) {
        changed.add(parent);
        parent = parent.getParent();
      }
      changed.add(parent);
      Files.createDirectories(directory, PRIVATE_DIRECTORY);
      for (Path path : changed) {
        syncPath(path);
      }
    }
    return new OsVfs(directory);
  }

  @Override
  public RawFile open(String name, OpenMode mode) throws IOException {
    Path path = path(name);
    Set<OpenOption> options = OPEN_OPTIONS.get(mode);
    FileChannel channel =
        mode == OpenMode.CREATE_NEW
            ? FileChannel.open(path, options, PRIVATE_FILE)
            : FileChannel.open(path, options);
    try {
      return new OsRawFile(path, channel, staging);
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void createDirectory(String name) throws IOException {
    Files.createDirectory(path(name), PRIVATE_DIRECTORY);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    syncPath(directoryPath(name));
  }

  @Override
  public List<String> list(String directory) throws IOException {
    try (Stream<Path> files = Files.list(directoryPath(directory))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> !(directory.isEmpty() && file.equals(FileNames.LOCK)))
          .sorted()
          .collect(Collectors.toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public synchronized boolean tryLock() throws IOException {
    if (lock != null) {
      return false;
    }
    lock = unwrapped(() -> OwnedThread.call("lock", () -> DirectoryLock.tryLock(root)));
    return lock != null;
  }

  @Override
  public synchronized boolean tryLockForReading() throws IOException {
    if (lock != null) {
      return false;
    }
    lock = unwrapped(() -> OwnedThread.call("lock", () -> DirectoryLock.tryLockShared(root)));
    return lock != null;
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  @Override
  public String describe() {
    return root.toString();
  }

  /** Frees the buffers and the lock; files still open go on working. */
  @Override
  public synchronized void close() throws IOException {
    staging.close();
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }

  private Path path(String name) {
    return root.resolve(FileNames.check(name));
  }

  private Path directoryPath(String name) {
    return root.resolve(FileNames.checkDirectory(name));
  }

  private static void syncPath(Path directory) throws IOException {
    unwrapped(
        () ->
            OwnedThread.call(
                "sync",
                () -> {
                  try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                  }
                  return null;
                }));
  }

  private static <T> T unwrapped(Supplier<T> call) throws IOException {
    try {
      return call.get();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
