package io.djinn.gin.scan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.LongStream;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * A set of numbers of 48 bits, such as TIDs: those with the same upper bits are a chunk, which is a
 * sorted array while it holds few and a bitmap then.
 */
public final class SparseBits {
  private static final int CHUNK_BITS = 16;
  private static final int CHUNK_WORDS = 1 << (CHUNK_BITS - 6);

  /** A sorted array of so many numbers becomes a bitmap, which takes eight times its memory. */
  private static final int MAX_SORTED = 512;

  private static final int INITIAL_SORTED = 4;

  /** Headers, fields and the place in the table of a chunk, bytes. */
  private static final int CHUNK_BYTES = 96;

  /** The numbers whose upper bits are the same. */
  private static final class Chunk {
    private char[] sorted = new char[INITIAL_SORTED];
    private int count;
    private long[] words;

    private int bytes() {
      return CHUNK_BYTES
          + (words == null ? Character.BYTES * sorted.length : Long.BYTES * CHUNK_WORDS);
    }

    private boolean contains(char low) {
      return words != null
          ? (words[low >>> 6] >>> low & 1) != 0
          : Arrays.binarySearch(sorted, 0, count, low) >= 0;
    }

    private void add(char low) {
      if (words != null) {
        count += (int) (~words[low >>> 6] >>> low & 1);
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
        sorted = null;
        add(low);
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

  private final Long2ObjectHashMap<Chunk> chunks = new Long2ObjectHashMap<>();
  private Chunk last;
  private long lastKey;
  private long bytes;

  /** About what the set takes, bytes. */
  public long bytes() {
    return bytes;
  }

  public boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** Numbers in the set; counted each time. */
  public long count() {
    return chunks.values().stream().mapToLong(chunk -> chunk.count).sum();
  }

  /** Removes everything. */
  public void clear() {
    chunks.clear();
    last = null;
    bytes = 0;
  }

  /** Adds a number of up to 48 bits. */
  public void add(long number) {
    long key = number >>> CHUNK_BITS;
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
    last.add((char) number);
    bytes += last.bytes() - before;
  }

  /** Whether a number is in the set. */
  public boolean contains(long number) {
    Chunk chunk = chunks.get(number >>> CHUNK_BITS);
    return chunk != null && chunk.contains((char) number);
  }

  /** The upper bits of the chunks there are, ascending. */
  long[] keys() {
    long[] keys = new long[chunks.size()];
    int count = 0;
    for (Long2ObjectHashMap<Chunk>.KeyIterator all = chunks.keySet().iterator(); all.hasNext(); ) {
      keys[count++] = all.nextLong();
    }
    Arrays.sort(keys);
    return keys;
  }

  /** The lowest number each chunk could have, the chunks of most bytes first. */
  public long[] largestFirst() {
    return LongStream.of(keys())
        .boxed()
        .sorted(Comparator.comparingInt((Long key) -> -chunks.get(key.longValue()).bytes()))
        .mapToLong(key -> key << CHUNK_BITS)
        .toArray();
  }

  /** Removes the chunk of a number; returns what was in it, ascending. */
  public long[] removeChunk(long number) {
    long key = number >>> CHUNK_BITS;
    Chunk chunk = chunks.get(key);
    if (chunk == null) {
      return new long[0];
    }
    long[] numbers = new long[chunk.count];
    new Walk(new long[] {key}).take(numbers, 0);
    chunks.remove(key);
    bytes -= chunk.bytes();
    last = null;
    return numbers;
  }

  /**
   * Keeps the lowest chunks as far as they take no more than some memory, and one at least.
   *
   * @return the lowest number that the first chunk removed could have; negative where none was
   */
  long keepLowest(long limitBytes) {
    long[] keys = keys();
    int kept = 0;
    long keptBytes = 0;
    while (kept < keys.length
        && (kept == 0 || keptBytes + chunks.get(keys[kept]).bytes() <= limitBytes)) {
      keptBytes += chunks.get(keys[kept++]).bytes();
    }
    for (int i = kept; i < keys.length; i++) {
      chunks.remove(keys[i]);
    }
    bytes = keptBytes;
    last = null;
    return kept == keys.length ? -1 : keys[kept] << CHUNK_BITS;
  }

  /** A walk over all numbers; the set is not to be changed meanwhile. */
  public Walk walk() {
    return new Walk(keys());
  }

  /** Gives the numbers of a set, ascending. */
  public final class Walk {
    private final long[] keys;
    private final long[] one = new long[1];
    private int keyAt;
    private int position;
    private long word;
    private boolean isWordLoaded;

    private Walk(long[] keys) {
      this.keys = keys;
    }

    /** The next number, or another where there is none. */
    public long next(long none) {
      return take(one, 0) == 0 ? none : one[0];
    }

    /**
     * Writes the next numbers.
     *
     * @param floor numbers below it are left out
     * @return how many, up to {@code out.length}; 0 where there are no more
     */
    int take(long[] out, long floor) {
      int taken = 0;
      while (keyAt < keys.length) {
        long base = keys[keyAt] << CHUNK_BITS;
        if (base + (1 << CHUNK_BITS) > floor) {
          Chunk chunk = chunks.get(keys[keyAt]);
          taken =
              chunk.words == null
                  ? takeSorted(chunk, base, floor, out, taken)
                  : takeBits(chunk.words, base, floor, out, taken);
          if (taken == out.length) {
            return taken;
          }
        }
        keyAt++;
        position = 0;
        isWordLoaded = false;
      }
      return taken;
    }

    private int takeSorted(Chunk chunk, long base, long floor, long[] out, int from) {
      int taken = from;
      while (position < chunk.count && taken < out.length) {
        long number = base + chunk.sorted[position++];
        if (number >= floor) {
          out[taken++] = number;
        }
      }
      return taken;
    }

    private int takeBits(long[] words, long base, long floor, long[] out, int from) {
      int taken = from;
      int floorBit = (int) Math.max(0, floor - base);
      if (floorBit >>> 6 > position) {
        position = floorBit >>> 6;
        isWordLoaded = false;
      }
      for (; position < CHUNK_WORDS; position++, isWordLoaded = false) {
        if (!isWordLoaded) {
          word = words[position];
          isWordLoaded = true;
        }
        if (position == floorBit >>> 6) {
          word &= -1L << floorBit;
        }
        while (word != 0) {
          if (taken == out.length) {
            return taken;
          }
          out[taken++] = base + ((long) position << 6) + Long.numberOfTrailingZeros(word);
          word &= word - 1;
        }
      }
      return taken;
    }
  }
}
