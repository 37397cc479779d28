package io.djinn.testkit;

import io.djinn.file.FileNames;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.util.List;

/**
 * Passes every call on a store's directory on, and shouts where its order breaks a rule of {@link
 * StoreProtocol}.
 *
 * <p>One is made for each opening, because each process finds files anew. A broken rule is an
 * {@link AssertionError} on the calling thread; as engine threads may swallow it, {@link #close}
 * throws all of them again. It makes no calls of its own.
 */
public final class CheckVfs implements Vfs {
  private final Vfs vfs;
  private final StoreProtocol protocol = new StoreProtocol();

  public CheckVfs(Vfs vfs) {
    this.vfs = vfs;
  }

  /** A call that is passed on. */
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T passing(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (SimulatedCrash crash) {
      protocol.ended();
      throw crash;
    }
  }

  /** What was broken so far, a sentence each. */
  public List<String> violations() {
    return protocol.violations();
  }

  @Override
  public RawFile open(String name, OpenMode mode) throws IOException {
    if (mode == OpenMode.CREATE_NEW) {
      protocol.beforeNameChange("create", name);
    }
    RawFile file = passing(() -> vfs.open(name, mode));
    if (mode == OpenMode.CREATE_NEW) {
      protocol.created(name);
    }
    return new CheckedFile(protocol.file(name), file);
  }

  @Override
  public boolean exists(String name) throws IOException {
    return vfs.exists(name);
  }

  @Override
  public void createDirectory(String name) throws IOException {
    passing(
        () -> {
          vfs.createDirectory(name);
          return null;
        });
    protocol.createdDirectory();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    protocol.beforeRename(from, to);
    passing(
        () -> {
          vfs.rename(from, to);
          return null;
        });
    protocol.renamed(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    protocol.beforeDelete(name);
    passing(
        () -> {
          vfs.delete(name);
          return null;
        });
    protocol.deleted(name);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    long names = protocol.beforeSyncDirectory(name);
    try {
      passing(
          () -> {
            vfs.syncDirectory(name);
            return null;
          });
    } catch (IOException e) {
      protocol.syncDirectoryFailed(name, e);
      throw e;
    }
    protocol.syncedDirectory(name, names);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return vfs.list(directory);
  }

  @Override
  public boolean tryLock() throws IOException {
    return vfs.tryLock();
  }

  @Override
  public long freeBytes() throws IOException {
    return vfs.freeBytes();
  }

  @Override
  public String describe() {
    return vfs.describe();
  }

  /** Closes the directory, and throws where a rule was broken. */
  @Override
  public void close() throws IOException {
    vfs.close();
    requireSilence();
  }

  /** Throws where a rule was broken. */
  public void requireSilence() {
    List<String> broken = violations();
    if (!broken.isEmpty()) {
      throw new AssertionError(String.join("\n", broken));
    }
  }

  /** Whether a name belongs to the store's own files, whose order is checked. */
  static boolean isChecked(String name) {
    String directory = FileNames.directoryOf(name);
    return directory.equals(StoreProtocol.LOG_DIRECTORY)
        || name.equals(StoreProtocol.PAGES)
        || name.equals(StoreProtocol.CONTROL)
        || name.equals(StoreProtocol.NEW_CONTROL);
  }

  /** One open file. */
  private final class CheckedFile implements RawFile {
    private final FileShadow shadow;
    private final RawFile file;

    CheckedFile(FileShadow shadow, RawFile file) {
      this.shadow = shadow;
      this.file = file;
    }

    @Override
    public int pread(long byteOffset, long address, int length) throws IOException {
      int count = file.pread(byteOffset, address, length);
      protocol.read(shadow, byteOffset, address, length, count);
      return count;
    }

    @Override
    public int pwrite(long byteOffset, long address, int length) throws IOException {
      protocol.beforeWrite(shadow, byteOffset, address, length);
      int count;
      try {
        count = passing(() -> file.pwrite(byteOffset, address, length));
      } catch (IOException e) {
        protocol.writeFailed(shadow, e);
        throw e;
      }
      protocol.written(shadow, byteOffset, address, count);
      return count;
    }

    @Override
    public void sync(boolean metadata) throws IOException {
      FileShadow.Mark mark = protocol.beforeSync(shadow);
      try {
        passing(
            () -> {
              file.sync(metadata);
              return null;
            });
      } catch (IOException e) {
        protocol.syncFailed(shadow, e);
        throw e;
      }
      protocol.synced(shadow, mark, metadata);
    }

    @Override
    public long sizeBytes() throws IOException {
      long size = file.sizeBytes();
      protocol.foundSize(shadow, size);
      return size;
    }

    @Override
    public boolean isInPlace(long leastBytes) throws IOException {
      return file.isInPlace(leastBytes);
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
      protocol.beforeTruncate(shadow, sizeBytes);
      passing(
          () -> {
            file.truncate(sizeBytes);
            return null;
          });
      protocol.truncated(shadow, sizeBytes);
    }

    @Override
    public void allocate(long byteOffset, long lengthBytes) throws IOException {
      protocol.beforeAllocate(shadow, byteOffset, lengthBytes);
      passing(
          () -> {
            file.allocate(byteOffset, lengthBytes);
            return null;
          });
      protocol.allocated(shadow, byteOffset + lengthBytes);
    }

    @Override
    public long map(long byteOffset, long lengthBytes) throws IOException {
      long address = file.map(byteOffset, lengthBytes);
      protocol.mapped(shadow, byteOffset, lengthBytes, address);
      return address;
    }

    @Override
    public void close() throws IOException {
      protocol.unmapped(shadow);
      file.close();
    }
  }
}
