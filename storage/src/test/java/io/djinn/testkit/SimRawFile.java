package io.djinn.testkit;

import io.djinn.error.NoSpaceException;
import io.djinn.file.RawFile;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;

/** A descriptor of a simulated file in one simulated process. */
final class SimRawFile implements RawFile {
  private static final long CHUNK_UNIT_BYTES = 64 << 10;

  private final SimVfs vfs;
  private final SimDisk disk;
  private final SimFile file;
  private final String name;
  private final boolean writable;
  private long chunkBytes;
  private long mapBase;
  private boolean closed;

  SimRawFile(SimVfs vfs, SimDisk disk, SimFile file, String name, boolean writable) {
    this.vfs = vfs;
    this.disk = disk;
    this.file = file;
    this.name = name;
    this.writable = writable;
  }

  @Override
  public int pread(long byteOffset, long address, int length) throws IOException {
    IoCall call = vfs.before(IoOp.PREAD, name, byteOffset, length);
    synchronized (disk) {
      requireOpen(false);
      return file.read(byteOffset, address, Math.min(length, call.limitBytes()));
    }
  }

  @Override
  public int pwrite(long byteOffset, long address, int length) throws IOException {
    IoCall call = vfs.before(IoOp.PWRITE, name, byteOffset, length);
    int wanted = Math.min(length, call.limitBytes());
    long operation;
    int count;
    int front;
    synchronized (disk) {
      requireOpen(true);
      count = fitting(byteOffset, wanted);
      front = call.pauses() ? count / 2 / Sector.BYTES * Sector.BYTES : 0;
      operation = disk.nextOperation();
      if (front == 0) {
        file.write(operation, byteOffset, address, count, call.reaches());
        return count;
      }
      file.write(operation, byteOffset, address, front, call.reaches());
    }
    vfs.halfway(call);
    synchronized (disk) {
      requireOpen(true);
      long reaches = call.reaches() < 0 ? -1 : call.reaches() + front;
      file.write(operation, byteOffset + front, address + front, count - front, reaches);
      return count;
    }
  }

  /** As much of a write as the quota lets in: less than wanted, and at least a byte. */
  private int fitting(long byteOffset, int wanted) throws IOException {
    long growth = byteOffset + wanted - file.sizeBytes();
    if (growth <= 0) {
      return wanted;
    }
    long fitting = wanted - Math.max(0, growth - disk.freeBytes());
    if (fitting <= 0) {
      throw new IOException("No space left on device (simulated)");
    }
    return (int) fitting;
  }

  @Override
  public void sync(boolean metadata) throws IOException {
    IoCall call = vfs.before(IoOp.SYNC, name, 0, metadata ? 1 : 0);
    synchronized (disk) {
      requireOpen(false);
      file.sync(metadata, call.syncFailure(), call.partSeed());
    }
  }

  @Override
  public long sizeBytes() throws IOException {
    vfs.before(IoOp.SIZE, name, 0, 0);
    synchronized (disk) {
      requireOpen(false);
      return file.sizeBytes();
    }
  }

  @Override
  public boolean isInPlace(long leastBytes) throws IOException {
    synchronized (disk) {
      requireOpen(false);
      return vfs.standsFor(name, file) && file.sizeBytes() >= leastBytes;
    }
  }

  @Override
  public void truncate(long sizeBytes) throws IOException {
    vfs.before(IoOp.TRUNCATE, name, sizeBytes, 0);
    synchronized (disk) {
      requireOpen(true);
      if (sizeBytes < file.sizeBytes()) {
        file.truncate(disk.nextOperation(), sizeBytes);
      }
    }
  }

  @Override
  public void allocate(long byteOffset, long lengthBytes) throws IOException {
    try {
      vfs.before(IoOp.ALLOCATE, name, byteOffset, lengthBytes);
    } catch (IOException e) {
      throw noSpace(byteOffset + lengthBytes, e);
    }
    synchronized (disk) {
      requireOpen(true);
      long newBytes = byteOffset + lengthBytes;
      if (newBytes <= file.sizeBytes()) {
        return;
      }
      if (newBytes - file.sizeBytes() > disk.freeBytes()) {
        throw noSpace(newBytes, new IOException("No space left on device (simulated)"));
      }
      file.extend(disk.nextOperation(), newBytes);
    }
  }

  private NoSpaceException noSpace(long newBytes, IOException cause) {
    return new NoSpaceException(name + ": no space to grow to " + newBytes + " bytes", cause);
  }

  @Override
  public long map(long byteOffset, long lengthBytes) throws IOException {
    vfs.before(IoOp.MAP, name, byteOffset, lengthBytes);
    synchronized (disk) {
      requireOpen(false);
      if (lengthBytes <= 0
          || lengthBytes % CHUNK_UNIT_BYTES != 0
          || byteOffset < 0
          || byteOffset % lengthBytes != 0
          || chunkBytes != 0 && chunkBytes != lengthBytes) {
        throw new IllegalArgumentException(
            "range at " + byteOffset + " of " + lengthBytes + " is no chunk of " + chunkBytes);
      }
      if (byteOffset >= disk.mapCapacityBytes) {
        throw new IOException(
            "Cannot allocate memory (simulated: mapped capacity " + disk.mapCapacityBytes + ")");
      }
      if (chunkBytes == 0) {
        mapBase = file.map(disk.mapCapacityBytes);
        chunkBytes = lengthBytes;
      }
      return mapBase + byteOffset;
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      if (!closed) {
        closed = true;
        vfs.forget(this);
        if (chunkBytes != 0) {
          file.unmap();
        }
      }
    }
  }

  private void requireOpen(boolean forWriting) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (forWriting && !writable) {
      throw new NonWritableChannelException();
    }
  }
}
