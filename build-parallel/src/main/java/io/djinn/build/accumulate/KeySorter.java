package io.djinn.build.accumulate;

import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * Sorts references to entries by key, in the memory of a hash table's slots, which it destroys.
 *
 * <p>Slots of which two thirds are used have twelve bytes a key: the first eight bytes of the key
 * behind what all keys share, as a big-endian number, then the 32-bit reference. Comparisons read
 * nothing else: where these eight are equal the next eight of each key take their place, and the
 * keys that tie are sorted by them (multikey quicksort: Bentley and Sedgewick 1997, eight bytes at
 * a time). Many items are first put into buckets by one byte after the other, in place (American
 * flag sort: McIlroy, Bostic and McIlroy 1993); a few are sorted by quicksort by the median of
 * three items chosen at random, as entries come in the order of rows, which may be any. It divides
 * them without a branch that could be foreseen wrongly (Lomuto's way, where the border is moved by
 * a bit instead of by a condition: after Edelkamp and Weiss 2016). Short ranges are sorted by
 * insertion.
 */
final class KeySorter {
  private static final int ITEM_BYTES = 12;
  private static final int WORD_BYTES = 8;
  private static final int SHORT_RANGE = 12;

  /** More items than this are put into buckets. */
  private static final int FEW = 1 << 10;

  private static final int BUCKETS = 1 << Byte.SIZE;

  /** Of the linear congruential generator of Knuth's MMIX. */
  private static final long LCG_FACTOR = 6364136223846793005L;

  /** Items of a loop over many between two pulses; a power of two. */
  private static final int ITEMS_A_PULSE = 1 << 16;

  private final long items;
  private final long origin;
  private final int keyLengthOffset;
  private final int keyOffset;
  private final int sharedBytes;
  private final Runnable pulse;

  /** Of each byte of a head, where its buckets end and how far they are filled. */
  private final int[][] bucketEnds = new int[WORD_BYTES][];

  private final int[][] bucketFills = new int[WORD_BYTES][];
  private int count;
  private int moves;
  private int itemsUntilPulse = ITEMS_A_PULSE;
  private long random;

  /**
   * @param items address of the slots
   * @param origin address references count from, in units of four bytes
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

  /** Makes an entry the next item: two of them fit three slots. */
  void add(long entry) {
    pulseNowAndThen(count);
    int length = NativeMemory.getUnsignedShort(entry + keyLengthOffset) - sharedBytes;
    long own = entry + keyOffset + sharedBytes;
    put(
        count++,
        length == 0 ? 0 : NativeMemory.headWithin(own, length),
        (int) ((entry - origin) >>> KeyTable.REF_SHIFT));
  }

  /** Sorts all items, whose keys are all distinct. */
  void sort() {
    sort(0, count, sharedBytes);
  }

  /** How many items there are. */
  int count() {
    return count;
  }

  /** The entry of an item. */
  long entry(int i) {
    return entryOf(ref(i));
  }

  private long entryOf(int ref) {
    return origin + ((ref & 0xFFFF_FFFFL) << KeyTable.REF_SHIFT);
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

  /** Sorts items whose keys share so many bytes, and whose heads are what is behind. */
  private void sort(int start, int stop, int startShared) {
    int from = start;
    int to = stop;
    int shared = startShared;
    while (to - from > 1) {
      sortByBytes(from, to, WORD_BYTES - 1);
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

  /**
   * Sorts items by their heads.
   *
   * @param highest the heads have the same bytes above this one, 0 is the lowest
   */
  private void sortByBytes(int from, int to, int highest) {
    int at = highest;
    boolean areMany = to - from > FEW;
    if (areMany && at >= 0 && !countByByte(from, to, at)) {
      at = highestDifference(from, to);
      if (at >= 0) {
        countByByte(from, to, at);
      }
    }
    if (areMany && at >= 0) {
      fillBuckets(at);
      int[] ends = bucketEnds[at];
      int start = from;
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        sortByBytes(start, ends[bucket], at - 1);
        start = ends[bucket];
      }
      return;
    }
    spend(to - from);
    if (at >= 0) {
      sortByHead(from, to);
    }
  }

  /** The highest byte in which heads differ, -1 for none. */
  private int highestDifference(int from, int to) {
    long first = head(from);
    long differing = 0;
    for (int i = from + 1; i < to; i++) {
      pulseNowAndThen(i);
      differing |= head(i) ^ first;
    }
    return (Long.SIZE - 1 - Long.numberOfLeadingZeros(differing)) >> 3;
  }

  /** Counts the items of each bucket by a byte; false where all are in one. */
  private boolean countByByte(int from, int to, int at) {
    if (bucketEnds[at] == null) {
      bucketEnds[at] = new int[BUCKETS];
      bucketFills[at] = new int[BUCKETS];
    }
    int[] ends = bucketEnds[at];
    Arrays.fill(ends, 0);
    for (int i = from; i < to; i++) {
      pulseNowAndThen(i);
      ends[byteOf(head(i), at)]++;
    }
    if (ends[byteOf(head(from), at)] == to - from) {
      return false;
    }
    int[] fills = bucketFills[at];
    int end = from;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      fills[bucket] = end;
      end += ends[bucket];
      ends[bucket] = end;
    }
    return true;
  }

  private static int byteOf(long head, int at) {
    return (int) (head >>> Byte.SIZE * at) & BUCKETS - 1;
  }

  /** Puts each item into its bucket: the one it drives out is the next. */
  private void fillBuckets(int at) {
    int[] ends = bucketEnds[at];
    int[] fills = bucketFills[at];
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      for (; fills[bucket] < ends[bucket]; fills[bucket]++) {
        pulseNowAndThen(moves++);
        int place = fills[bucket];
        long head = head(place);
        int ref = ref(place);
        int own = byteOf(head, at);
        while (own != bucket) {
          pulseNowAndThen(moves++);
          int driven = fills[own]++;
          long drivenHead = head(driven);
          int drivenRef = ref(driven);
          put(driven, head, ref);
          head = drivenHead;
          ref = drivenRef;
          own = byteOf(head, at);
        }
        put(place, head, ref);
      }
    }
  }

  private void sortByHead(int start, int stop) {
    int from = start;
    int to = stop;
    while (to - from > SHORT_RANGE) {
      long head = median(anyHead(from, to), anyHead(from, to), anyHead(from, to));
      int split = partition(from, to, head);
      if (split == from) {
        // No head is below this one: those equal to it are in place when they are in front.
        from = head == -1 ? to : partition(from, to, head + 1);
      } else if (split - from < to - split) {
        sortByHead(from, split);
        from = split;
      } else {
        sortByHead(split, to);
        to = split;
      }
    }
    insertionSort(from, to);
  }

  /** The head of an item chosen at random, so that no order of keys is bad on purpose. */
  private long anyHead(int from, int to) {
    random = random * LCG_FACTOR + 1;
    return head(from + (int) ((random >>> 32) * (to - from) >>> 32));
  }

  private static long median(long a, long b, long c) {
    boolean isOrdered = Long.compareUnsigned(a, b) < 0;
    long low = isOrdered ? a : b;
    long high = isOrdered ? b : a;
    if (Long.compareUnsigned(high, c) <= 0) {
      return high;
    }
    return Long.compareUnsigned(low, c) < 0 ? c : low;
  }

  /**
   * Puts the items whose heads are below a bound in front, without a branch to be foreseen; returns
   * where the others begin.
   */
  private int partition(int from, int to, long bound) {
    spend(to - from);
    long split = items + (long) from * ITEM_BYTES;
    long end = items + (long) to * ITEM_BYTES;
    for (long item = split; item < end; item += ITEM_BYTES) {
      long head = NativeMemory.getLong(item);
      int ref = NativeMemory.getInt(item + WORD_BYTES);
      NativeMemory.putLong(item, NativeMemory.getLong(split));
      NativeMemory.putInt(item + WORD_BYTES, NativeMemory.getInt(split + WORD_BYTES));
      NativeMemory.putLong(split, head);
      NativeMemory.putInt(split + WORD_BYTES, ref);
      long borrow = (~head & bound | (~head | bound) & head - bound) >>> 63;
      split += borrow * ITEM_BYTES;
    }
    return (int) ((split - items) / ITEM_BYTES);
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

  /** Counts items that are gone through, of ranges too short to look around in. */
  private void spend(int n) {
    itemsUntilPulse -= n;
    if (itemsUntilPulse <= 0) {
      itemsUntilPulse = ITEMS_A_PULSE;
      pulse.run();
    }
  }

  private void pulseNowAndThen(int i) {
    if ((i & (ITEMS_A_PULSE - 1)) == 0) {
      pulse.run();
    }
  }
}
