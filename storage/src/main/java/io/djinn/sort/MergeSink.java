package io.djinn.sort;

import io.djinn.memory.ByteStrings;

/** Takes keys in order, each with its TIDs in ascending order. */
public interface MergeSink {
  /** Begins a key greater than the one before; its bytes are valid during the call only. */
  void key(long address, int length);

  /**
   * Begins a key as {@link #key(long, int)} does.
   *
   * @param hasPayloads whether its TIDs come with payloads
   */
  default void key(long address, int length, boolean hasPayloads) {
    key(address, length);
  }

  /**
   * More TIDs of the key, all greater than those before; the array is the caller's.
   *
   * @param count at least 1
   */
  void tids(long[] tids, int count);

  /**
   * More TIDs of a key that has payloads.
   *
   * @param payloads one a TID, by its index; the caller's
   */
  default void tids(long[] tids, int count, ByteStrings payloads) {
    tids(tids, count);
  }

  /** The key has no more TIDs; it had at least one. */
  void endKey();
}
