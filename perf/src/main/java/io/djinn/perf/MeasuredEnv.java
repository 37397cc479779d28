package io.djinn.perf;

import io.djinn.buffer.PageFile;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * An environment that tells what opening a store spends on redo from what it spends on writing the
 * pages back.
 *
 * <p>Write-back begins with a write to the page file and ends with the next read of the log, or
 * with the last sync of the page file; sealing and gathering pages in between belongs to it, and
 * all else of opening is redo. Only the thread that opens is measured.
 */
final class MeasuredEnv implements Env {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Env env;
  private final Vfs vfs;
  private long openNanos;
  private long openCpuNanos;
  private long writeBackBytes;
  private long writeBackNanos;
  private long writeBackCpuNanos;
  private boolean isWriting;
  private long writeNanos;
  private long writeCpuNanos;

  MeasuredEnv(Env env) {
    this.env = env;
    vfs = new MeasuredVfs(env.vfs());
  }

  long openNanos() {
    return openNanos;
  }

  /** CPU time of opening without write-back. */
  long redoCpuNanos() {
    return openCpuNanos - writeBackCpuNanos;
  }

  long redoNanos() {
    return openNanos - writeBackNanos;
  }

  long writeBackBytes() {
    return writeBackBytes;
  }

  long writeBackNanos() {
    return writeBackNanos;
  }

  @Override
  public Vfs vfs() {
    return vfs;
  }

  @Override
  public long nanoTime() {
    return env.nanoTime();
  }

  @Override
  public long randomLong() {
    return env.randomLong();
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    return env.start(name, agent);
  }

  @Override
  public <T> T call(String name, Callable<T> task) {
    return env.call(
        name,
        () -> {
          long start = System.nanoTime();
          long startCpu = THREADS.getCurrentThreadCpuTime();
          try {
            return task.call();
          } finally {
            openNanos += System.nanoTime() - start;
            openCpuNanos += THREADS.getCurrentThreadCpuTime() - startCpu;
          }
        });
  }

  private void beginWriting() {
    if (!isWriting) {
      isWriting = true;
      writeNanos = System.nanoTime();
      writeCpuNanos = THREADS.getCurrentThreadCpuTime();
    }
  }

  private void endWriting() {
    if (isWriting) {
      isWriting = false;
      writeBackNanos += System.nanoTime() - writeNanos;
      writeBackCpuNanos += THREADS.getCurrentThreadCpuTime() - writeCpuNanos;
    }
  }

  /** Hands every call on; watches the page file and reads of the log. */
  private final class MeasuredVfs implements Vfs {
    private final Vfs vfs;

    MeasuredVfs(Vfs vfs) {
      this.vfs = vfs;
    }

    @Override
    public RawFile open(String name, OpenMode mode) throws IOException {
      return new MeasuredFile(vfs.open(name, mode), name.equals(PageFile.NAME));
    }

    @Override
    public boolean exists(String name) throws IOException {
      return vfs.exists(name);
    }

    @Override
    public void createDirectory(String name) throws IOException {
      vfs.createDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      vfs.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      vfs.delete(name);
    }

    @Override
    public void syncDirectory(String name) throws IOException {
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
  }

  /** One file, watched. */
  private final class MeasuredFile implements RawFile {
    private final RawFile file;
    private final boolean isPageFile;

    MeasuredFile(RawFile file, boolean isPageFile) {
      this.file = file;
      this.isPageFile = isPageFile;
    }

    @Override
    public int pread(long byteOffset, long address, int length) throws IOException {
      if (!isPageFile) {
        endWriting();
      }
      return file.pread(byteOffset, address, length);
    }

    @Override
    public int pwrite(long byteOffset, long address, int length) throws IOException {
      if (!isPageFile) {
        return file.pwrite(byteOffset, address, length);
      }
      beginWriting();
      int count = file.pwrite(byteOffset, address, length);
      writeBackBytes += count;
      return count;
    }

    @Override
    public void sync(boolean metadata) throws IOException {
      file.sync(metadata);
      if (isPageFile) {
        endWriting();
      }
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
      file.truncate(sizeBytes);
    }

    @Override
    public void allocate(long byteOffset, long lengthBytes) throws IOException {
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
