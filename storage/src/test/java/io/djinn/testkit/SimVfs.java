package io.djinn.testkit;

import io.djinn.file.FileNames;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One process's view of a simulated disk: a directory in memory that remembers what was synced.
 *
 * <p>Reads, mappings and names show the cache, where every call has its effect at once. The disk
 * behind it gets data and sizes of a file by {@link RawFile#sync}, and names by {@link
 * #syncDirectory}; a size takes a sync with metadata, and a file that was synced is lost with its
 * name. {@link #crash} gives the disk a power cut leaves at this moment, {@link #reopen} the same
 * disk and cache as another process finds them after this one was killed.
 *
 * <p>The mapping of a file is memory of a fixed capacity, reserved when it is first mapped and
 * freed when the file or this object is closed; everything else is on the heap and shared between
 * images, sector by sector. May be used by many threads.
 */
public final class SimVfs implements Vfs {
  /** The longest a mapped file may get unless said otherwise; reserved, not used. */
  public static final long DEFAULT_MAP_CAPACITY_BYTES = 64L << 20;

  private final SimDisk disk;
  private final List<SimRawFile> open = new ArrayList<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong operations = new AtomicLong();
  private volatile IoHook hook;
  private volatile String crashed;

  /** An empty disk. */
  public SimVfs() {
    this(DEFAULT_MAP_CAPACITY_BYTES);
  }

  /** An empty disk whose mapped files may grow to a number of bytes. */
  public SimVfs(long mapCapacityBytes) {
    this(new SimDisk(new SimDirectory(), mapCapacityBytes));
  }

  private SimVfs(SimDisk disk) {
    this.disk = disk;
  }

  /** Calls the hook before every later call; null is none. */
  public SimVfs hook(IoHook newHook) {
    hook = newHook;
    return this;
  }

  /** Limits the sum of all file sizes; images inherit it. */
  public SimVfs quota(long bytes) {
    synchronized (disk) {
      disk.quotaBytes = bytes;
    }
    return this;
  }

  /** Lets every read that touches a range fail; images inherit it. */
  public void failReads(String name, long byteOffset, long lengthBytes) throws IOException {
    synchronized (disk) {
      file(name).unreadable.add(new long[] {byteOffset, lengthBytes});
    }
  }

  /** Calls that may change what a crash leaves: the positions at which one is worth a try. */
  public long operations() {
    return operations.get();
  }

  /** All calls. */
  public long calls() {
    return calls.get();
  }

  /** How many effects a crash may or may not leave now. */
  public int unsyncedEffects() {
    synchronized (disk) {
      return CrashImage.unsynced(disk).size();
    }
  }

  /** What a power cut at this moment leaves, with an empty cache and without a hook. */
  public SimVfs crash(CrashMode mode, long seed) {
    synchronized (disk) {
      return new SimVfs(CrashImage.of(disk, mode, seed));
    }
  }

  /** Ends this process, as a kill does, and gives the next one on the same disk and cache. */
  public SimVfs reopen() {
    end("the process was killed");
    close();
    return new SimVfs(disk);
  }

  /** Lets every later call throw {@link SimulatedCrash}. */
  public void end(String why) {
    crashed = why;
  }

  /** A hash of all durable names, sizes and bytes. */
  public long durableHash() {
    synchronized (disk) {
      return disk.durableHash();
    }
  }

  /** A file's bytes as the cache shows them. */
  public byte[] bytes(String name) throws IOException {
    synchronized (disk) {
      SimFile file = file(name);
      return file.cached().toArray(Math.toIntExact(file.sizeBytes()));
    }
  }

  /** Changes a byte on the disk and in the cache without a call being counted. */
  public void overwrite(String name, long byteOffset, int value) throws IOException {
    synchronized (disk) {
      SimFile file = file(name);
      if (byteOffset < 0 || byteOffset >= file.sizeBytes()) {
        throw new IllegalArgumentException(
            "byte " + byteOffset + " of " + name + " with " + file.sizeBytes() + " bytes");
      }
      file.overwrite(byteOffset, value);
    }
  }

  /** Bytes reserved for mappings by all simulated disks, to find one that was not closed. */
  public static long mappedBytes() {
    return SimFile.MAPPED.usedBytes();
  }

  @Override
  public RawFile open(String name, OpenMode mode) throws IOException {
    FileNames.check(name);
    boolean create = mode == OpenMode.CREATE_NEW;
    before(create ? IoOp.CREATE : IoOp.OPEN, name, 0, 0);
    synchronized (disk) {
      if (create) {
        SimDirectory directory = directory(FileNames.directoryOf(name));
        String last = FileNames.lastPartOf(name);
        if (directory.cached.containsKey(last)) {
          throw new FileAlreadyExistsException(name);
        }
        directory.change(
            new SimEffect.Name(disk.nextOperation(), directory, last, new SimFile(), null, null));
      }
      SimRawFile opened = new SimRawFile(this, disk, file(name), name, mode != OpenMode.READ_ONLY);
      open.add(opened);
      return opened;
    }
  }

  @Override
  public boolean exists(String name) throws IOException {
    FileNames.check(name);
    before(IoOp.EXISTS, name, 0, 0);
    synchronized (disk) {
      return find(name) != null;
    }
  }

  @Override
  public void createDirectory(String name) throws IOException {
    FileNames.check(name);
    before(IoOp.CREATE_DIRECTORY, name, 0, 0);
    synchronized (disk) {
      SimDirectory parent = directory(FileNames.directoryOf(name));
      String last = FileNames.lastPartOf(name);
      if (parent.cached.containsKey(last)) {
        throw new FileAlreadyExistsException(name);
      }
      if (parent != disk.root) {
        throw new IllegalArgumentException(name + " is more than one level deep");
      }
      parent.change(
          new SimEffect.Name(disk.nextOperation(), parent, last, new SimDirectory(), null, null));
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    FileNames.check(from);
    FileNames.check(to);
    before(IoOp.RENAME, from, 0, 0);
    synchronized (disk) {
      SimFile file = file(from);
      SimDirectory source = directory(FileNames.directoryOf(from));
      SimDirectory target = directory(FileNames.directoryOf(to));
      String oldName = FileNames.lastPartOf(from);
      String newName = FileNames.lastPartOf(to);
      if (target.cached.get(newName) instanceof SimDirectory) {
        throw new IOException(to + " is a directory");
      }
      if (target.cached.get(newName) == file) {
        return;
      }
      long operation = disk.nextOperation();
      if (source == target) {
        source.change(new SimEffect.Name(operation, source, newName, file, oldName, null));
      } else {
        SimEffect.Name come = new SimEffect.Name(operation, target, newName, file, null, null);
        target.change(come);
        source.change(new SimEffect.Name(operation, source, null, null, oldName, come));
      }
    }
  }

  @Override
  public void delete(String name) throws IOException {
    FileNames.check(name);
    before(IoOp.DELETE, name, 0, 0);
    synchronized (disk) {
      SimDirectory directory = directory(FileNames.directoryOf(name));
      String last = FileNames.lastPartOf(name);
      SimNode node = directory.cached.get(last);
      if (node == null) {
        throw new NoSuchFileException(name);
      }
      if (node instanceof SimDirectory && !((SimDirectory) node).cached.isEmpty()) {
        throw new DirectoryNotEmptyException(name);
      }
      directory.change(new SimEffect.Name(disk.nextOperation(), directory, null, null, last, null));
    }
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    FileNames.checkDirectory(name);
    IoCall call = before(IoOp.SYNC_DIRECTORY, name, 0, 0);
    synchronized (disk) {
      directory(name).sync(true, call.syncFailure(), call.partSeed());
    }
  }

  @Override
  public List<String> list(String name) throws IOException {
    FileNames.checkDirectory(name);
    before(IoOp.LIST, name, 0, 0);
    synchronized (disk) {
      return new ArrayList<>(directory(name).cached.keySet());
    }
  }

  @Override
  public boolean tryLock() throws IOException {
    before(IoOp.LOCK, FileNames.LOCK, 0, 0);
    synchronized (disk) {
      if (disk.lockHolder != null) {
        return false;
      }
      disk.lockHolder = this;
      return true;
    }
  }

  @Override
  public long freeBytes() throws IOException {
    before(IoOp.FREE_BYTES, "", 0, 0);
    synchronized (disk) {
      return disk.freeBytes();
    }
  }

  @Override
  public String describe() {
    return "simulated disk";
  }

  /** Closes what is open and drops the lock; disk and cache stay for {@link #reopen}. */
  @Override
  public void close() {
    synchronized (disk) {
      new ArrayList<>(open).forEach(SimRawFile::close);
      if (disk.lockHolder == this) {
        disk.lockHolder = null;
      }
    }
  }

  /** Counts a call and shows it to the hook. */
  IoCall before(IoOp op, String name, long byteOffset, long lengthBytes) throws IOException {
    requireAlive();
    long operation = op.changes() ? operations.incrementAndGet() : operations.get();
    IoCall call = new IoCall(op, name, byteOffset, lengthBytes, calls.incrementAndGet(), operation);
    IoHook present = hook;
    if (present != null) {
      try {
        present.before(call);
      } catch (SimulatedCrash crash) {
        end(crash.getMessage());
        throw crash;
      }
      requireAlive();
    }
    return call;
  }

  void halfway(IoCall call) throws IOException {
    requireAlive();
    IoHook present = hook;
    if (present != null) {
      try {
        present.halfway(call);
      } catch (SimulatedCrash crash) {
        end(crash.getMessage());
        throw crash;
      }
    }
  }

  void forget(SimRawFile file) {
    open.remove(file);
  }

  private void requireAlive() {
    String why = crashed;
    if (why != null) {
      throw new SimulatedCrash(why);
    }
  }

  /** Whether a name stands for a file in the cache. */
  boolean standsFor(String name, SimFile file) {
    return find(name) == file;
  }

  private SimDirectory directory(String name) throws IOException {
    SimNode node = name.isEmpty() ? disk.root : disk.root.cached.get(name);
    if (node instanceof SimDirectory) {
      return (SimDirectory) node;
    }
    throw new NoSuchFileException(name);
  }

  private SimFile file(String name) throws IOException {
    SimNode node = find(name);
    if (node instanceof SimFile) {
      return (SimFile) node;
    }
    throw new NoSuchFileException(name);
  }

  /** What a name stands for in the cache; null where nothing. */
  private SimNode find(String name) {
    String parent = FileNames.directoryOf(name);
    SimNode directory = parent.isEmpty() ? disk.root : disk.root.cached.get(parent);
    return directory instanceof SimDirectory
        ? ((SimDirectory) directory).cached.get(FileNames.lastPartOf(name))
        : null;
  }
}
