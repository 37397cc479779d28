package io.djinn.sort;

/** Takes keys in order, each with its TIDs in ascending order. */
public interface MergeSink {
  /** Begins a key greater than the one before; its bytes are valid during the call only. */
  void key(long address, int length);

  /**
   * More TIDs of the key, all greater than those before; the array is the caller's.
   *
   * @param count at least 1
   */
  void tids(long[] tids, int count);

  /** The key has no more TIDs; it had at least one. */
  void endKey();
}
