package io.djinn.gin.posting;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;

/** Off-heap bytes between guard bytes that must stay as they are. */
final class GuardedBytes implements AutoCloseable {
  private static final int GUARD_BYTES = 64;

  private final MemoryRegion region;
  private final int sizeBytes;
  private int guard = 0xA5;

  GuardedBytes(int sizeBytes) {
    this.sizeBytes = sizeBytes;
    MemoryAccount account = new MemoryAccount("guarded bytes", Long.MAX_VALUE);
    region = MemoryRegion.allocate(account, sizeBytes + 2L * GUARD_BYTES);
    NativeMemory.fill(region.address(), region.sizeBytes(), guard);
  }

  /** Changes the guard bytes: what depends on them was read from outside. */
  void flipGuards() {
    check();
    guard ^= 0xFF;
    NativeMemory.fill(region.address(), GUARD_BYTES, guard);
    NativeMemory.fill(address() + sizeBytes, GUARD_BYTES, guard);
  }

  long address() {
    return region.address() + GUARD_BYTES;
  }

  /** An address whose {@code length} bytes end at the guard. */
  long endingAtGuard(int length) {
    return address() + sizeBytes - length;
  }

  void check() {
    for (int i = 0; i < GUARD_BYTES; i++) {
      if (NativeMemory.getUnsignedByte(region.address() + i) != guard
          || NativeMemory.getUnsignedByte(address() + sizeBytes + i) != guard) {
        throw new AssertionError("guard byte " + i + " was written");
      }
    }
  }

  @Override
  public void close() {
    region.close();
  }
}
