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

  /** Blocks that are drawn together, and go back together where a run does not need them. */
  private static final int BLOCKS_A_REGION = 16;

  private final MemoryAccount account;
  private final int blockBytes;
  private final long reserveBytes;
  private final long mergeBytes;
  private final List<MemoryRegion> regions = new ArrayList<>();

  /** What merging will draw for the heads of the longest records of all runs. */
  private long headBytes;

  /** What others have drawn and give back before runs are merged. */
  private long lentBytes;

  /**
   * @param reserveBytes what must be left in the account behind any draw of the pool, beside one
   *     record's head a run
   * @param mergeBytes what must be left when runs are merged, beside the same
   * @param lentBytes what others have drawn and give back before; see {@link #givesBack}
   */
  public MemoryBlocks(
      MemoryAccount account, int blockBytes, long reserveBytes, long mergeBytes, long lentBytes) {
    this.account = account;
    this.blockBytes = blockBytes;
    this.reserveBytes = reserveBytes;
    this.mergeBytes = mergeBytes;
    this.lentBytes = lentBytes;
  }

  /** Some of the lent bytes are given back next: what is left from then on holds them. */
  public synchronized void givesBack(long bytes) {
    lentBytes -= bytes;
  }

  /** What may be drawn beside the pool so that merging finds what it needs. */
  public synchronized long spareBytes() {
    return account.leftBytes() - headBytes - bytesForMerging();
  }

  /** What merging needs of the bytes that are left now. */
  private long bytesForMerging() {
    return Math.max(0, mergeBytes - lentBytes);
  }

  /**
   * An output that has the blocks for so many bytes of records, or null where they are not left.
   *
   * @param longestRecordHead bytes a block may leave unused at its end, because the next record's
   *     head does not fit
   */
  public BlockOutput tryReserve(long rawBytes, int longestRecordHead) {
    int capacity = blockBytes - RECORDS;
    long worst = Math.max(1, capacity - (long) longestRecordHead);
    long blocks = Math.max(1, (rawBytes + worst - 1) / worst);
    List<MemoryRegion> reserved = new ArrayList<>();
    for (long left = blocks; left > 0; left -= BLOCKS_A_REGION) {
      long behind = (left - Math.min(left, BLOCKS_A_REGION)) * blockBytes + longestRecordHead;
      MemoryRegion region = tryAllocate(Math.min(left, BLOCKS_A_REGION), behind);
      if (region == null) {
        reserved.forEach(this::giveBack);
        return null;
      }
      reserved.add(region);
    }
    addHead(longestRecordHead);
    return new Output(reserved);
  }

  private synchronized void addHead(int bytes) {
    headBytes += bytes;
  }

  /** A region of some blocks, where so many bytes are left behind it beside what must be. */
  private synchronized MemoryRegion tryAllocate(long blocks, long behindBytes) {
    long kept = headBytes + Math.max(reserveBytes, bytesForMerging());
    MemoryRegion region =
        account.leftBytes() < blocks * blockBytes + behindBytes + kept
            ? null
            : MemoryRegion.tryAllocate(account, blocks * blockBytes);
    if (region != null) {
      regions.add(region);
    }
    return region;
  }

  private synchronized void giveBack(MemoryRegion region) {
    regions.remove(region);
    region.close();
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

  /** Fills the blocks of the reserved regions in order, and gives back those it has no use for. */
  private final class Output implements BlockOutput {
    private final List<MemoryRegion> reserved;
    private int region;
    private long next;
    private long present;
    private int blocks;

    Output(List<MemoryRegion> reserved) {
      this.reserved = reserved;
      next = reserved.get(0).address();
    }

    @Override
    public int capacityBytes() {
      return blockBytes - RECORDS;
    }

    @Override
    public long begin() {
      MemoryRegion of = reserved.get(region);
      if (next == of.address() + of.sizeBytes()) {
        if (++region == reserved.size()) {
          throw new IllegalStateException("a run needs more blocks than were reserved for it");
        }
        next = reserved.get(region).address();
      }
      if (present != 0) {
        NativeMemory.putLong(present + NEXT, next);
      }
      present = next;
      next += blockBytes;
      blocks++;
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
      for (int i = region + 1; i < reserved.size(); i++) {
        giveBack(reserved.get(i));
      }
      return (long) blocks * blockBytes;
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
