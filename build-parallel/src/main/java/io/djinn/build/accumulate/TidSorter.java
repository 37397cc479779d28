package io.djinn.build.accumulate;

import io.djinn.memory.NativeMemory;

/**
 * Sorts TIDs in memory, alone or each with the place of its payload.
 *
 * <p>Quicksort by the median of three, insertion sort of short ranges, heapsort where a range does
 * not get short soon enough. Equal TIDs keep no order.
 */
final class TidSorter {
  private static final int SHORT_RANGE = 16;

  /** Ranges above this length are worth a pulse before they are split. */
  private static final int LONG_RANGE = 1 << 14;

  private final long items;
  private final boolean hasPlaces;
  private final int shift;
  private final Runnable pulse;

  /**
   * @param items address of the items
   * @param hasPlaces whether a place stands beside each TID
   * @param pulse run now and then; what it throws ends the sort
   */
  TidSorter(long items, boolean hasPlaces, Runnable pulse) {
    this.items = items;
    this.hasPlaces = hasPlaces;
    this.pulse = pulse;
    shift = hasPlaces ? 4 : 3;
  }

  /** Bytes an item takes. */
  int itemBytes() {
    return 1 << shift;
  }

  long tid(int i) {
    return NativeMemory.getLong(items + ((long) i << shift));
  }

  /** The place beside a TID, 0 where there are none. */
  long place(int i) {
    return hasPlaces ? NativeMemory.getLong(items + ((long) i << shift) + 8) : 0;
  }

  void put(int i, long tid, long place) {
    long at = items + ((long) i << shift);
    NativeMemory.putLong(at, tid);
    if (hasPlaces) {
      NativeMemory.putLong(at + 8, place);
    }
  }

  private void swap(int i, int j) {
    long tid = tid(i);
    long place = place(i);
    put(i, tid(j), place(j));
    put(j, tid, place);
  }

  /** Sorts a range of items. */
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

  /** Puts the median of three between the items not above and not below it; returns its place. */
  private int partition(int from, int to) {
    int middle = (from + to) >>> 1;
    int last = to - 1;
    if (tid(middle) < tid(from)) {
      swap(middle, from);
    }
    if (tid(last) < tid(from)) {
      swap(last, from);
    }
    if (tid(last) < tid(middle)) {
      swap(last, middle);
    }
    swap(middle, last - 1);
    long pivot = tid(last - 1);
    int i = from;
    int j = last - 1;
    while (true) {
      do {
        i++;
      } while (tid(i) < pivot);
      do {
        j--;
      } while (pivot < tid(j));
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
      long tid = tid(i);
      long place = place(i);
      int j = i;
      while (j > from && tid < tid(j - 1)) {
        put(j, tid(j - 1), place(j - 1));
        j--;
      }
      put(j, tid, place);
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
    if ((i & (LONG_RANGE - 1)) == 0) {
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
      if (child + 1 < n && tid(from + child) < tid(from + child + 1)) {
        child++;
      }
      if (tid(from + i) >= tid(from + child)) {
        return;
      }
      swap(from + i, from + child);
      i = child;
    }
  }
}
