package io.djinn.sort;

import io.djinn.memory.NativeMemory;

/**
 * Sparse index of a run: the keys of some of its records, the block each begins in, and the bytes
 * before it. It is where scans begin, and the sample of keys that the key space is cut at.
 *
 * <p>A record is taken when a stride of bytes lies behind the last one taken, when it is itself a
 * quarter as long, and when it follows such a long one; so each of the longest records stands alone
 * between two entries, and how long it is can be told. When the index is full the stride is widened
 * and every entry goes that would not have been taken, so that a run of any length fits.
 *
 * <pre>
 * byteOffset bytes field        meaning, of an entry
 *          0     8 place        of the block the record begins in
 *          8     8 bytesBefore  bytes of records in front of it; less 2^63 in the last entry where no
 *                              record lies behind
 *         16     2 keyLength    of the record, bytes, plus {@link #FOLLOWS}
 *         18    78 prefix       the first bytes of its key
 * </pre>
 */
public final class RunIndex {
  static final int PLACE = 0;
  static final int BYTES_BEFORE = PLACE + 8;
  static final int KEY_LENGTH = BYTES_BEFORE + 8;
  static final int PREFIX = KEY_LENGTH + 2;

  /** The most bytes of a key that are kept. */
  public static final int PREFIX_BYTES = 78;

  /** Bytes an entry takes. */
  public static final int ENTRY_BYTES = PREFIX + PREFIX_BYTES;

  /** Bytes of records between two entries at first. */
  public static final int STRIDE_BYTES = 4 << 10;

  /** Marks, in the length of its key, a record directly behind that of the entry before. */
  private static final int FOLLOWS = 0x8000;

  private static final long LAST = 1L << 63;

  /** The part of a stride from which on a record has an entry of its own. */
  private static final int LONG_SHARE = 4;

  private static final long MAX_STRIDE = 1L << 48;
  private static final long NO_PLACE = -1;

  private final long address;
  private final int capacity;
  private int count;
  private long stride = STRIDE_BYTES;

  /** Bytes in front of the record taken last, whose entry may have gone since. */
  private long lastBytesBefore;

  /** While a record is taken: whether it lies directly behind the one taken last. */
  private boolean isLastAlone;

  /**
   * @param address of {@code capacity * ENTRY_BYTES} bytes
   * @param capacity entries it may hold; none where scans shall begin at the run's beginning
   * @param count entries it holds already
   */
  public RunIndex(long address, int capacity, int count) {
    if (capacity < 0 || count < 0 || count > capacity) {
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

  /**
   * Bytes in front of the next record that is to be taken whatever its list is like: a stride
   * behind the last one, give or take a half. Were it just a stride, runs with the same long lists
   * would all be sampled at the same keys, and what a sample tells wrong they would all tell wrong.
   *
   * @param seed another one for each run
   */
  long nextDue(long seed) {
    if (count == 0) {
      return capacity == 0 ? Long.MAX_VALUE : 0;
    }
    long last = bytesBefore(count - 1);
    long mixed = (last ^ seed * 0x9E37_79B9_7F4A_7C15L) * 0xBF58_476D_1CE4_E5B9L >>> 33;
    return last + stride / 2 + mixed % stride;
  }

  /**
   * Takes a record, whose block is told by {@link #place(long)}; false where there is no room for
   * it among longer ones.
   *
   * @param isBehindLast whether no other record lies behind that of the last entry
   */
  boolean add(long bytesBefore, byte[] key, int keyLength, boolean isBehindLast) {
    if (capacity == 0) {
      return false;
    }
    isLastAlone = isBehindLast;
    if (count == capacity) {
      thin(bytesBefore);
    }
    boolean follows = count > 0 && isAlone(count - 1);
    isLastAlone = false;
    if (count == capacity) {
      return false;
    }
    lastBytesBefore = bytesBefore;
    long entry = entry(count++);
    NativeMemory.putLong(entry + PLACE, NO_PLACE);
    NativeMemory.putLong(entry + BYTES_BEFORE, bytesBefore);
    NativeMemory.putShort(entry + KEY_LENGTH, follows ? keyLength | FOLLOWS : keyLength);
    NativeMemory.copyFromArray(key, 0, entry + PREFIX, Math.min(keyLength, PREFIX_BYTES));
    return true;
  }

  /** From so many bytes on a record is taken whatever lies in front of it. */
  long longBytes() {
    return stride / LONG_SHARE;
  }

  /** Drops the last record taken, if it is not a long one now that it has ended. */
  void dropIfShort(long end) {
    int last = count - 1;
    if (last > 0
        && end - bytesBefore(last) < longBytes()
        && bytesBefore(last) - bytesBefore(last - 1) < stride) {
      count--;
    }
  }

  /** The block of the records taken since the last call. */
  void place(long place) {
    for (int i = count - 1; i >= 0 && place(i) == NO_PLACE; i--) {
      NativeMemory.putLong(entry(i) + PLACE, place);
    }
  }

  /** Widens the stride until there is room for an entry, as far as that makes sense. */
  private void thin(long end) {
    while (count == capacity && stride < MAX_STRIDE) {
      stride *= 2;
      keepByStride(end);
    }
  }

  /** Each stride of bytes has a few entries at most: one that is due, long ones and followers. */
  private void keepByStride(long end) {
    int kept = 1;
    boolean isKept = true;
    boolean isBeforeLong = count > 1 && isLong(0, bytesBefore(1));
    for (int i = 1; i < count; i++) {
      long before = bytesBefore(i);
      long after = i + 1 < count ? bytesBefore(i + 1) : end;
      boolean isOneBeforeKept = isKept;
      boolean isLong = isLong(i, after - before);
      isKept =
          before - bytesBefore(kept - 1) >= stride
              || isLong
              || (isBeforeLong && followsDirectly(i));
      isBeforeLong = isLong;
      if (isKept) {
        if (kept < i) {
          NativeMemory.copy(entry(i), entry(kept), ENTRY_BYTES);
        }
        if (!isOneBeforeKept) {
          NativeMemory.putShort(entry(kept) + KEY_LENGTH, keyLength(kept));
        }
        kept++;
      }
    }
    count = kept;
  }

  private boolean isLong(int i, long bytes) {
    return bytes >= longBytes() && isAlone(i);
  }

  /** Whether no other record lies between that of an entry and the next entry, or the run's end. */
  public boolean isAlone(int i) {
    if (i + 1 < count) {
      return followsDirectly(i + 1);
    }
    return endsWithLast() || (isLastAlone && bytesBefore(i) == lastBytesBefore);
  }

  private long entry(int i) {
    return address + (long) i * ENTRY_BYTES;
  }

  public long place(int i) {
    return NativeMemory.getLong(entry(i) + PLACE);
  }

  /** Bytes of records in front of the entry's record. */
  public long bytesBefore(int i) {
    return NativeMemory.getLong(entry(i) + BYTES_BEFORE) & ~LAST;
  }

  /** Address of the first bytes of the record's key. */
  public long prefix(int i) {
    return entry(i) + PREFIX;
  }

  public int prefixLength(int i) {
    return Math.min(keyLength(i), PREFIX_BYTES);
  }

  /** Bytes of the record's key, of which no more are kept than the prefix has. */
  public int keyLength(int i) {
    return NativeMemory.getUnsignedShort(entry(i) + KEY_LENGTH) & FOLLOWS - 1;
  }

  /** Whether an entry holds the whole of its key, and that is the given one. */
  boolean isKey(int i, long key, int length) {
    return keyLength(i) == length
        && length <= PREFIX_BYTES
        && NativeMemory.compare(prefix(i), length, key, length) == 0;
  }

  /** Whether no record lies between that of an entry and that of the entry before. */
  boolean followsDirectly(int i) {
    return NativeMemory.getUnsignedShort(entry(i) + KEY_LENGTH) >= FOLLOWS;
  }

  /** Whether no record lies behind that of the last entry. */
  boolean endsWithLast() {
    return count > 0 && NativeMemory.getLong(entry(count - 1) + BYTES_BEFORE) < 0;
  }

  /** The run ends. */
  void end(boolean isLastTaken) {
    if (isLastTaken) {
      NativeMemory.putLong(entry(count - 1) + BYTES_BEFORE, bytesBefore(count - 1) | LAST);
    }
  }

  /**
   * The last entry whose key is below the given one for certain, or -1: a scan from its block meets
   * the key, if the run has it.
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
