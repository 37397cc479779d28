package io.djinn.gin.entry;

/**
 * Changes of the keys of one index, key by key in strictly ascending order; stands on no key until
 * {@link #next} was called.
 *
 * <p>What it gives is read while it stands on a key. Inserts of TIDs that are there and deletes of
 * TIDs that are not change nothing.
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

  /** TIDs to remove, strictly ascending: the first {@link #deleted}; none is among the inserts. */
  long[] deletes();

  int deleted();
}
