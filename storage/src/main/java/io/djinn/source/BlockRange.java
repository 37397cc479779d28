package io.djinn.source;

/** Checks a range of blocks asked for. */
final class BlockRange {
  private BlockRange() {}

  static void require(long fromBlock, long toBlock, long blockCount) {
    if (fromBlock < 0 || fromBlock > toBlock || toBlock > blockCount) {
      throw new IllegalArgumentException(
          "blocks [" + fromBlock + ", " + toBlock + ") of a source of " + blockCount + " blocks");
    }
  }
}
