package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;
import java.util.Arrays;

/**
 * Walks the keys of a view in ascending order, each with the newest operation of each of its TIDs.
 *
 * <p>Key and TIDs stand in buffers that the next key uses again. Belongs to one thread.
 */
public final class PendingCursor {
  private static final int INITIAL_KEY_BYTES = 64;

  private final RunWalk walk;
  private final PendingTids tids = new PendingTids();
  private byte[] key = new byte[INITIAL_KEY_BYTES];
  private int keyLength;
  private long[] laid = new long[0];

  PendingCursor(RunWalk walk) {
    this.walk = walk;
  }

  /** Goes to the next key, at first to the first one; false where there is none. */
  public boolean next() {
    if (!walk.next()) {
      return false;
    }
    PendingRun first = walk.run(0);
    int index = walk.index(0);
    if (first.keyLength(index) > key.length) {
      key = new byte[Math.max(first.keyLength(index), 2 * key.length)];
    }
    keyLength = first.copyKey(index, key);
    if (walk.group() == 1) {
      tids.set(first.list(), first.from(index), first.to(index));
    } else {
      if (walk.operations() > laid.length) {
        laid = new long[Math.max(walk.operations(), 2 * laid.length)];
      }
      tids.set(laid, 0, walk.layOperations(laid, 0));
    }
    return true;
  }

  /**
   * A buffer whose first {@link #keyLength} bytes are the current composite key, until {@link
   * #next} is called.
   */
  public byte[] key() {
    return key;
  }

  /** Bytes of the current composite key. */
  public int keyLength() {
    return keyLength;
  }

  /** A copy of the current composite key. */
  public byte[] copyKey() {
    return Arrays.copyOf(key, keyLength);
  }

  /** The operations of the current key: the same object for every key. */
  public PendingTids tids() {
    return tids;
  }

  /** Whether an operation on the current key may have a payload. */
  public boolean hasPayloads() {
    return walk.hasPayloads();
  }

  /**
   * Adds the payloads of operations on the current key, in order; a delete has one of no bytes.
   *
   * @param from index among {@link #tids()}
   * @param to index behind the last one
   */
  public void addPayloads(int from, int to, ByteStrings payloads) {
    tids.addPayloads(walk, from, to, payloads);
  }
}
