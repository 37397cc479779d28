package io.djinn.api;

import io.djinn.gin.scan.SparseBits;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.List;

/**
 * The TIDs a search has found, in bounded memory.
 *
 * <p>Exact while they fit. Where not, blocks of TIDs, each of the rows of one block of the source,
 * take the place of TIDs, those in which memory is won first; where even the blocks are too many
 * each of them becomes longer. Of such a lossy block it is only known that it holds some of the
 * rows; which, {@link #rows} finds out by searching the index again, for that block alone.
 *
 * <p>A block that is lossy stays so: a TID that is added to it is not kept, and one that was kept
 * before is left aside. Belongs to one thread until it is filled, then to any number.
 */
public final class TidBitmap {
  /** The least memory a bitmap can be limited to, bytes. */
  public static final long MIN_MEMORY = 64 << 10;

  /** The most memory a bitmap can be limited to, bytes. */
  public static final long MAX_MEMORY = 1L << 40;

  /** Shorter blocks would save no memory. */
  private static final int MIN_BLOCK_BITS = 8;

  /** By so many bits blocks become longer where they are too many. */
  private static final int LONGER_BITS = 4;

  private final GinIndex index;
  private final Snapshot snapshot;
  private final List<GinIndex.Condition> conditions;
  private final long limitBytes;
  private int blockBits;
  private ScanStats counters;
  private final SparseBits exact = new SparseBits();

  /** TIDs, of those kept, whose rows must be compared. */
  private final SparseBits rechecked = new SparseBits();

  /** Numbers of blocks. */
  private SparseBits lossy = new SparseBits();

  TidBitmap(
      GinIndex index,
      Snapshot snapshot,
      List<GinIndex.Condition> conditions,
      long limitBytes,
      int slotBits) {
    if (limitBytes < MIN_MEMORY || limitBytes > MAX_MEMORY) {
      throw new IllegalArgumentException(
          "memoryLimit of " + limitBytes + " bytes: must be " + MIN_MEMORY + " to " + MAX_MEMORY);
    }
    this.index = index;
    this.snapshot = snapshot;
    this.conditions = conditions;
    this.limitBytes = limitBytes;
    blockBits = Math.max(slotBits, MIN_BLOCK_BITS);
  }

  /** The search that fills the bitmap has come to its end. */
  void filled(ScanStats read) {
    counters = read;
  }

  /** What the search that filled the bitmap has read; not what lossy blocks cost later. */
  public ScanStats counters() {
    return counters;
  }

  /** Adds a TID. */
  void add(long tid, boolean needsRecheck) {
    if (isInLossyBlock(tid)) {
      return;
    }
    exact.add(tid);
    if (needsRecheck) {
      rechecked.add(tid);
    }
    if (memoryBytes() > limitBytes) {
      lose();
    }
  }

  /** Gives up TIDs until half of the memory is free again. */
  private void lose() {
    for (long chunk : exact.largestFirst()) {
      for (long tid : exact.removeChunk(chunk)) {
        lossy.add(tid >>> blockBits);
      }
      rechecked.removeChunk(chunk);
      if (memoryBytes() <= limitBytes / 2) {
        return;
      }
    }
    while (memoryBytes() > limitBytes / 2) {
      blockBits += LONGER_BITS;
      SparseBits longer = new SparseBits();
      for (long chunk : lossy.largestFirst()) {
        for (long block : lossy.removeChunk(chunk)) {
          longer.add(block >>> LONGER_BITS);
        }
      }
      lossy = longer;
    }
  }

  boolean isInLossyBlock(long tid) {
    return lossy.contains(tid >>> blockBits);
  }

  boolean isRechecked(long tid) {
    return rechecked.contains(tid);
  }

  SparseBits exact() {
    return exact;
  }

  SparseBits lossy() {
    return lossy;
  }

  /** Whether any block is known as a whole only. */
  public boolean isLossy() {
    return !lossy.isEmpty();
  }

  /** Blocks that are known as a whole only. */
  public long lossyBlocks() {
    return lossy.count();
  }

  /** Low bits of a TID that a block takes together. */
  public int blockBits() {
    return blockBits;
  }

  /** About what it takes, bytes; never more than the limit. */
  public long memoryBytes() {
    return exact.bytes() + rechecked.bytes() + lossy.bytes();
  }

  /**
   * The rows, by ascending TID.
   *
   * @param source where rows are fetched from for recheck; null leaves that to the caller
   */
  public BitmapCursor rows(RowSource source) {
    if (source != null && !source.canFetch()) {
      throw new IllegalArgumentException("the source can not fetch rows: pass null and recheck");
    }
    return new BitmapCursor(this, source);
  }

  /** Searches the index again. */
  TidCursor searchAgain() {
    return index.search(snapshot, conditions, null);
  }

  boolean matches(Row row) {
    return index.matches(conditions, row);
  }
}
