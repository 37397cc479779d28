package io.djinn.build.plan;

/**
 * How the budget is split.
 *
 * @param blockBytes bytes of a block of a run, in memory and before packing
 * @param arenaBytes of each participant's table
 * @param ringBytes of each participant's ring, without its trailer
 * @param indexEntries the most entries of a run's sparse index
 * @param reserveBytes kept out of the pool of memory blocks
 */
public record MemoryPlan(
    int blockBytes, long arenaBytes, int ringBytes, int indexEntries, long reserveBytes) {
  /** The usual block. */
  public static final int LARGE_BLOCK = 64 << 10;

  /** The smallest block. */
  public static final int SMALL_BLOCK = 8 << 10;

  /** Runs a participant's share should cover with one block each before blocks get smaller. */
  private static final int COMFORTABLE_RUNS = 48;

  private static final int MAX_INDEX_ENTRIES = 2048;
  private static final int MIN_INDEX_ENTRIES = 8;

  /** Bytes of budget for each entry an index may have. */
  private static final int BUDGET_BYTES_A_ENTRY = 192 << 10;

  /** References in a table count 32 bits of four bytes. */
  private static final long MOST_ARENA_BYTES = 16L << 30;

  private static final int MOST_RING_BYTES = 1 << 20;
  private static final int LINE_BYTES = 64;

  /**
   * @param handleBytes a handle takes in a ring
   * @param maxKeyBytes the longest key, without column and category
   * @param sourceBytes size of the source: runs of a small one are kept in memory, and the arenas
   *     of a large one are as large as they can be, for a key has a record in each run it is in
   * @param fixedBytes a participant draws beside arena and ring
   */
  public static MemoryPlan of(
      long budgetBytes,
      int participants,
      int handleBytes,
      int maxKeyBytes,
      long sourceBytes,
      FixedBytes fixedBytes) {
    long share = budgetBytes / participants;
    int block = blockBytes(share, maxKeyBytes);
    int ring = ringBytes(share / block, handleBytes);
    long rest = share - ring - fixedBytes.of(block);
    long forRuns = sourceBytes < budgetBytes ? rest / 3 : rest / 64;
    long arena = Math.min(rest - forRuns, MOST_ARENA_BYTES) & -LINE_BYTES;
    long entries = budgetBytes / BUDGET_BYTES_A_ENTRY;
    return new MemoryPlan(
        block,
        arena,
        ring,
        (int) Math.max(MIN_INDEX_ENTRIES, Math.min(MAX_INDEX_ENTRIES, entries)),
        budgetBytes / 8);
  }

  /** Bytes a participant draws for a given size of blocks. */
  @FunctionalInterface
  public interface FixedBytes {
    long of(int blockBytes);
  }

  static int blockBytes(long shareBytes, int maxKeyBytes) {
    int block = LARGE_BLOCK;
    while (block > SMALL_BLOCK
        && (long) block * COMFORTABLE_RUNS > shareBytes
        && block / 2 >= 2 * maxKeyBytes) {
      block /= 2;
    }
    return block;
  }

  /** The smallest blocks runs with such keys can have. */
  public static int leastBlockBytes(int maxKeyBytes) {
    return blockBytes(0, maxKeyBytes);
  }

  /**
   * The smallest ring, a power of two, with room for one handle more than the share has blocks, up
   * to {@link #MOST_RING_BYTES}: one that is full is emptied by whoever puts into it.
   */
  static int ringBytes(long blocks, int handleBytes) {
    long wanted = (blocks + 1) * handleBytes;
    int bytes = LARGE_BLOCK / LINE_BYTES;
    while (bytes < 8 * handleBytes || (bytes < wanted && bytes < MOST_RING_BYTES)) {
      bytes *= 2;
    }
    return bytes;
  }
}
