package io.djinn.gin.scan;

import java.util.Arrays;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * TIDs gathered in any order, given out ascending and each once: as many of the lowest as a bound
 * of memory takes.
 *
 * <p>A chunk of 65,536 TIDs is a sorted array while it holds few and a bitmap then. Where the bound
 * is passed the highest chunks go, and {@link #end()} falls to the first of them: whoever gathers
 * comes again for what lies from there on.
 */
final class TidWindow {
  private static final int CHUNK_BITS = 16;
  private static final int CHUNK_WORDS = 1 << (CHUNK_BITS - 6);

  /** A sorted array of so many TIDs becomes a bitmap, which takes eight times its memory. */
  private static final int MAX_SORTED = 512;

  private static final int INITIAL_SORTED = 4;

  /** Headers, fields and the place in the table of a chunk, bytes. */
  private static final int CHUNK_BYTES = 96;

  private static final long NO_END = Long.MAX_VALUE;

  /** The TIDs whose upper bits are the same. */
  private static final class Chunk {
    char[] sorted = new char[INITIAL_SORTED];
    int count;
    long[] words;

    int bytes() {
      return CHUNK_BYTES + (words == null ? Character.BYTES * sorted.length : 8 * CHUNK_WORDS);
    }

    void add(char low) {
      if (words != null) {
        words[low >>> 6] |= 1L << low;
      } else if (count == 0 || sorted[count - 1] < low) {
        insert(count, low);
      } else {
        int at = Arrays.binarySearch(sorted, 0, count, low);
        if (at < 0) {
          insert(~at, low);
        }
      }
    }

    private void insert(int at, char low) {
      if (count == MAX_SORTED) {
        words = new long[CHUNK_WORDS];
        for (char one : sorted) {
          words[one >>> 6] |= 1L << one;
        }
        words[low >>> 6] |= 1L << low;
        sorted = null;
        return;
      }
      if (count == sorted.length) {
        sorted = Arrays.copyOf(sorted, count * 2);
      }
      System.arraycopy(sorted, at, sorted, at + 1, count - at);
      sorted[at] = low;
      count++;
    }
  }

  private final long limitBytes;
  private final Long2ObjectHashMap<Chunk> chunks = new Long2ObjectHashMap<>();
  private Chunk last;
  private long lastKey;
  private long bytes;
  private long start;
  private long end;

  /** Keys of the chunks, ascending, while they are given out. */
  private long[] keys;

  private int keyAt;
  private int position;

  TidWindow(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Begins an empty window at a TID. */
  void start(long tid) {
    clear();
    start = tid;
    end = NO_END;
  }

  private void clear() {
    chunks.clear();
    last = null;
    bytes = 0;
    keys = null;
  }

  long start() {
    return start;
  }

  /** About what the TIDs take, bytes. */
  long bytes() {
    return bytes;
  }

  /** Behind the last TID the window takes: what is added from there on is not kept. */
  long end() {
    return end;
  }

  /** Whether there are TIDs behind the end. */
  boolean hasMore() {
    return end != NO_END;
  }

  /** Adds a TID that is not below the start. */
  void add(long tid) {
    if (tid >= end) {
      return;
    }
    long key = tid >>> CHUNK_BITS;
    if (last == null || key != lastKey) {
      last = chunks.get(key);
      lastKey = key;
      if (last == null) {
        last = new Chunk();
        chunks.put(key, last);
        bytes += last.bytes();
      }
    }
    int before = last.bytes();
    last.add((char) tid);
    bytes += last.bytes() - before;
    if (bytes > limitBytes && chunks.size() > 1) {
      dropHighest();
    }
  }

  /** Keeps half of what the memory takes, and one chunk at least. */
  private void dropHighest() {
    long[] sorted = sortedKeys();
    int kept = 0;
    long keptBytes = 0;
    while (kept == 0 || keptBytes + chunks.get(sorted[kept]).bytes() <= limitBytes / 2) {
      keptBytes += chunks.get(sorted[kept++]).bytes();
    }
    end = sorted[kept] << CHUNK_BITS;
    for (int i = kept; i < sorted.length; i++) {
      chunks.remove(sorted[i]);
    }
    bytes = keptBytes;
    last = null;
  }

  private long[] sortedKeys() {
    long[] sorted = new long[chunks.size()];
    int count = 0;
    for (Long2ObjectHashMap<Chunk>.KeyIterator all = chunks.keySet().iterator(); all.hasNext(); ) {
      sorted[count++] = all.nextLong();
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * Moves TIDs out of the window, ascending; nothing is added from the first call on.
   *
   * @param floor TIDs below it are left out
   * @return their number, up to {@code out.length}; 0 where there are no more
   */
  int take(long[] out, long floor) {
    if (keys == null) {
      keys = sortedKeys();
      keyAt = 0;
      position = 0;
    }
    int taken = 0;
    for (; keyAt < keys.length; keyAt++, position = 0) {
      long base = keys[keyAt] << CHUNK_BITS;
      if (base + (1 << CHUNK_BITS) <= floor) {
        continue;
      }
      Chunk chunk = chunks.get(keys[keyAt]);
      taken =
          chunk.words == null
              ? takeSorted(chunk, base, floor, out, taken)
              : takeBits(chunk.words, base, floor, out, taken);
      if (taken == out.length) {
        return taken;
      }
    }
    if (taken == 0) {
      clear();
    }
    return taken;
  }

  private int takeSorted(Chunk chunk, long base, long floor, long[] out, int from) {
    int taken = from;
    while (position < chunk.count && taken < out.length) {
      long tid = base + chunk.sorted[position++];
      if (tid >= floor) {
        out[taken++] = tid;
      }
    }
    return taken;
  }

  private int takeBits(long[] words, long base, long floor, long[] out, int from) {
    int taken = from;
    if (floor > base) {
      int bit = (int) (floor - base);
      position = Math.max(position, bit >>> 6);
      words[bit >>> 6] &= -1L << bit;
    }
    for (; position < CHUNK_WORDS; position++) {
      long word = words[position];
      while (word != 0) {
        if (taken == out.length) {
          words[position] = word;
          return taken;
        }
        out[taken++] = base + ((long) position << 6) + Long.numberOfTrailingZeros(word);
        word &= word - 1;
      }
    }
    return taken;
  }
}
