package io.djinn.sort;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * The pool of memory blocks that runs are kept in while the budget allows; all go back together.
 *
 * <pre>
 * byteOffset bytes field        meaning, of a block
 *          0     8 next         address of the run's next block, 0 in its last
 *          8     4 usedBytes    bytes of records
 *         12     4 firstRecord  byteOffset of the first record that starts here, or -1
 *         16       records
 * </pre>
 */
public final class MemoryBlocks implements AutoCloseable {
  static final int NEXT = 0;
  static final int USED = NEXT + 8;
  static final int FIRST_RECORD = USED + 4;
  static final int RECORDS = FIRST_RECORD + 4;

  private final MemoryAccount account;
  private final int blockBytes;
  private final long reserveBytes;
  private final List<MemoryRegion> regions = new ArrayList<>();

  /**
   * @param reserveBytes what must be left in the account behind any draw of the pool
   */
  public MemoryBlocks(MemoryAccount account, int blockBytes, long reserveBytes) {
    this.account = account;
    this.blockBytes = blockBytes;
    this.reserveBytes = reserveBytes;
  }

  /**
   * An output that has the blocks for so many bytes of records, or null where they are not left.
   *
   * @param longestRecordHead bytes a block may leave unused at its end, because the next record's
   *     head does not fit
   */
  public synchronized BlockOutput tryReserve(long rawBytes, int longestRecordHead) {
    int capacity = blockBytes - RECORDS;
    long worst = Math.max(1, capacity - (long) longestRecordHead);
    long blocks = Math.max(1, (rawBytes + worst - 1) / worst);
    long bytes = blocks * blockBytes;
    MemoryRegion region =
        account.leftBytes() < bytes + reserveBytes
            ? null
            : MemoryRegion.tryAllocate(account, bytes);
    if (region == null) {
      return null;
    }
    regions.add(region);
    return new Output(region, blockBytes);
  }

  /** Reads a run that one of the outputs wrote. */
  public static BlockInput input() {
    return new Input();
  }

  /** Bytes held by runs. */
  public synchronized long heldBytes() {
    return regions.stream().mapToLong(MemoryRegion::sizeBytes).sum();
  }

  @Override
  public synchronized void close() {
    regions.forEach(MemoryRegion::close);
    regions.clear();
  }

  /** Fills the blocks of one region in order. */
  private static final class Output implements BlockOutput {
    private final MemoryRegion region;
    private final int blockBytes;
    private long next;
    private long present;

    Output(MemoryRegion region, int blockBytes) {
      this.region = region;
      this.blockBytes = blockBytes;
      next = region.address();
    }

    @Override
    public int capacityBytes() {
      return blockBytes - RECORDS;
    }

    @Override
    public long begin() {
      if (next == region.address() + region.sizeBytes()) {
        throw new IllegalStateException("a run needs more blocks than were reserved for it");
      }
      if (present != 0) {
        NativeMemory.putLong(present + NEXT, next);
      }
      present = next;
      next += blockBytes;
      return present + RECORDS;
    }

    @Override
    public long write(int usedBytes, int firstRecord) {
      NativeMemory.putLong(present + NEXT, 0);
      NativeMemory.putInt(present + USED, usedBytes);
      NativeMemory.putInt(present + FIRST_RECORD, firstRecord);
      return present;
    }

    @Override
    public long end() {
      return next - region.address();
    }
  }

  /** Walks the chain of blocks. */
  private static final class Input implements BlockInput {
    private long block;

    @Override
    public void seek(long place) {
      block = place;
    }

    @Override
    public boolean next() {
      long next = NativeMemory.getLong(block + NEXT);
      if (next == 0) {
        return false;
      }
      block = next;
      return true;
    }

    @Override
    public long address() {
      return block + RECORDS;
    }

    @Override
    public int usedBytes() {
      return NativeMemory.getInt(block + USED);
    }

    @Override
    public int firstRecord() {
      return NativeMemory.getInt(block + FIRST_RECORD);
    }
  }
}
