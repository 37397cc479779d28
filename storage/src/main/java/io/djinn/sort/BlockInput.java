package io.djinn.sort;

/** Gives the blocks of one run in order, one at a time. */
public interface BlockInput {
  /** Loads the block at a place {@link BlockOutput#write} gave. */
  void seek(long place);

  /** Loads the block behind the present one; false at the end of the run. */
  boolean next();

  /** Address of the present block's records, valid until another block is loaded. */
  long address();

  /** Bytes of records in the present block. */
  int usedBytes();

  /** byteOffset of the first record that starts in the present block, or -1. */
  int firstRecord();
}
