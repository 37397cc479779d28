package io.djinn.sort;

import io.djinn.memory.NativeMemory;

/**
 * Sparse index of a run: the first key of some of its blocks, where each is, and the bytes before
 * it.
 *
 * <p>When it is full every second entry goes, and from then on every second block is left out, so
 * that a run of any length fits.
 *
 * <pre>
 * byteOffset bytes field        meaning, of an entry
 *          0     8 place        of the block
 *          8     8 bytesBefore  bytes of records in the blocks before it
 *         16     2 length       of the prefix, bytes
 *         18    30 prefix       the first bytes of the block's first key
 * </pre>
 */
public final class RunIndex {
  static final int PLACE = 0;
  static final int BYTES_BEFORE = PLACE + 8;
  static final int LENGTH = BYTES_BEFORE + 8;
  static final int PREFIX = LENGTH + 2;
  static final int PREFIX_BYTES = 30;

  /** Bytes an entry takes. */
  public static final int ENTRY_BYTES = PREFIX + PREFIX_BYTES;

  private final long address;
  private final int capacity;
  private int count;
  private long stride = 1;
  private long seen;

  /**
   * @param address of {@code capacity * ENTRY_BYTES} bytes
   * @param capacity entries it may hold, at least 1
   * @param count entries it holds already
   */
  public RunIndex(long address, int capacity, int count) {
    if (capacity < 1 || count < 0 || count > capacity) {
      throw new IllegalArgumentException(count + " entries in an index for " + capacity);
    }
    this.address = address;
    this.capacity = capacity;
    this.count = count;
  }

  public long address() {
    return address;
  }

  public int count() {
    return count;
  }

  /** Takes the next block in which a record starts. */
  void add(long place, long bytesBefore, long key, int keyLength) {
    if (seen++ % stride != 0) {
      return;
    }
    if (count == capacity) {
      halve();
      if ((seen - 1) % stride != 0) {
        return;
      }
    }
    long entry = entry(count++);
    int length = Math.min(keyLength, PREFIX_BYTES);
    NativeMemory.putLong(entry + PLACE, place);
    NativeMemory.putLong(entry + BYTES_BEFORE, bytesBefore);
    NativeMemory.putShort(entry + LENGTH, length);
    NativeMemory.copy(key, entry + PREFIX, length);
  }

  private void halve() {
    int kept = (count + 1) / 2;
    for (int i = 1; i < kept; i++) {
      NativeMemory.copy(entry(2 * i), entry(i), ENTRY_BYTES);
    }
    count = kept;
    stride *= 2;
  }

  private long entry(int i) {
    return address + (long) i * ENTRY_BYTES;
  }

  public long place(int i) {
    return NativeMemory.getLong(entry(i) + PLACE);
  }

  /** Bytes of records in the blocks before the entry's block. */
  public long bytesBefore(int i) {
    return NativeMemory.getLong(entry(i) + BYTES_BEFORE);
  }

  /** Address of the first bytes of the block's first key. */
  public long prefix(int i) {
    return entry(i) + PREFIX;
  }

  public int prefixLength(int i) {
    return NativeMemory.getUnsignedShort(entry(i) + LENGTH);
  }

  /**
   * The last entry whose block begins with a key below the given one for certain, or -1: a scan
   * from there meets the key, if the run has it.
   */
  int find(long key, int keyLength) {
    int low = -1;
    int high = count - 1;
    int wanted = Math.min(keyLength, PREFIX_BYTES);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (NativeMemory.compare(prefix(middle), prefixLength(middle), key, wanted) < 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
