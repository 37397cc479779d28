package io.djinn.recovery;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;

/**
 * The records of the batch that is being read, kept until its COMMIT shows that it is whole.
 *
 * <pre>
 * byteOffset bytes of a record held
 *          0     4 length of the body
 *          4     8 LSN
 *         12       body
 * </pre>
 */
final class HeldBatch implements AutoCloseable {
  /** Batches are far shorter, but for those that change many new pages. */
  static final long BYTES = 1 << 20;

  private static final int LSN = 4;
  private static final int BODY = 12;

  private final MemoryRegion region;
  private int used;

  /** Takes one record. */
  @FunctionalInterface
  interface Target {
    void take(long lsn, long body, int length);
  }

  HeldBatch(MemoryAccount account, long bytes) {
    region = MemoryRegion.allocate(account, bytes);
  }

  /** Copies a record; false where there is no room for it. */
  boolean tryHold(long lsn, long body, int length) {
    if (used + BODY + (long) length > region.sizeBytes()) {
      return false;
    }
    long at = region.address() + used;
    NativeMemory.putInt(at, length);
    NativeMemory.putLong(at + LSN, lsn);
    NativeMemory.copy(body, at + BODY, length);
    used += BODY + length;
    return true;
  }

  /** Hands the records over in their order, and is empty. */
  void handOver(Target target) {
    for (int at = 0; at < used; ) {
      long record = region.address() + at;
      int length = NativeMemory.getInt(record);
      target.take(NativeMemory.getLong(record + LSN), record + BODY, length);
      at += BODY + length;
    }
    used = 0;
  }

  @Override
  public void close() {
    region.close();
  }
}
