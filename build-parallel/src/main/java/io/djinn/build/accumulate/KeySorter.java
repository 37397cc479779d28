package io.djinn.build.accumulate;

import io.djinn.memory.NativeMemory;

/**
 * Sorts references to entries by key, in the memory of a hash table's slots, which it destroys.
 *
 * <p>Slots of which two thirds are used have twelve bytes a key: the first eight bytes of the key
 * behind what all keys share, as a big-endian number, then the 32-bit reference. Comparisons read
 * nothing else: where these eight are equal the next eight of each key take their place, and the
 * keys that tie are sorted by them (multikey quicksort: Bentley and Sedgewick 1997, eight bytes at
 * a time). Quicksort by the median of three, insertion sort of short ranges, heapsort where a range
 * does not get short soon enough.
 */
final class KeySorter {
  private static final int ITEM_BYTES = 12;
  private static final int WORD_BYTES = 8;
  private static final int SHORT_RANGE = 12;

  /** Ranges above this length are worth a pulse before they are split. */
  private static final int LONG_RANGE = 1 << 12;

  /** Items of a loop over many between two pulses; a power of two. */
  private static final int ITEMS_A_PULSE = 1 << 16;

  private final long items;
  private final long origin;
  private final int keyLengthOffset;
  private final int keyOffset;
  private final int sharedBytes;
  private final Runnable pulse;

  /**
   * @param items address of the slots
   * @param origin address references count from, in units of eight bytes
   * @param keyLengthOffset byteOffset of the key's length in an entry
   * @param keyOffset byteOffset of the key in an entry, behind which eight bytes more can be read
   * @param sharedBytes how many leading bytes of the keys are the same, 8 at most
   * @param pulse run now and then; what it throws ends the sort
   */
  KeySorter(
      long items,
      long origin,
      int keyLengthOffset,
      int keyOffset,
      int sharedBytes,
      Runnable pulse) {
    this.items = items;
    this.origin = origin;
    this.keyLengthOffset = keyLengthOffset;
    this.keyOffset = keyOffset;
    this.sharedBytes = sharedBytes;
    this.pulse = pulse;
  }

  /** Turns the slots that are in use into items, and returns how many there are. */
  int gather(int slots) {
    int n = 0;
    for (int i = 0; i < slots; i++) {
      pulseNowAndThen(i);
      long slot = NativeMemory.getLong(items + (long) i * 8);
      if (slot != 0) {
        NativeMemory.putLong(items + (long) n++ * 8, slot & 0xFFFF_FFFFL);
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      pulseNowAndThen(i);
      long ref = NativeMemory.getLong(items + (long) i * 8);
      long entry = origin + (ref << 3);
      int length = NativeMemory.getUnsignedShort(entry + keyLengthOffset) - sharedBytes;
      long own = entry + keyOffset + sharedBytes;
      put(i, length == 0 ? 0 : NativeMemory.headWithin(own, length), (int) ref);
    }
    return n;
  }

  /** The entry of an item. */
  long entry(int i) {
    return entryOf(ref(i));
  }

  private long entryOf(int ref) {
    return origin + ((ref & 0xFFFF_FFFFL) << 3);
  }

  private long head(int i) {
    return NativeMemory.getLong(items + (long) i * ITEM_BYTES);
  }

  private int ref(int i) {
    return NativeMemory.getInt(items + (long) i * ITEM_BYTES + 8);
  }

  private void put(int i, long head, int ref) {
    NativeMemory.putLong(items + (long) i * ITEM_BYTES, head);
    NativeMemory.putInt(items + (long) i * ITEM_BYTES + 8, ref);
  }

  private void swap(int i, int j) {
    long head = head(i);
    int ref = ref(i);
    put(i, head(j), ref(j));
    put(j, head, ref);
  }

  private boolean isBelow(int i, int j) {
    return Long.compareUnsigned(head(i), head(j)) < 0;
  }

  /** Sorts a range of items, whose keys are all distinct. */
  void sort(int from, int to) {
    sort(from, to, sharedBytes);
  }

  /** Sorts items whose keys share so many bytes, and whose heads are what is behind. */
  private void sort(int start, int stop, int startShared) {
    int from = start;
    int to = stop;
    int shared = startShared;
    while (to - from > 1) {
      sortByHead(from, to, 2 * (32 - Integer.numberOfLeadingZeros(to - from)));
      shared += WORD_BYTES;
      // The most keys that tie are sorted in this loop, so that calls nest a few times at most.
      int most = from;
      int mostEnd = from;
      for (int ties = from; ties < to; ) {
        int end = endOfTies(ties, to);
        if (end - ties > mostEnd - most) {
          sortTies(most, mostEnd, shared);
          most = ties;
          mostEnd = end;
        } else {
          sortTies(ties, end, shared);
        }
        ties = end;
      }
      from = goOnBehind(most, mostEnd, shared);
      to = mostEnd;
    }
  }

  private int endOfTies(int from, int to) {
    long head = head(from);
    int end = from + 1;
    while (end < to && head(end) == head) {
      pulseNowAndThen(end);
      end++;
    }
    return end;
  }

  private void sortTies(int from, int to, int shared) {
    if (to - from > 1) {
      sort(goOnBehind(from, to, shared), to, shared);
    }
  }

  /**
   * Makes the heads of keys what is behind so many bytes, which all have in common as far as they
   * reach; those that end there come first, the shorter ones in front.
   *
   * @return the first item that goes on
   */
  private int goOnBehind(int from, int to, int shared) {
    int going = from;
    for (int i = from; i < to; i++) {
      pulseNowAndThen(i);
      int ref = ref(i);
      long entry = entryOf(ref);
      int length = NativeMemory.getUnsignedShort(entry + keyLengthOffset);
      if (length > shared) {
        put(i, NativeMemory.headWithin(entry + keyOffset + shared, length - shared), ref);
      } else {
        put(i, length, ref);
        swap(i, going++);
      }
    }
    // They differ by zeros at their ends alone, so there are nine at most.
    insertionSort(from, going);
    return going;
  }

  private void sortByHead(int start, int stop, int depthLeft) {
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
        sortByHead(from, split, depth);
        from = split + 1;
      } else {
        sortByHead(split + 1, to, depth);
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
    long head = head(last - 1);
    int i = from;
    int j = last - 1;
    while (true) {
      do {
        i++;
      } while (Long.compareUnsigned(head(i), head) < 0);
      do {
        j--;
      } while (Long.compareUnsigned(head, head(j)) < 0);
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
      long head = head(i);
      int ref = ref(i);
      int j = i;
      while (j > from && Long.compareUnsigned(head, head(j - 1)) < 0) {
        put(j, head(j - 1), ref(j - 1));
        j--;
      }
      put(j, head, ref);
    }
  }

  private void heapSort(int from, int to) {
    int n = to - from;
    for (int i = n / 2 - 1; i >= 0; i--) {
      pulseNowAndThen(i);
      sink(from, i, n);
    }
    for (int i = n - 1; i > 0; i--) {
      pulseNowAndThen(i);
      swap(from, from + i);
      sink(from, 0, i);
    }
  }

  private void pulseNowAndThen(int i) {
    if ((i & (ITEMS_A_PULSE - 1)) == 0) {
      pulse.run();
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
