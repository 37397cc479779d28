package io.djinn.testkit;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A file of a simulated disk, with the memory that stands for its mapping. */
final class SimFile extends SimNode {
  /** Mapped memory of all simulated disks; unlimited, and counted so that a leak is seen. */
  static final MemoryAccount MAPPED = new MemoryAccount("simulated mappings", Long.MAX_VALUE);

  private static final long ALIGNMENT_BYTES = 4096;

  /** What a mapping shows behind the end of the file, for so many bytes: nothing to rely on. */
  private static final int GARBAGE = 0xA5;

  private static final long GARBAGE_BYTES = 64 << 10;

  /** Ranges that cannot be read: {@code {byteOffset, lengthBytes}}. */
  final List<long[]> unreadable = new ArrayList<>();

  private SectorMap cached;
  private long cachedBytes;
  private final SectorMap durable;
  private long durableBytes;

  private MemoryRegion mapping;
  private long capacityBytes;
  private int mappers;

  SimFile() {
    this(new SectorMap(), 0);
  }

  SimFile(SectorMap durable, long durableBytes) {
    this.durable = durable;
    this.durableBytes = durableBytes;
    cached = durable.copy();
    cachedBytes = durableBytes;
  }

  long sizeBytes() {
    return cachedBytes;
  }

  long durableBytes() {
    return durableBytes;
  }

  SectorMap durable() {
    return durable;
  }

  SectorMap cached() {
    return cached;
  }

  int read(long byteOffset, long address, int length) throws IOException {
    int count = (int) Math.max(0, Math.min(length, cachedBytes - byteOffset));
    for (long[] range : unreadable) {
      if (byteOffset < range[0] + range[1] && range[0] < byteOffset + count) {
        throw new IOException("Input/output error (simulated, at byte " + range[0] + ")");
      }
    }
    cached.read(byteOffset, address, count);
    return count;
  }

  /**
   * Writes into the cache and the mapping.
   *
   * @param reaches where on the disk it will come to lie: {@code byteOffset}, another position for
   *     a misdirected write, or negative for one that gets lost
   */
  void write(long operation, long byteOffset, long address, int length, long reaches)
      throws IOException {
    long end = byteOffset + length;
    requireCapacity(end);
    if (end > cachedBytes) {
      if (mapping != null && byteOffset > cachedBytes) {
        cached.read(cachedBytes, mappedAddress() + cachedBytes, byteOffset - cachedBytes);
      }
      cachedBytes = end;
      effects.add(new SimEffect.Size(operation, this, end));
      garble();
    }
    long first = byteOffset / Sector.BYTES;
    Sector[] sectors = new Sector[(int) ((end - 1) / Sector.BYTES - first) + 1];
    for (int i = 0, done = 0; i < sectors.length; i++) {
      int offset = (int) ((byteOffset + done) % Sector.BYTES);
      int part = Math.min(Sector.BYTES - offset, length - done);
      sectors[i] = Sector.with(cached.get(first + i), offset, address + done, part);
      cached.put(first + i, sectors[i]);
      done += part;
    }
    if (mapping != null) {
      cached.read(byteOffset, mappedAddress() + byteOffset, length);
    }
    if (reaches >= 0) {
      effects.add(new SimEffect.Data(operation, this, reaches / Sector.BYTES, sectors));
    }
  }

  /** Extends the file by zeros. */
  void extend(long operation, long newBytes) throws IOException {
    requireCapacity(newBytes);
    long first = cachedBytes / Sector.BYTES;
    Sector[] sectors = new Sector[Math.toIntExact((newBytes - 1) / Sector.BYTES - first + 1)];
    sectors[0] = cached.get(first);
    long oldBytes = cachedBytes;
    cachedBytes = newBytes;
    if (mapping != null) {
      cached.read(oldBytes, mappedAddress() + oldBytes, newBytes - oldBytes);
    }
    garble();
    effects.add(new SimEffect.Size(operation, this, newBytes));
    effects.add(new SimEffect.Data(operation, this, first, sectors));
  }

  void truncate(long operation, long newBytes) {
    cachedBytes = newBytes;
    cached.clearFrom(newBytes);
    effects.add(new SimEffect.Size(operation, this, newBytes));
    garble();
  }

  /** Puts garbage behind the end of the mapped file. */
  private void garble() {
    if (mapping != null) {
      NativeMemory.fill(
          mappedAddress() + cachedBytes,
          Math.max(0, Math.min(GARBAGE_BYTES, capacityBytes - cachedBytes)),
          GARBAGE);
    }
  }

  /** Changes a byte of the cache, the mapping and the disk behind everybody's back. */
  void overwrite(long byteOffset, int value) {
    long index = byteOffset / Sector.BYTES;
    int offset = (int) (byteOffset % Sector.BYTES);
    cached.put(index, Sector.withByte(cached.get(index), offset, value));
    durable.put(index, Sector.withByte(durable.get(index), offset, value));
    if (mapping != null) {
      cached.read(byteOffset, mappedAddress() + byteOffset, 1);
    }
  }

  /** The address of byte 0 of the mapping; a call each is undone by {@link #unmap}. */
  long map(long capacity) throws IOException {
    if (mapping == null) {
      capacityBytes = capacity;
      requireCapacity(cachedBytes, capacity);
      mapping = MemoryRegion.allocate(MAPPED, capacity + ALIGNMENT_BYTES);
      cached.read(0, mappedAddress(), cachedBytes);
      garble();
    }
    mappers++;
    return mappedAddress();
  }

  void unmap() {
    mappers--;
    if (mappers == 0) {
      mapping.close();
      mapping = null;
    }
  }

  @Override
  void harden(SimEffect effect) {
    if (effect instanceof SimEffect.Data) {
      ((SimEffect.Data) effect).applyTo(durable);
    } else {
      long newBytes = ((SimEffect.Size) effect).sizeBytes();
      if (newBytes < durableBytes) {
        durable.clearFrom(newBytes);
      }
      durableBytes = newBytes;
    }
  }

  /** Forgets what lies behind the durable size, where nothing can read it. */
  void cutToSize() {
    durable.clearFrom(durableBytes);
  }

  @Override
  void revert() {
    cached = durable.copy();
    cached.clearFrom(durableBytes);
    cachedBytes = durableBytes;
    if (mapping != null) {
      cached.read(0, mappedAddress(), cachedBytes);
      garble();
    }
  }

  @Override
  boolean isMetadata(SimEffect effect) {
    return effect instanceof SimEffect.Size;
  }

  private long mappedAddress() {
    return (mapping.address() + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }

  private void requireCapacity(long bytes) throws IOException {
    if (mapping != null) {
      requireCapacity(bytes, capacityBytes);
    }
  }

  private static void requireCapacity(long bytes, long capacity) throws IOException {
    if (bytes > capacity) {
      throw new IOException(
          "File too large (simulated: " + bytes + " bytes, mapped capacity " + capacity + ")");
    }
  }
}
