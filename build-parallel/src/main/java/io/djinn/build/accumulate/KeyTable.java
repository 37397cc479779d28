package io.djinn.build.accumulate;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.RunWriter;

/**
 * An off-heap hash of key → growing list of TIDs in one arena, in the form lists have in a run.
 *
 * <p>A slot is eight bytes: the key's 32-bit hash above a 32-bit reference to its entry, in units
 * of eight bytes from the arena's start; 0 is an empty slot. An entry is a multiple of 64 bytes and
 * begins at one, so an entry with a short key and the end of its list is one cache line:
 *
 * <pre>
 * byteOffset bytes field          meaning
 *          0     6 lastTid        the last TID of the list; base - 1 while it has none
 *          6     2 bufferUsed     bytes of the list in the entry's buffer
 *          8     4 tailChunk      reference of the last chunk, 0 for none
 *         12     2 tailUsed       bytes used in it, its header included
 *         14     2 tailCapacity   bytes it has
 *         16     4 firstChunk     reference of the first chunk, 0 for none
 *         20     2 keyLength      bytes of the composite key
 *         22     2 chunks         number of chunks
 *         24       key            padded with zeros to a multiple of eight
 *                  buffer         at least 16 bytes, to the entry's end
 * </pre>
 *
 * A chunk is a multiple of 64 bytes: the reference of the next one (4 bytes), then bytes of the
 * list. The list is the chunks' bytes followed by the buffer's. Every fourth chunk is 64 bytes
 * larger than the ones before it, so that the part of the last one that is never used stays small
 * against a short list as well as a long one.
 *
 * <p>The table doubles inside the arena; the memory of the smaller one is used for entries. When
 * the arena is full the distinct keys alone are sorted, in the memory of the slots.
 */
public final class KeyTable implements AutoCloseable {
  private static final int LAST_TID = 0;
  private static final int TAIL_CHUNK = LAST_TID + 8;
  private static final int FIRST_CHUNK = TAIL_CHUNK + 8;
  private static final int KEY_LENGTH = FIRST_CHUNK + 4;
  private static final int CHUNKS = KEY_LENGTH + 2;
  private static final int KEY = CHUNKS + 2;

  private static final int LINE_BYTES = 64;
  private static final int MIN_BUFFER_BYTES = 16;
  private static final int MAX_CHUNK_BYTES = 2048;
  private static final int CHUNKS_A_SIZE = 4;

  /** From here on all chunks have {@link #MAX_CHUNK_BYTES}. */
  private static final int MAX_COUNTED_CHUNKS = CHUNKS_A_SIZE * (MAX_CHUNK_BYTES / LINE_BYTES);

  private static final int CHUNK_HEADER_BYTES = 4;
  private static final int MIN_SLOTS = 512;
  private static final long TID_MASK = (1L << 48) - 1;
  private static final int REF_SHIFT = 3;
  private static final int KEYS_A_PULSE = 1024;
  private static final int NEARLY_FULL_BYTES = 8 << 10;

  /** The smallest arena there is any use in. */
  public static final int MIN_ARENA_BYTES = 64 << 10;

  private final MemoryRegion region;
  private final long origin;
  private final long end;
  private final long[] areaStarts = new long[32];
  private final long[] areaEnds = new long[32];
  private int areas;
  private long bump;
  private long bumpEnd;
  private long slots;
  private int mask;
  private int keyCount;
  private int startSlots = MIN_SLOTS;
  private boolean growthFailed;
  private long base;
  private long highestTid;
  private long tids;
  private long listBytes;
  private long keyBytes;
  private int longestKey;
  private long touched;

  /**
   * @param arenaBytes drawn at once, at least {@link #MIN_ARENA_BYTES}
   */
  public KeyTable(MemoryAccount account, long arenaBytes) {
    region = MemoryRegion.allocate(account, arenaBytes);
    origin = (region.address() + LINE_BYTES - 1) & -LINE_BYTES;
    end = origin + ((region.address() + region.sizeBytes() - origin) & -LINE_BYTES);
    reset();
  }

  /** Empties the table for a new run; the number of slots fits the last one. */
  void reset() {
    int wanted = startSlots;
    if (keyCount > 0) {
      wanted = Math.max(MIN_SLOTS, Integer.highestOneBit(keyCount) * 4);
      if (growthFailed) {
        wanted = Math.max(wanted, 2 * (mask + 1));
      }
    }
    long most = Long.highestOneBit((end - origin) / 32);
    startSlots = (int) Math.min(wanted, most);
    growthFailed = false;
    keyCount = 0;
    tids = 0;
    listBytes = 0;
    keyBytes = 0;
    longestKey = 0;
    areas = 0;
    bump = origin + LINE_BYTES;
    bumpEnd = end;
    mask = startSlots - 1;
    slots = bump;
    bump += startSlots * 8L;
    NativeMemory.fill(slots, startSlots * 8L, 0);
  }

  /** No TID added until the next reset is below. */
  void base(long firstTid) {
    base = firstTid;
    highestTid = firstTid;
  }

  boolean isEmpty() {
    return keyCount == 0;
  }

  /** Whether a run should rather be cut at the end of this row than inside one of the next. */
  boolean isNearlyFull() {
    return areas == 0 && bumpEnd - bump < Math.max(NEARLY_FULL_BYTES, (end - origin) / 64);
  }

  /** Bytes the run of this table has at most, beside the zero bytes behind lists. */
  public long rawBytes() {
    return listBytes + keyBytes + (long) keyCount * (RunWriter.LENGTH_BYTES + 1);
  }

  public int keyCount() {
    return keyCount;
  }

  public int longestKey() {
    return longestKey;
  }

  public long tids() {
    return tids;
  }

  public long base() {
    return base;
  }

  public long highestTid() {
    return highestTid;
  }

  /**
   * Adds keys of a batch, from one on; the keys of one row may repeat.
   *
   * @return the first key not added because the arena is full, or the batch's count
   */
  int add(KeyBatch batch, int from) {
    int count = batch.count();
    touch(batch, from, count);
    for (int i = from; i < count; i++) {
      if (!add(batch.address(i), batch.length(i), batch.hash(i), batch.tid(i))) {
        return i;
      }
    }
    return count;
  }

  /** Reads slots and entries of all keys once, none depending on another: the misses overlap. */
  private void touch(KeyBatch batch, int from, int count) {
    long sum = 0;
    for (int i = from; i < count; i++) {
      int hash = batch.hash(i);
      long slot = NativeMemory.getLong(slots + (long) (hash & mask) * 8);
      if ((int) (slot >>> 32) == hash) {
        sum += NativeMemory.getByte(origin + ((slot & 0xFFFF_FFFFL) << REF_SHIFT));
      }
    }
    touched += sum;
  }

  private boolean add(long key, int length, int hash, long tid) {
    int i = hash & mask;
    while (true) {
      long slot = NativeMemory.getLong(slots + (long) i * 8);
      if (slot == 0) {
        return insert(i, key, length, hash, tid);
      }
      if ((int) (slot >>> 32) == hash) {
        long entry = origin + ((slot & 0xFFFF_FFFFL) << REF_SHIFT);
        if (isKey(entry, key, length)) {
          return append(entry, length, tid);
        }
      }
      i = (i + 1) & mask;
    }
  }

  private static boolean isKey(long entry, long key, int length) {
    if (NativeMemory.getUnsignedShort(entry + KEY_LENGTH) != length) {
      return false;
    }
    for (int i = 0; i < length; i += 8) {
      if (NativeMemory.getLong(entry + KEY + i) != NativeMemory.getLong(key + i)) {
        return false;
      }
    }
    return true;
  }

  private boolean insert(int slotIndex, long key, int length, int hash, long tid) {
    int i = slotIndex;
    if (2 * (keyCount + 1) > mask + 1) {
      if (!grow()) {
        return false;
      }
      i = hash & mask;
      while (NativeMemory.getLong(slots + (long) i * 8) != 0) {
        i = (i + 1) & mask;
      }
    }
    int padded = KeyBatch.paddedLength(length);
    long entry = allocate(entryBytes(padded));
    if (entry == 0) {
      return false;
    }
    NativeMemory.putLong(entry + LAST_TID, (base - 1) & TID_MASK);
    NativeMemory.putLong(entry + TAIL_CHUNK, 0);
    NativeMemory.putInt(entry + FIRST_CHUNK, 0);
    NativeMemory.putInt(entry + KEY_LENGTH, length);
    NativeMemory.copy(key, entry + KEY, padded);
    long ref = (entry - origin) >>> REF_SHIFT;
    NativeMemory.putLong(slots + (long) i * 8, (long) hash << 32 | ref);
    keyCount++;
    keyBytes += length;
    longestKey = Math.max(longestKey, length);
    return append(entry, length, tid);
  }

  private static int entryBytes(int paddedKeyLength) {
    return (KEY + paddedKeyLength + MIN_BUFFER_BYTES + LINE_BYTES - 1) & -LINE_BYTES;
  }

  private boolean append(long entry, int length, long tid) {
    long state = NativeMemory.getLong(entry + LAST_TID);
    long delta = (tid - state) & TID_MASK;
    if (delta == 0) {
      return true;
    }
    int used = (int) (state >>> 48);
    int bytes = delta < 1 << 7 ? 1 : delta < 1 << 14 ? 2 : longDeltaBytes(delta);
    int padded = KeyBatch.paddedLength(length);
    if (used + bytes > entryBytes(padded) - KEY - padded) {
      if (!flush(entry, entry + KEY + padded, used)) {
        return false;
      }
      used = 0;
    }
    long at = entry + KEY + padded + used;
    if (bytes == 1) {
      NativeMemory.putByte(at, (int) delta);
    } else if (bytes == 2) {
      NativeMemory.putShort(at, (int) (delta & 0x7F | 0x80 | delta >>> 7 << 8));
    } else {
      while (delta >= 0x80) {
        NativeMemory.putByte(at++, (int) delta | 0x80);
        delta >>>= 7;
      }
      NativeMemory.putByte(at, (int) delta);
    }
    NativeMemory.putLong(entry + LAST_TID, tid | (long) (used + bytes) << 48);
    highestTid = tid;
    tids++;
    listBytes += bytes;
    return true;
  }

  private static int longDeltaBytes(long delta) {
    return (70 - Long.numberOfLeadingZeros(delta)) / 7;
  }

  /** Moves a full buffer into the chunks; false, with nothing changed, where the arena is full. */
  private boolean flush(long entry, long buffer, int used) {
    long tail = NativeMemory.getLong(entry + TAIL_CHUNK);
    long tailRef = tail & 0xFFFF_FFFFL;
    int tailUsed = (int) (tail >>> 32) & 0xFFFF;
    int capacity = (int) (tail >>> 48);
    long from = buffer;
    int left = used;
    if (capacity - tailUsed < used) {
      int chunks = NativeMemory.getUnsignedShort(entry + CHUNKS);
      int size = chunkBytes(chunks);
      long chunk = allocate(size);
      if (chunk == 0) {
        return false;
      }
      long ref = (chunk - origin) >>> REF_SHIFT;
      NativeMemory.putInt(chunk, 0);
      NativeMemory.putShort(entry + CHUNKS, Math.min(chunks + 1, MAX_COUNTED_CHUNKS));
      if (tailRef == 0) {
        NativeMemory.putInt(entry + FIRST_CHUNK, (int) ref);
      } else {
        long old = origin + (tailRef << REF_SHIFT);
        int part = capacity - tailUsed;
        copyBytes(from, old + tailUsed, part);
        from += part;
        left -= part;
        NativeMemory.putInt(old, (int) ref);
      }
      tailRef = ref;
      tailUsed = CHUNK_HEADER_BYTES;
      capacity = size;
    }
    copyBytes(from, origin + (tailRef << REF_SHIFT) + tailUsed, left);
    NativeMemory.putLong(
        entry + TAIL_CHUNK, tailRef | (long) (tailUsed + left) << 32 | (long) capacity << 48);
    return true;
  }

  /** Copies a few bytes: faster than a call of the intrinsic at these lengths. */
  private static void copyBytes(long from, long to, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      NativeMemory.putLong(to + i, NativeMemory.getLong(from + i));
    }
    for (; i < length; i++) {
      NativeMemory.putByte(to + i, NativeMemory.getByte(from + i));
    }
  }

  private long allocate(int sizeBytes) {
    while (bumpEnd - bump < sizeBytes) {
      if (areas == 0) {
        return 0;
      }
      areas--;
      bump = areaStarts[areas];
      bumpEnd = areaEnds[areas];
    }
    long at = bump;
    bump += sizeBytes;
    return at;
  }

  /** Doubles the slots; false where the arena has no room for them. */
  private boolean grow() {
    int oldSlots = mask + 1;
    long bytes = oldSlots * 16L;
    if (bumpEnd - bump < bytes || oldSlots >= 1 << 29) {
      growthFailed = true;
      return false;
    }
    long old = slots;
    slots = bump;
    bump += bytes;
    mask = 2 * oldSlots - 1;
    NativeMemory.fill(slots, bytes, 0);
    for (int i = 0; i < oldSlots; i++) {
      long slot = NativeMemory.getLong(old + i * 8L);
      if (slot != 0) {
        int j = (int) (slot >>> 32) & mask;
        while (NativeMemory.getLong(slots + (long) j * 8) != 0) {
          j = (j + 1) & mask;
        }
        NativeMemory.putLong(slots + (long) j * 8, slot);
      }
    }
    areaStarts[areas] = old;
    areaEnds[areas] = old + oldSlots * 8L;
    areas++;
    return true;
  }

  /**
   * Writes all keys in order with their lists; the table must be reset afterwards.
   *
   * @param pulse run now and then; what it throws ends the writing
   */
  public void write(RunWriter out, Runnable pulse) {
    KeySorter sorter = new KeySorter(slots, origin, KEY_LENGTH, KEY, pulse);
    int n = sorter.gather(mask + 1);
    sorter.sort(0, n);
    for (int i = 0; i < n; i++) {
      if ((i & (KEYS_A_PULSE - 1)) == 0) {
        pulse.run();
      }
      long entry = sorter.entry(i);
      int length = NativeMemory.getUnsignedShort(entry + KEY_LENGTH);
      out.key(entry + KEY, length);
      writeList(entry, out);
      int used = (int) (NativeMemory.getLong(entry + LAST_TID) >>> 48);
      out.bytes(entry + KEY + KeyBatch.paddedLength(length), used);
      out.endKey();
    }
  }

  private void writeList(long entry, RunWriter out) {
    long tail = NativeMemory.getLong(entry + TAIL_CHUNK);
    int tailRef = (int) tail;
    int tailUsed = (int) (tail >>> 32) & 0xFFFF;
    int ref = NativeMemory.getInt(entry + FIRST_CHUNK);
    int chunks = 0;
    while (ref != 0) {
      long chunk = origin + ((ref & 0xFFFF_FFFFL) << REF_SHIFT);
      int used = ref == tailRef ? tailUsed : chunkBytes(chunks);
      out.bytes(chunk + CHUNK_HEADER_BYTES, used - CHUNK_HEADER_BYTES);
      chunks = Math.min(chunks + 1, MAX_COUNTED_CHUNKS);
      ref = NativeMemory.getInt(chunk);
    }
  }

  /** Bytes of an entry's chunk, by the number of chunks before it. */
  private static int chunkBytes(int before) {
    return Math.min(MAX_CHUNK_BYTES, (1 + before / CHUNKS_A_SIZE) * LINE_BYTES);
  }

  /** Keeps the reads of {@link #touch} from being taken out. */
  long touched() {
    return touched;
  }

  @Override
  public void close() {
    region.close();
  }
}
