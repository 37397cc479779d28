package io.djinn.memory;

import java.util.Arrays;

/**
 * Sorts entries by the first eight bytes of their keys, and where those are equal by a comparison
 * of the entries themselves; stable.
 *
 * <p>Few entries are merged, many are distributed byte by byte from the last one on, bytes in which
 * all are equal left out: most keys are short, and then nothing but the two arrays is touched.
 * (Knuth, The Art of Computer Programming 3, 5.2.4 and 5.2.5.)
 */
public final class HeadSorter {
  private static final int INSERTED = 8;
  private static final int MERGED = 256;
  private static final int BYTE_VALUES = 256;

  /** Compares two entries whose heads are equal. */
  public interface Ties {
    int compare(long a, long b);
  }

  private final Ties ties;
  private final int[] ends = new int[BYTE_VALUES];
  private long[] heads;
  private long[] entries;
  private long[] spareHeads = new long[0];
  private long[] spareEntries = new long[0];

  public HeadSorter(Ties ties) {
    this.ties = ties;
  }

  /**
   * Sorts both arrays from one index up to another.
   *
   * @param newHeads compared without sign
   */
  public void sort(long[] newHeads, long[] newEntries, int from, int to) {
    heads = newHeads;
    entries = newEntries;
    if (isSorted(from, to)) {
      return;
    }
    if (spareHeads.length < to - from) {
      spareHeads = new long[Math.max(to - from, 2 * spareHeads.length)];
      spareEntries = new long[spareHeads.length];
    }
    if (to - from < MERGED) {
      mergeSort(from, to);
    } else {
      distribute(from, to);
      sortTies(from, to);
    }
  }

  private boolean isSorted(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (compare(heads[i - 1], entries[i - 1], heads[i], entries[i]) > 0) {
        return false;
      }
    }
    return true;
  }

  private int compare(long headA, long a, long headB, long b) {
    return headA != headB ? Long.compareUnsigned(headA, headB) : ties.compare(a, b);
  }

  /** Sorts by heads alone. */
  private void distribute(int from, int to) {
    long differing = 0;
    for (int i = from + 1; i < to; i++) {
      differing |= heads[i] ^ heads[from];
    }
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if ((differing >>> shift & 0xFF) != 0) {
        distribute(from, to, shift);
      }
    }
  }

  private void distribute(int from, int to, int shift) {
    int count = to - from;
    System.arraycopy(heads, from, spareHeads, 0, count);
    System.arraycopy(entries, from, spareEntries, 0, count);
    Arrays.fill(ends, 0);
    for (int i = 0; i < count; i++) {
      ends[(int) (spareHeads[i] >>> shift) & 0xFF]++;
    }
    int end = from;
    for (int value = 0; value < BYTE_VALUES; value++) {
      int start = end;
      end += ends[value];
      ends[value] = start;
    }
    for (int i = 0; i < count; i++) {
      int at = ends[(int) (spareHeads[i] >>> shift) & 0xFF]++;
      heads[at] = spareHeads[i];
      entries[at] = spareEntries[i];
    }
  }

  private void sortTies(int from, int to) {
    for (int first = from; first < to; ) {
      int end = first + 1;
      while (end < to && heads[end] == heads[first]) {
        end++;
      }
      if (!isSorted(first, end)) {
        mergeSort(first, end);
      }
      first = end;
    }
  }

  private void mergeSort(int from, int to) {
    if (to - from < INSERTED) {
      insertionSort(from, to);
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(from, middle);
    mergeSort(middle, to);
    if (compare(heads[middle - 1], entries[middle - 1], heads[middle], entries[middle]) > 0) {
      merge(from, middle, to);
    }
  }

  private void insertionSort(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long head = heads[i];
      long entry = entries[i];
      int j = i;
      while (j > from && compare(heads[j - 1], entries[j - 1], head, entry) > 0) {
        heads[j] = heads[j - 1];
        entries[j] = entries[j - 1];
        j--;
      }
      heads[j] = head;
      entries[j] = entry;
    }
  }

  /** Merges the left part, which is put aside, with the right one. */
  private void merge(int from, int middle, int to) {
    int leftCount = middle - from;
    System.arraycopy(heads, from, spareHeads, 0, leftCount);
    System.arraycopy(entries, from, spareEntries, 0, leftCount);
    int left = 0;
    int right = middle;
    for (int i = from; left < leftCount; i++) {
      boolean takesLeft =
          right == to
              || compare(spareHeads[left], spareEntries[left], heads[right], entries[right]) <= 0;
      heads[i] = takesLeft ? spareHeads[left] : heads[right];
      entries[i] = takesLeft ? spareEntries[left++] : entries[right++];
    }
  }
}
