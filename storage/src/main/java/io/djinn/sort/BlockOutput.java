package io.djinn.sort;

/** Where the blocks of a run being written go: memory or a file. */
public interface BlockOutput {
  /** Bytes of records a block takes. */
  int capacityBytes();

  /** Address of {@link #capacityBytes()} bytes for the next block, in use until it is written. */
  long begin();

  /**
   * Ends the block begun last.
   *
   * @param usedBytes bytes of records in it, at least 1
   * @param firstRecord byteOffset of the first record that starts in it, or -1
   * @return where the block is, for {@link BlockInput#seek}
   */
  long write(int usedBytes, int firstRecord);

  /** Ends the run and returns the bytes it takes as stored. */
  long end();
}
