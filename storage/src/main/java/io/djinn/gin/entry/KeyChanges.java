package io.djinn.gin.entry;

import io.djinn.memory.ByteStrings;

/**
 * Changes of the keys of one index, key by key in strictly ascending order; stands on no key until
 * {@link #next} was called.
 *
 * <p>What it gives is read while it stands on a key. Inserts of TIDs that are there change nothing
 * but their payloads, and deletes of TIDs that are not there change nothing.
 */
public interface KeyChanges {
  /** Goes to the next key; false where there is none. */
  boolean next();

  /** Address of the composite key. */
  long key();

  int keyLength();

  /** TIDs to add, strictly ascending: the first {@link #inserted}. */
  long[] inserts();

  int inserted();

  /** Payloads of the TIDs to add, by their index; null where all are of no bytes. */
  default ByteStrings payloads() {
    return null;
  }

  /** TIDs to remove, strictly ascending: the first {@link #deleted}; none is among the inserts. */
  long[] deletes();

  int deleted();
}
