package io.djinn.testkit;

import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells every call on another directory as a line of text before passing it on, for instance {@code
 * pwrite pages 8192 8192}: operation, name, byte offset, length.
 */
public final class TraceVfs implements Vfs {
  private final Vfs vfs;
  private final Consumer<String> lines;

  /**
   * @param lines called with one line a call, on the calling thread
   */
  public TraceVfs(Vfs vfs, Consumer<String> lines) {
    this.vfs = vfs;
    this.lines = lines;
  }

  @Override
  public RawFile open(String name, OpenMode mode) throws IOException {
    lines.accept("open " + name + " " + mode);
    return new TracedFile(name, vfs.open(name, mode));
  }

  @Override
  public boolean exists(String name) throws IOException {
    lines.accept("exists " + name);
    return vfs.exists(name);
  }

  @Override
  public void createDirectory(String name) throws IOException {
    lines.accept("mkdir " + name);
    vfs.createDirectory(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    lines.accept("rename " + from + " " + to);
    vfs.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    lines.accept("delete " + name);
    vfs.delete(name);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    lines.accept("syncdir " + (name.isEmpty() ? "." : name));
    vfs.syncDirectory(name);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    lines.accept("list " + (directory.isEmpty() ? "." : directory));
    return vfs.list(directory);
  }

  @Override
  public boolean tryLock() throws IOException {
    lines.accept("lock");
    return vfs.tryLock();
  }

  @Override
  public long freeBytes() throws IOException {
    lines.accept("free");
    return vfs.freeBytes();
  }

  @Override
  public String describe() {
    return vfs.describe();
  }

  @Override
  public void close() throws IOException {
    lines.accept("unlock");
    vfs.close();
  }

  /** Tells every call on one file. */
  private final class TracedFile implements RawFile {
    private final String name;
    private final RawFile file;

    TracedFile(String name, RawFile file) {
      this.name = name;
      this.file = file;
    }

    private void tell(String op, long byteOffset, long lengthBytes) {
      lines.accept(op + " " + name + " " + byteOffset + " " + lengthBytes);
    }

    @Override
    public int pread(long byteOffset, long address, int length) throws IOException {
      tell("pread", byteOffset, length);
      return file.pread(byteOffset, address, length);
    }

    @Override
    public int pwrite(long byteOffset, long address, int length) throws IOException {
      tell("pwrite", byteOffset, length);
      return file.pwrite(byteOffset, address, length);
    }

    @Override
    public void sync(boolean metadata) throws IOException {
      lines.accept((metadata ? "fsync " : "fdatasync ") + name);
      file.sync(metadata);
    }

    @Override
    public long sizeBytes() throws IOException {
      lines.accept("size " + name);
      return file.sizeBytes();
    }

    @Override
    public boolean isInPlace(long leastBytes) throws IOException {
      return file.isInPlace(leastBytes);
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
      lines.accept("truncate " + name + " " + sizeBytes);
      file.truncate(sizeBytes);
    }

    @Override
    public void allocate(long byteOffset, long lengthBytes) throws IOException {
      tell("allocate", byteOffset, lengthBytes);
      file.allocate(byteOffset, lengthBytes);
    }

    @Override
    public long map(long byteOffset, long lengthBytes) throws IOException {
      tell("map", byteOffset, lengthBytes);
      return file.map(byteOffset, lengthBytes);
    }

    @Override
    public void close() throws IOException {
      lines.accept("close " + name);
      file.close();
    }
  }
}
