package io.djinn.gin.vacuum;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;

/**
 * Keys with some TIDs of each, keys and TIDs ascending, of bounded size; keys lie off-heap, where
 * changes of a tree take them from.
 */
public final class KeyedTids implements AutoCloseable {
  private final MemoryRegion keys;
  private final int[] keyEnds;
  private final int[] tidEnds;
  private final long[] tids;
  private int keyCount;

  /**
   * @param tidLimit the most TIDs, and so the most keys
   * @param keyBytesLimit the most bytes of all keys
   */
  public KeyedTids(MemoryAccount account, int tidLimit, int keyBytesLimit) {
    keys = MemoryRegion.allocate(account, keyBytesLimit);
    keyEnds = new int[tidLimit];
    tidEnds = new int[tidLimit];
    tids = new long[tidLimit];
  }

  public void clear() {
    keyCount = 0;
  }

  /** Whether so many TIDs of a key of so many bytes may be added. */
  public boolean hasRoom(int keyLength, int tidCount) {
    return keyBytes() + keyLength <= keys.sizeBytes() && tidCount() + tidCount <= tids.length;
  }

  /**
   * Adds TIDs of a key: the last one, or one above it.
   *
   * @param added ascending from {@code from} to {@code to}, above those the key has; at least one
   */
  public void add(byte[] key, int keyLength, long[] added, int from, int to) {
    assert from < to && hasRoom(keyLength, to - from) : keyLength + " bytes, " + (to - from);
    long end = keys.address() + keyBytes();
    NativeMemory.copyFromArray(key, 0, end, keyLength);
    addAtEnd(end, keyLength, added, from, to);
  }

  /** As {@link #add(byte[], int, long[], int, int)}, with the key at an address. */
  public void add(long key, int keyLength, long[] added, int from, int to) {
    assert from < to && hasRoom(keyLength, to - from) : keyLength + " bytes, " + (to - from);
    long end = keys.address() + keyBytes();
    NativeMemory.copy(key, end, keyLength);
    addAtEnd(end, keyLength, added, from, to);
  }

  private void addAtEnd(long end, int keyLength, long[] added, int from, int to) {
    int tidCount = tidCount();
    System.arraycopy(added, from, tids, tidCount, to - from);
    int last = keyCount - 1;
    boolean isLast =
        last >= 0 && NativeMemory.compare(keyAddress(last), keyLength(last), end, keyLength) == 0;
    if (!isLast) {
      keyEnds[keyCount] = keyBytes() + keyLength;
      keyCount++;
    }
    tidEnds[keyCount - 1] = tidCount + to - from;
  }

  public int keyCount() {
    return keyCount;
  }

  public int keyBytes() {
    return keyCount == 0 ? 0 : keyEnds[keyCount - 1];
  }

  public int tidCount() {
    return keyCount == 0 ? 0 : tidEnds[keyCount - 1];
  }

  public long keyAddress(int key) {
    return keys.address() + (key == 0 ? 0 : keyEnds[key - 1]);
  }

  public int keyLength(int key) {
    return keyEnds[key] - (key == 0 ? 0 : keyEnds[key - 1]);
  }

  /** Where the TIDs of a key begin among all. */
  public int firstTid(int key) {
    return key == 0 ? 0 : tidEnds[key - 1];
  }

  /** Where the TIDs of a key end among all. */
  public int endTid(int key) {
    return tidEnds[key];
  }

  public long tid(int at) {
    return tids[at];
  }

  @Override
  public void close() {
    keys.close();
  }
}
