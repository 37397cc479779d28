package io.djinn.build.accumulate;

import io.djinn.memory.NativeMemory;

/**
 * Sorts references to entries by key, in the memory of a hash table's slots, which it destroys.
 *
 * <p>A table at most half full has sixteen bytes a key: the first eight bytes of the key as a
 * big-endian number, then the next four above the 32-bit reference. So most comparisons read
 * nothing else. Quicksort by the median of three, insertion sort of short ranges, heapsort where a
 * range does not get short soon enough.
 */
final class KeySorter {
  private static final int ITEM_BYTES = 16;
  private static final int SHORT_RANGE = 12;

  /** Ranges above this length are worth a pulse before they are split. */
  private static final int LONG_RANGE = 1 << 12;

  private final long items;
  private final long origin;
  private final int keyLengthOffset;
  private final int keyOffset;
  private final Runnable pulse;

  /**
   * @param items address of the slots
   * @param origin address references count from, in units of eight bytes
   * @param keyLengthOffset byteOffset of the key's length in an entry
   * @param keyOffset byteOffset of the key in an entry
   * @param pulse run now and then; what it throws ends the sort
   */
  KeySorter(long items, long origin, int keyLengthOffset, int keyOffset, Runnable pulse) {
    this.items = items;
    this.origin = origin;
    this.keyLengthOffset = keyLengthOffset;
    this.keyOffset = keyOffset;
    this.pulse = pulse;
  }

  /** Turns the slots that are in use into items, and returns how many there are. */
  int gather(int slots) {
    int n = 0;
    for (int i = 0; i < slots; i++) {
      long slot = NativeMemory.getLong(items + (long) i * 8);
      if (slot != 0) {
        NativeMemory.putLong(items + (long) n++ * 8, slot & 0xFFFF_FFFFL);
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      long ref = NativeMemory.getLong(items + (long) i * 8);
      long entry = origin + (ref << 3);
      int length = NativeMemory.getUnsignedShort(entry + keyLengthOffset);
      long head = NativeMemory.head(entry + keyOffset, 8);
      long second =
          length > 8 ? Integer.reverseBytes(NativeMemory.getInt(entry + keyOffset + 8)) : 0;
      put(i, head, second << 32 | ref);
    }
    return n;
  }

  /** The entry of an item. */
  long entry(int i) {
    return entryOf(low(i));
  }

  private long entryOf(long low) {
    return origin + ((low & 0xFFFF_FFFFL) << 3);
  }

  private long high(int i) {
    return NativeMemory.getLong(items + (long) i * ITEM_BYTES);
  }

  private long low(int i) {
    return NativeMemory.getLong(items + (long) i * ITEM_BYTES + 8);
  }

  private void put(int i, long high, long low) {
    NativeMemory.putLong(items + (long) i * ITEM_BYTES, high);
    NativeMemory.putLong(items + (long) i * ITEM_BYTES + 8, low);
  }

  private void swap(int i, int j) {
    long high = high(i);
    long low = low(i);
    put(i, high(j), low(j));
    put(j, high, low);
  }

  private boolean isBelow(long highA, long lowA, long highB, long lowB) {
    if (highA != highB) {
      return Long.compareUnsigned(highA, highB) < 0;
    }
    long a = lowA >>> 32;
    long b = lowB >>> 32;
    if (a != b) {
      return a < b;
    }
    long entryA = entryOf(lowA);
    long entryB = entryOf(lowB);
    return NativeMemory.compare(
            entryA + keyOffset,
            NativeMemory.getUnsignedShort(entryA + keyLengthOffset),
            entryB + keyOffset,
            NativeMemory.getUnsignedShort(entryB + keyLengthOffset))
        < 0;
  }

  private boolean isBelow(int i, int j) {
    return isBelow(high(i), low(i), high(j), low(j));
  }

  /** Sorts a range of items, whose keys are all distinct. */
  void sort(int from, int to) {
    sort(from, to, 2 * (32 - Integer.numberOfLeadingZeros(Math.max(1, to - from))));
  }

  private void sort(int start, int stop, int depthLeft) {
    int from = start;
    int to = stop;
    int depth = depthLeft;
    while (to - from > SHORT_RANGE) {
      if (to - from > LONG_RANGE) {
        pulse.run();
      }
      if (depth-- == 0) {
        heapSort(from, to);
        return;
      }
      int split = partition(from, to);
      if (split - from < to - split) {
        sort(from, split, depth);
        from = split + 1;
      } else {
        sort(split + 1, to, depth);
        to = split;
      }
    }
    insertionSort(from, to);
  }

  /** Puts the median of three between the items below it and those above it; returns its place. */
  private int partition(int from, int to) {
    int middle = (from + to) >>> 1;
    int last = to - 1;
    if (isBelow(middle, from)) {
      swap(middle, from);
    }
    if (isBelow(last, from)) {
      swap(last, from);
    }
    if (isBelow(last, middle)) {
      swap(last, middle);
    }
    swap(middle, last - 1);
    long high = high(last - 1);
    long low = low(last - 1);
    int i = from;
    int j = last - 1;
    while (true) {
      do {
        i++;
      } while (isBelow(high(i), low(i), high, low));
      do {
        j--;
      } while (isBelow(high, low, high(j), low(j)));
      if (i >= j) {
        break;
      }
      swap(i, j);
    }
    swap(i, last - 1);
    return i;
  }

  private void insertionSort(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long high = high(i);
      long low = low(i);
      int j = i;
      while (j > from && isBelow(high, low, high(j - 1), low(j - 1))) {
        put(j, high(j - 1), low(j - 1));
        j--;
      }
      put(j, high, low);
    }
  }

  private void heapSort(int from, int to) {
    int n = to - from;
    for (int i = n / 2 - 1; i >= 0; i--) {
      sink(from, i, n);
    }
    for (int i = n - 1; i > 0; i--) {
      swap(from, from + i);
      sink(from, 0, i);
    }
  }

  private void sink(int from, int start, int n) {
    int i = start;
    while (true) {
      int child = 2 * i + 1;
      if (child >= n) {
        return;
      }
      if (child + 1 < n && isBelow(from + child, from + child + 1)) {
        child++;
      }
      if (!isBelow(from + i, from + child)) {
        return;
      }
      swap(from + i, from + child);
      i = child;
    }
  }
}
