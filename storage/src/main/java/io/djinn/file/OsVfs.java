package io.djinn.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
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
  private static final String PROBE = "probe-";
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

  /** Whether sub-directories must be directories themselves, and no links to others. */
  private final boolean refusesLinks;

  private final StagingBuffers staging = new StagingBuffers();
  private DirectoryLock lock;

  /**
   * @param directory an existing directory, followed through links once, here
   */
  public OsVfs(Path directory) throws IOException {
    this(directory, false);
  }

  private OsVfs(Path directory, boolean refusesLinks) throws IOException {
    this.refusesLinks = refusesLinks;
    root = directory.toRealPath();
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is no directory");
    }
  }

  /** Opens a directory, making it and its parents durably where they do not exist. */
  public static OsVfs create(Path directory) throws IOException {
    make(directory);
    return new OsVfs(directory);
  }

  /**
   * Opens a directory in one that others may write to, made as {@link #create} does. A link in its
   * place, or in that of a directory inside, and a directory of another user are refused, so that
   * nobody can have files removed or made elsewhere.
   */
  static OsVfs createAmongOthers(Path directory) throws IOException {
    Path shared = directory.toAbsolutePath().getParent();
    make(shared);
    Path own = shared.toRealPath().resolve(directory.getFileName());
    if (!Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
      make(own);
    }
    requireDirectory(own);
    requireOwned(own);
    return new OsVfs(own, true);
  }

  private static void requireDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      boolean isLink = Files.isSymbolicLink(path);
      throw new FileSystemException(
          path.toString(), null, isLink ? "is a symbolic link" : "is no directory");
    }
  }

  /** A file made here tells who the user is; those that killed processes left go. */
  private static void requireOwned(Path directory) throws IOException {
    Path probe = Files.createTempFile(directory, PROBE, null, PRIVATE_FILE);
    try {
      UserPrincipal owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS);
      UserPrincipal user = Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(user)) {
        throw new FileSystemException(
            directory.toString(), null, "belongs to " + owner + ", not to " + user);
      }
    } finally {
      Files.deleteIfExists(probe);
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PROBE + "*")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void make(Path directory) throws IOException {
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
  public boolean exists(String name) throws IOException {
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

  private Path path(String name) throws IOException {
    Path path = root.resolve(FileNames.check(name));
    if (refusesLinks && !path.getParent().equals(root)) {
      requireDirectory(path.getParent());
    }
    return path;
  }

  private Path directoryPath(String name) throws IOException {
    Path path = root.resolve(FileNames.checkDirectory(name));
    if (refusesLinks && !name.isEmpty()) {
      requireDirectory(path);
    }
    return path;
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
