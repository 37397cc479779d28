package io.djinn.testkit;

import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls something before each call on another directory that may have an effect, but for the
 * control file, which the engine writes inside a monitor.
 */
final class YieldingVfs implements Vfs {
  private final Vfs vfs;
  private final Consumer<String> before;

  YieldingVfs(Vfs vfs, Consumer<String> before) {
    this.vfs = vfs;
    this.before = before;
  }

  @Override
  public RawFile open(String name, OpenMode mode) throws IOException {
    before.accept("open");
    return new YieldingFile(name, vfs.open(name, mode));
  }

  @Override
  public boolean exists(String name) throws IOException {
    return vfs.exists(name);
  }

  @Override
  public void createDirectory(String name) throws IOException {
    before.accept("mkdir");
    vfs.createDirectory(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    before.accept("rename");
    vfs.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    before.accept("delete");
    vfs.delete(name);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    before.accept("syncdir");
    vfs.syncDirectory(name);
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

  @Override
  public void close() throws IOException {
    vfs.close();
  }

  /** One open file. */
  private final class YieldingFile implements RawFile {
    private final String name;
    private final RawFile file;

    YieldingFile(String name, RawFile file) {
      this.name = name;
      this.file = file;
    }

    private void yieldBefore(String op) {
      if (!name.equals(StoreProtocol.CONTROL)) {
        before.accept(op);
      }
    }

    @Override
    public int pread(long byteOffset, long address, int length) throws IOException {
      yieldBefore("pread");
      return file.pread(byteOffset, address, length);
    }

    @Override
    public int pwrite(long byteOffset, long address, int length) throws IOException {
      yieldBefore("pwrite");
      return file.pwrite(byteOffset, address, length);
    }

    @Override
    public void sync(boolean metadata) throws IOException {
      yieldBefore("sync");
      file.sync(metadata);
      yieldBefore("synced");
    }

    @Override
    public long sizeBytes() throws IOException {
      return file.sizeBytes();
    }

    @Override
    public boolean isInPlace(long leastBytes) throws IOException {
      return file.isInPlace(leastBytes);
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
      yieldBefore("truncate");
      file.truncate(sizeBytes);
    }

    @Override
    public void allocate(long byteOffset, long lengthBytes) throws IOException {
      yieldBefore("allocate");
      file.allocate(byteOffset, lengthBytes);
    }

    @Override
    public long map(long byteOffset, long lengthBytes) throws IOException {
      return file.map(byteOffset, lengthBytes);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
