package io.djinn.build.accumulate;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinQuery;
import io.djinn.sort.RunWriter;
import java.util.function.IntConsumer;
import org.agrona.collections.IntHashSet;

/**
 * An off-heap hash of key → growing list of TIDs in one arena, in the form lists have in a run.
 *
 * <p>A slot is eight bytes: the key's 32-bit hash above a 32-bit reference to its entry, in units
 * of four bytes from the arena's start; 0 is an empty slot. There are as many slots as the keys of
 * the run before would have filled to two thirds, the most that is filled, or to two fifths where
 * lists were long: slots are a small part of the arena then, and a key is found in the first one
 * more often. An entry begins with 16 bytes beside which the key and the end of its list stand, so
 * that all of it is one cache line where the key is short:
 *
 * <pre>
 * byteOffset bytes field        meaning
 *          0     6 lastTid      the last TID of the list; base - 1 while it has none
 *          6     2 bufferUsed   bytes of the list in the entry's buffer
 *          8     4 tailChunk    reference of the last chunk, 0 for none
 *         12     2 tailUsed     bytes used in it, its header included
 *         14     2 keyLength    bytes of the composite key
 *         16       key
 *                  buffer       at least 6 bytes, to the entry's end at most
 * </pre>
 *
 * A chunk of the list:
 *
 * <pre>
 * byteOffset bytes field        meaning
 *          0     4 next         reference of the next chunk, in the last one of the first
 *          4     2 before       number of chunks before it
 *          6       bytes of the list
 * </pre>
 *
 * The list is the chunks' bytes followed by the buffer's. Entries and chunks are multiples of a
 * cache line, 64 bytes, where the run before had long lists; else chunks are multiples of 16 bytes,
 * and entries of four: how many keys the arena holds decides then how many runs there are. Every
 * fourth line or every second of the small chunks is a unit larger than the ones before it, so that
 * what the last one does not use stays small against a short list as well as a long one.
 *
 * <p>In a run's form a list is ascending. A table of disordered rows takes TIDs in any order
 * instead: the distance to the TID before is written as {@code zigzag + 1}, a quarter of the arena
 * is kept free, and {@link DisorderedLists} sorts each list there when the run is written. Such a
 * list is never shorter than its run's form but for the first TID: of all ways through points of a
 * line the ascending one has, largest step to largest step, the shortest.
 *
 * <p>Entries are allocated from the arena's start and chunks from its end, so that entries stand
 * one behind the other. The slots double inside the arena, or become as many as keys will fit it;
 * the memory of those before is used for entries and chunks in the same way. When the arena is full
 * the distinct keys alone are sorted, in the memory of the slots: all entries are read for it in
 * the order in which they stand, which the processor reads ahead of, rather than through the slots,
 * of which each would be a miss of the caches.
 */
public final class KeyTable implements AutoCloseable {
  static final int LAST_TID = 0;
  static final int TAIL_CHUNK = LAST_TID + 8;
  static final int TAIL_USED = TAIL_CHUNK + 4;
  static final int KEY_LENGTH = TAIL_USED + 2;
  static final int KEY = KEY_LENGTH + 2;

  static final int CHUNK_NEXT = 0;
  private static final int CHUNK_BEFORE = CHUNK_NEXT + 4;
  static final int CHUNK_LIST = CHUNK_BEFORE + 2;

  private static final int LINE_BYTES = 64;
  private static final int SMALL_CHUNK_BYTES = 16;
  private static final int WORD_BYTES = 8;
  private static final int MIN_BUFFER_BYTES = 6;
  private static final int MAX_CHUNK_BYTES = 2048;
  private static final int CHUNKS_A_SIZE = 4;
  private static final int SMALL_CHUNKS_A_SIZE = 2;

  /** From here on chunks are not counted: all have {@link #MAX_CHUNK_BYTES}. */
  private static final int MAX_COUNTED_CHUNKS =
      SMALL_CHUNKS_A_SIZE * (MAX_CHUNK_BYTES / SMALL_CHUNK_BYTES);

  /** Lists shorter than this on average waste most of a cache line. */
  private static final int SHORT_LIST_BYTES = 40;

  private static final int MIN_SLOTS = 512;
  private static final int MAX_SLOTS = 1 << 30;

  /** Slots are made more by this part of them, where not by more, and by the second at least. */
  private static final int GROWTH_SHARE = 4;

  private static final int LEAST_GROWTH_SHARE = 8;

  /** How often slots are made more at most. */
  private static final int MOST_AREAS = 128;

  private static final int SLOT_BYTES = 8;

  /** Slots for ten keys that are expected, with short lists and with long ones. */
  private static final int SLOTS_FOR_TEN = 15;

  private static final int MANY_SLOTS_FOR_TEN = 25;

  /** Slots may be a third of the arena. */
  private static final int SLOTS_SHARE = 3;

  private static final long TID_MASK = (1L << 48) - 1;
  static final int REF_SHIFT = 2;

  /** What references count in: entries of keys with short lists are multiples of it. */
  private static final int SMALL_ENTRY_BYTES = 1 << REF_SHIFT;

  private static final int KEYS_A_PULSE = 1024;

  /** A power of two. */
  private static final int TOUCHED_ENTRIES = 16;

  private static final int BYTES_A_PULSE = 1 << 20;

  /** Above so many entries of one row their set is made anew rather than cleared. */
  private static final int LARGE_ROW = 4096;

  /** An arena with less left is nearly full, or with less than this share of it. */
  private static final int NEARLY_FULL_BYTES = 8 << 10;

  private static final int NEARLY_FULL_SHARE = 1024;

  /** The part of the arena in which lists of disordered rows are sorted. */
  private static final int SCRATCH_SHARE = 4;

  /**
   * With less than this part of the arena in entries and chunks a table is hardly begun. So, rows
   * that go on stepping back are at most twice as many runs as rows in order: were the part
   * smaller, steps just beyond it would make as many times more of them.
   */
  private static final int BEGUN_SHARE = 2;

  /** The smallest arena there is any use in. */
  public static final int MIN_ARENA_BYTES = 64 << 10;

  /** What references of 32 bits reach, in units of four bytes. */
  public static final long MAX_ARENA_BYTES = 1L << 32 << REF_SHIFT;

  private final MemoryRegion region;
  private final long origin;
  private final long end;

  /** Where slots were that have been made more: entries and chunks will be allocated there. */
  private final long[] areaStarts = new long[MOST_AREAS];

  private final long[] areaEnds = new long[MOST_AREAS];
  private int areas;

  /** Where entries stand, one behind the other; the last ones end at {@link #bump}. */
  private final long[] entryStarts = new long[MOST_AREAS + 1];

  private final long[] entryEnds = new long[MOST_AREAS + 1];
  private int entryAreas;

  /** Entries are allocated from the first, chunks from the second backwards. */
  private long bump;

  private long bumpEnd;
  private long slots;
  private int slotCount;
  private int keyCount;
  private int startSlots = MIN_SLOTS;

  /** Whether an entry, a chunk, or more slots found no room. */
  private boolean isFull;

  /** How many leading bytes, of eight, the keys share with the first one. */
  private int sharedBytes;

  private long firstWord;
  private int unitBytes = SMALL_CHUNK_BYTES;
  private int chunksASize = SMALL_CHUNKS_A_SIZE;
  private int entryUnitBytes = SMALL_ENTRY_BYTES;
  private long base;
  private long highestTid;
  private long tids;
  private long listBytes;
  private long keyBytes;
  private int longestKey;
  private long touched;
  private long allocatedBytes;

  /** Whether TIDs may come in any order until the next reset. */
  private boolean isDisordered;

  private long lowestTid;

  /**
   * Whether a key with a payload may come again for its last TID: a row is given again. Among
   * disordered rows it may in another row, and the entries of the present one are kept.
   */
  private boolean isRowRepeated;

  /** References to the entries that the present row's keys with payloads are of; if disordered. */
  private IntHashSet rowEntries = new IntHashSet();

  private int row;

  /** Of each column, whether the TIDs of its keys have payloads. */
  private final boolean[] keepsPayloads;

  /** Of the key that is being added: where its payload is, and its bytes, -1 for none. */
  private long payload;

  private int payloadLength = -1;

  /**
   * @param arenaBytes drawn at once, {@link #MIN_ARENA_BYTES} to {@link #MAX_ARENA_BYTES}
   * @param keepsPayloads of each column, whether the TIDs of its keys have payloads
   */
  public KeyTable(MemoryAccount account, long arenaBytes, boolean[] keepsPayloads) {
    if (arenaBytes > MAX_ARENA_BYTES) {
      throw new IllegalArgumentException(
          "an arena of " + arenaBytes + " bytes, references reach " + MAX_ARENA_BYTES);
    }
    this.keepsPayloads = keepsPayloads.clone();
    region = MemoryRegion.allocate(account, arenaBytes);
    origin = (region.address() + LINE_BYTES - 1) & -LINE_BYTES;
    // Keys are read in whole words: what stands behind the last entry is read too.
    end = origin + ((region.address() + region.sizeBytes() - WORD_BYTES - origin) & -LINE_BYTES);
    reset(false);
  }

  /**
   * Empties the table for a new run; the number of slots and the unit fit the last one.
   *
   * @param disordered whether TIDs may come in any order until the next reset
   */
  void reset(boolean disordered) {
    if (keyCount > 0) {
      boolean areShort = listBytes / keyCount < SHORT_LIST_BYTES;
      unitBytes = areShort ? SMALL_CHUNK_BYTES : LINE_BYTES;
      chunksASize = areShort ? SMALL_CHUNKS_A_SIZE : CHUNKS_A_SIZE;
      entryUnitBytes = areShort ? SMALL_ENTRY_BYTES : LINE_BYTES;
      startSlots =
          slotsForNext(
              areShort ? SLOTS_FOR_TEN : MANY_SLOTS_FOR_TEN,
              disordered ? end - origin - scratchBytes() : end - origin);
    }
    isFull = false;
    keyCount = 0;
    tids = 0;
    listBytes = 0;
    keyBytes = 0;
    longestKey = 0;
    areas = 0;
    entryAreas = 0;
    isDisordered = disordered;
    beginRow();
    allocatedBytes = 0;
    slotCount = startSlots;
    slots = origin + LINE_BYTES;
    long slotsBytes = (long) slotCount * SLOT_BYTES;
    NativeMemory.fill(slots, slotsBytes, 0);
    beginEntries(slots + slotsBytes, disordered ? end - scratchBytes() : end);
  }

  /** Slots for as many keys as this table had, or would have had with all of the arena used. */
  private int slotsForNext(int forTen, long arenaBytes) {
    long keys = keyCount;
    if (isFull || isNearlyFull()) {
      long bytesAKey = allocatedBytes / keyCount + SLOT_BYTES * forTen / 10;
      keys = Math.min(arenaBytes / bytesAKey, 2L * keyCount);
    }
    long most = arenaBytes / SLOTS_SHARE / SLOT_BYTES;
    // A whole number of cache lines.
    return (int) Math.max(MIN_SLOTS, Math.min(keys * forTen / 10, most) & -8);
  }

  /** Slots for as many keys as will fit the arena with them, all slots' memory included. */
  private long slotsForRest() {
    long bytesAKey = allocatedBytes / keyCount;
    long room = bumpEnd - bump + (long) slotCount * SLOT_BYTES;
    for (int i = 0; i < areas; i++) {
      room += areaEnds[i] - areaStarts[i];
    }
    // Two thirds of the slots are filled.
    long keys = (keyCount * bytesAKey + room) / (bytesAKey + SLOT_BYTES * 3 / 2);
    return keys * 3 / 2 & -8;
  }

  private int slotOf(int hash) {
    return (int) ((hash & 0xFFFF_FFFFL) * slotCount >>> 32);
  }

  private long scratchBytes() {
    return (end - origin) / SCRATCH_SHARE & -LINE_BYTES;
  }

  /** The first TID; unless the table is of disordered rows none added to it is below. */
  void base(long firstTid) {
    base = firstTid;
    highestTid = firstTid;
    lowestTid = firstTid;
  }

  /** Whether TIDs may come in any order. */
  boolean isDisordered() {
    return isDisordered;
  }

  /** Whether a run cut now would be a small part of what the arena holds. */
  boolean isHardlyBegun() {
    return allocatedBytes < (end - origin) / BEGUN_SHARE;
  }

  /** From now on keys with payloads may, or may not, come again for the last TID of their lists. */
  void rowIsRepeated(boolean isRepeated) {
    isRowRepeated = isRepeated;
  }

  private void beginRow() {
    if (rowEntries.size() > LARGE_ROW) {
      rowEntries = new IntHashSet();
    } else {
      rowEntries.clear();
    }
  }

  boolean isEmpty() {
    return keyCount == 0;
  }

  /** Whether a run should rather be cut at the end of this row than inside one of the next. */
  boolean isNearlyFull() {
    return areas == 0
        && bumpEnd - bump < Math.max(NEARLY_FULL_BYTES, (end - origin) / NEARLY_FULL_SHARE);
  }

  /** Bytes the run of this table has at most, beside the zero bytes behind lists. */
  public long rawBytes() {
    int head = RunWriter.HEAD_BYTES + 1;
    int firstTid = isDisordered ? RunWriter.DELTA_BYTES - 1 : 0;
    return listBytes + keyBytes + (long) keyCount * (head + firstTid);
  }

  public int keyCount() {
    return keyCount;
  }

  public int longestKey() {
    return longestKey;
  }

  /** TIDs over all lists; once a table of disordered rows is written, without repetitions. */
  public long tids() {
    return tids;
  }

  /** No TID is below. */
  public long base() {
    return isDisordered ? lowestTid : base;
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
      payloadLength = batch.payloadLength(i);
      payload = payloadLength < 0 ? 0 : batch.payload(i);
      if (isDisordered && batch.row(i) != row) {
        row = batch.row(i);
        beginRow();
      }
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
      long slot = NativeMemory.getLong(slots + (long) slotOf(hash) * SLOT_BYTES);
      if ((int) (slot >>> 32) == hash) {
        sum += NativeMemory.getByte(origin + ((slot & 0xFFFF_FFFFL) << REF_SHIFT));
      }
    }
    touched += sum;
  }

  /** Reads entries that are written next, none depending on another: the misses overlap. */
  private void touch(KeySorter sorter, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      long entry = sorter.entry(i);
      // Few entries are longer than a line, but most reach into a second one.
      sum += NativeMemory.getByte(entry);
      sum += NativeMemory.getByte(Math.min(entry + LINE_BYTES / 2, end - 1));
    }
    touched += sum;
  }

  private boolean add(long key, int length, int hash, long tid) {
    int i = slotOf(hash);
    while (true) {
      long slot = NativeMemory.getLong(slots + (long) i * SLOT_BYTES);
      if (slot == 0) {
        return insert(i, key, length, hash, tid);
      }
      if ((int) (slot >>> 32) == hash) {
        long entry = origin + ((slot & 0xFFFF_FFFFL) << REF_SHIFT);
        if (isKey(entry, key, length)) {
          return append(entry, length, tid);
        }
      }
      i = behind(i);
    }
  }

  private int behind(int slotIndex) {
    return slotIndex + 1 == slotCount ? 0 : slotIndex + 1;
  }

  private static boolean isKey(long entry, long key, int length) {
    if (NativeMemory.getUnsignedShort(entry + KEY_LENGTH) != length) {
      return false;
    }
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      if (NativeMemory.getLong(entry + KEY + i) != NativeMemory.getLong(key + i)) {
        return false;
      }
    }
    if (i == length) {
      return true;
    }
    // The batch's key is padded with zeros, the entry's is followed by its buffer.
    long own = NativeMemory.getLong(entry + KEY + i) & (1L << 8 * (length - i)) - 1;
    return own == NativeMemory.getLong(key + i);
  }

  private boolean insert(int slotIndex, long key, int length, int hash, long tid) {
    int i = slotIndex;
    if (3L * (keyCount + 1) > 2L * slotCount) {
      if (!grow()) {
        return false;
      }
      i = slotOf(hash);
      while (NativeMemory.getLong(slots + (long) i * SLOT_BYTES) != 0) {
        i = behind(i);
      }
    }
    boolean mayNeedChunks = payloadLength >= 0 || bufferBytes(length) < RunWriter.DELTA_BYTES;
    if (mayNeedChunks && !hasRoom(entryBytes(length) + mostArenaBytes())) {
      return false;
    }
    long entry = allocateEntry(entryBytes(length));
    if (entry == 0) {
      return false;
    }
    NativeMemory.putLong(entry + LAST_TID, (base - 1) & TID_MASK);
    NativeMemory.putLong(entry + TAIL_CHUNK, (long) length << 48);
    for (int at = 0; at < length; at += WORD_BYTES) {
      NativeMemory.putLong(entry + KEY + at, NativeMemory.getLong(key + at));
    }
    long ref = (entry - origin) >>> REF_SHIFT;
    NativeMemory.putLong(slots + (long) i * SLOT_BYTES, (long) hash << 32 | ref);
    share(NativeMemory.getLong(key), length);
    keyCount++;
    keyBytes += length;
    longestKey = Math.max(longestKey, length);
    return append(entry, length, tid);
  }

  private void share(long word, int length) {
    if (keyCount == 0) {
      firstWord = word;
      sharedBytes = Math.min(length, Long.BYTES);
    } else {
      int same = Long.numberOfTrailingZeros(firstWord ^ word) >>> 3;
      sharedBytes = Math.min(sharedBytes, Math.min(same, length));
    }
  }

  private int entryBytes(int keyLength) {
    return (KEY + keyLength + MIN_BUFFER_BYTES + entryUnitBytes - 1) & -entryUnitBytes;
  }

  /** Bytes of an entry's buffer that are used: no more than a new chunk of the least size takes. */
  private int bufferBytes(int keyLength) {
    return Math.min(entryBytes(keyLength) - KEY - keyLength, unitBytes - CHUNK_LIST);
  }

  /** What stands for a TID in a list of disordered rows, 0 where it is the list's last one. */
  private long disorderedDelta(long tid, long state) {
    long step = tid - (state & TID_MASK);
    if (step == 0 && state >>> 48 != 0) {
      return 0;
    }
    lowestTid = Math.min(lowestTid, tid);
    return (step << 1 ^ step >> 63) + 1;
  }

  /**
   * Distance of a TID from the list's last one, or from below the base, in a table of ordered rows;
   * 0 where it is the list's last one.
   */
  private static long orderedDelta(long tid, long state) {
    long delta = (tid - state) & TID_MASK;
    // From below 0 to the highest TID the distance takes one bit more than a TID.
    return delta == 0 && state >>> 48 == 0 ? TID_MASK + 1 : delta;
  }

  private boolean append(long entry, int length, long tid) {
    assert isDisordered || tid >= highestTid : "TID " + tid + " behind " + highestTid;
    long state = NativeMemory.getLong(entry + LAST_TID);
    long delta = isDisordered ? disorderedDelta(tid, state) : orderedDelta(tid, state);
    if (payloadLength >= 0) {
      return appendWithPayload(entry, length, tid, delta, (int) (state >>> 48));
    }
    if (delta == 0) {
      return true;
    }
    int used = (int) (state >>> 48);
    int bytes = delta < 1 << 7 ? 1 : delta < 1 << 14 ? 2 : longDeltaBytes(delta);
    long buffer = entry + KEY + length;
    int capacity = bufferBytes(length);
    if (bytes > capacity) {
      return appendInPieces(entry, buffer, capacity, used, tid, delta);
    }
    if (used + bytes > capacity) {
      if (!flush(entry, buffer, used)) {
        return false;
      }
      used = 0;
    }
    long at = buffer + used;
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
    highestTid = Math.max(highestTid, tid);
    tids++;
    listBytes += bytes;
    return true;
  }

  /** Appends a TID whose distance is longer than the buffer. */
  private boolean appendInPieces(
      long entry, long buffer, int capacity, int usedBefore, long tid, long delta) {
    if (!hasRoom(mostArenaBytes())) {
      return false;
    }
    int used = putNumber(entry, buffer, capacity, usedBefore, delta);
    NativeMemory.putLong(entry + LAST_TID, tid | (long) used << 48);
    highestTid = Math.max(highestTid, tid);
    tids++;
    listBytes += numberBytes(delta);
    return true;
  }

  /** The most bytes of the arena that the TID and the payload to be added may take in chunks. */
  private int mostArenaBytes() {
    return 2 * (payloadLength + 2 * RunWriter.DELTA_BYTES) + 2 * MAX_CHUNK_BYTES;
  }

  /** Whether so many bytes can be allocated, in one piece or in several. */
  private boolean hasRoom(int bytes) {
    while (bumpEnd - bump < bytes) {
      if (areas == 0) {
        isFull = true;
        return false;
      }
      nextArea();
    }
    return true;
  }

  private boolean appendWithPayload(long entry, int length, long tid, long delta, int usedBefore) {
    boolean isFirst = !isDisordered || rowEntries.add((int) ((entry - origin) >>> REF_SHIFT));
    if (delta == 0) {
      if (isRowRepeated || (isDisordered && isFirst)) {
        return true;
      }
      throw new IllegalStateException(
          "an operator class gave a key with a payload twice for TID " + tid);
    }
    if (!hasRoom(mostArenaBytes())) {
      return false;
    }
    long buffer = entry + KEY + length;
    int capacity = bufferBytes(length);
    int used = putNumber(entry, buffer, capacity, usedBefore, delta);
    used = putNumber(entry, buffer, capacity, used, payloadLength);
    for (int done = 0; done < payloadLength; ) {
      used = withRoom(entry, buffer, capacity, used);
      int part = Math.min(payloadLength - done, capacity - used);
      copyBytes(payload + done, buffer + used, part);
      used += part;
      done += part;
    }
    NativeMemory.putLong(entry + LAST_TID, tid | (long) used << 48);
    highestTid = Math.max(highestTid, tid);
    tids++;
    listBytes += numberBytes(delta) + numberBytes(payloadLength) + payloadLength;
    return true;
  }

  private static int numberBytes(long number) {
    return number == 0 ? 1 : longDeltaBytes(number);
  }

  /** Puts a number behind what a buffer holds; returns the bytes it then holds. */
  private int putNumber(long entry, long buffer, int capacity, int usedBefore, long number) {
    int used = usedBefore;
    long rest = number;
    while (rest >= 0x80) {
      used = withRoom(entry, buffer, capacity, used);
      NativeMemory.putByte(buffer + used++, (int) rest | 0x80);
      rest >>>= 7;
    }
    used = withRoom(entry, buffer, capacity, used);
    NativeMemory.putByte(buffer + used, (int) rest);
    return used + 1;
  }

  /** Empties a full buffer into the chunks, for which there is room. */
  private int withRoom(long entry, long buffer, int capacity, int used) {
    if (used < capacity) {
      return used;
    }
    boolean isFlushed = flush(entry, buffer, used);
    assert isFlushed : "the arena was to have room for a payload";
    return 0;
  }

  private static int longDeltaBytes(long delta) {
    return (70 - Long.numberOfLeadingZeros(delta)) / 7;
  }

  /** Moves a full buffer into the chunks; false, with nothing changed, where the arena is full. */
  private boolean flush(long entry, long buffer, int used) {
    int tailRef = NativeMemory.getInt(entry + TAIL_CHUNK);
    int tailUsed = NativeMemory.getUnsignedShort(entry + TAIL_USED);
    long tail = chunk(tailRef);
    int room = tailRef == 0 ? 0 : chunkBytes(tail) - tailUsed;
    if (room >= used) {
      copyBytes(buffer, tail + tailUsed, used);
      NativeMemory.putShort(entry + TAIL_USED, tailUsed + used);
      return true;
    }
    int before =
        tailRef == 0
            ? 0
            : Math.min(MAX_COUNTED_CHUNKS, NativeMemory.getUnsignedShort(tail + CHUNK_BEFORE) + 1);
    long chunk = allocateChunk(chunkBytes(before));
    if (chunk == 0) {
      return false;
    }
    int ref = (int) ((chunk - origin) >>> REF_SHIFT);
    NativeMemory.putShort(chunk + CHUNK_BEFORE, before);
    if (tailRef == 0) {
      NativeMemory.putInt(chunk + CHUNK_NEXT, ref);
    } else {
      copyBytes(buffer, tail + tailUsed, room);
      NativeMemory.putInt(chunk + CHUNK_NEXT, NativeMemory.getInt(tail + CHUNK_NEXT));
      NativeMemory.putInt(tail + CHUNK_NEXT, ref);
    }
    copyBytes(buffer + room, chunk + CHUNK_LIST, used - room);
    NativeMemory.putInt(entry + TAIL_CHUNK, ref);
    NativeMemory.putShort(entry + TAIL_USED, CHUNK_LIST + used - room);
    return true;
  }

  /** Bytes of a chunk with so many before it. */
  private int chunkBytes(int before) {
    return Math.min(MAX_CHUNK_BYTES, (1 + before / chunksASize) * unitBytes);
  }

  /** Bytes of a chunk. */
  int chunkBytes(long chunk) {
    return chunkBytes(NativeMemory.getUnsignedShort(chunk + CHUNK_BEFORE));
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

  /** Allocates an entry, behind the one before it where there is room; 0 where there is none. */
  private long allocateEntry(int sizeBytes) {
    if (!hasRoom(sizeBytes)) {
      return 0;
    }
    long at = bump;
    bump += sizeBytes;
    allocatedBytes += sizeBytes;
    return at;
  }

  /** Allocates a chunk, from the other end than entries; 0 where there is no room. */
  private long allocateChunk(int sizeBytes) {
    if (!hasRoom(sizeBytes)) {
      return 0;
    }
    bumpEnd -= sizeBytes;
    allocatedBytes += sizeBytes;
    return bumpEnd;
  }

  private void nextArea() {
    entryEnds[entryAreas++] = bump;
    areas--;
    beginEntries(areaStarts[areas], areaEnds[areas]);
  }

  private void beginEntries(long areaStart, long areaEnd) {
    entryStarts[entryAreas] = areaStart;
    bump = areaStart;
    bumpEnd = areaEnd;
  }

  /** Makes the slots more; false where the arena has no room for a part more that is worth it. */
  private boolean grow() {
    int oldSlots = slotCount;
    long wanted = 2L * oldSlots;
    long mostUsed = slotsForRest();
    if (mostUsed < 2 * wanted) {
      // There would be no room to double them once more.
      // A whole number of cache lines.
      wanted = Math.max(mostUsed, oldSlots + oldSlots / GROWTH_SHARE & -8);
    }
    wanted = Math.min(wanted, (bumpEnd - bump) / SLOT_BYTES - 8 & -8);
    if (wanted < oldSlots + oldSlots / LEAST_GROWTH_SHARE
        || wanted > MAX_SLOTS
        || entryAreas + areas == MOST_AREAS) {
      isFull = true;
      return false;
    }
    long bytes = wanted * SLOT_BYTES;
    long old = slots;
    // From the end that chunks are allocated from: entries stay beside each other.
    slots = bumpEnd - bytes & -LINE_BYTES;
    bumpEnd = slots;
    slotCount = (int) wanted;
    NativeMemory.fill(slots, bytes, 0);
    for (int i = 0; i < oldSlots; i++) {
      long slot = NativeMemory.getLong(old + (long) i * SLOT_BYTES);
      if (slot != 0) {
        int j = slotOf((int) (slot >>> 32));
        while (NativeMemory.getLong(slots + (long) j * SLOT_BYTES) != 0) {
          j = behind(j);
        }
        NativeMemory.putLong(slots + (long) j * SLOT_BYTES, slot);
      }
    }
    areaStarts[areas] = old;
    areaEnds[areas] = old + (long) oldSlots * SLOT_BYTES;
    areas++;
    return true;
  }

  /**
   * Writes all keys in order with their lists; the table must be reset afterwards.
   *
   * @param pulse run now and then; what it throws ends the writing
   */
  public void write(RunWriter out, Runnable pulse) {
    write(out, pulse, keys -> {});
  }

  /**
   * Writes all keys in order with their lists; the table must be reset afterwards.
   *
   * @param pulse run now and then; what it throws ends the writing
   * @param sorted hears how many keys there are when they are in order
   */
  public void write(RunWriter out, Runnable pulse, IntConsumer sorted) {
    KeySorter sorter = new KeySorter(slots, origin, KEY_LENGTH, KEY, sharedBytes, pulse);
    gather(sorter);
    sorter.sort();
    int n = sorter.count();
    sorted.accept(n);
    if (isDisordered) {
      writeSorted(sorter, n, out, pulse);
      return;
    }
    for (int i = 0; i < n; i++) {
      if ((i & (KEYS_A_PULSE - 1)) == 0) {
        pulse.run();
      }
      if ((i & (TOUCHED_ENTRIES - 1)) == 0) {
        touch(sorter, i, Math.min(n, i + TOUCHED_ENTRIES));
      }
      long entry = sorter.entry(i);
      int length = NativeMemory.getUnsignedShort(entry + KEY_LENGTH);
      out.key(entry + KEY, length, hasPayloads(entry + KEY));
      writeList(entry, out, pulse);
      int used = (int) (NativeMemory.getLong(entry + LAST_TID) >>> 48);
      out.bytes(entry + KEY + length, used);
      out.endKey();
    }
  }

  /** Gives all entries to a sorter, in the order in which they stand in memory. */
  private void gather(KeySorter sorter) {
    entryEnds[entryAreas] = bump;
    for (int i = 0; i <= entryAreas; i++) {
      long entry = entryStarts[i];
      while (entry < entryEnds[i]) {
        sorter.add(entry);
        entry += entryBytes(NativeMemory.getUnsignedShort(entry + KEY_LENGTH));
      }
    }
    assert sorter.count() == keyCount : sorter.count() + " entries of " + keyCount + " keys";
  }

  private void writeSorted(KeySorter sorter, int n, RunWriter out, Runnable pulse) {
    DisorderedLists lists =
        new DisorderedLists(
            this, (base - 1) & TID_MASK, end - scratchBytes(), scratchBytes(), pulse);
    tids = 0;
    for (int i = 0; i < n; i++) {
      if ((i & (KEYS_A_PULSE - 1)) == 0) {
        pulse.run();
      }
      if ((i & (TOUCHED_ENTRIES - 1)) == 0) {
        touch(sorter, i, Math.min(n, i + TOUCHED_ENTRIES));
      }
      long entry = sorter.entry(i);
      int length = NativeMemory.getUnsignedShort(entry + KEY_LENGTH);
      boolean hasPayloads = hasPayloads(entry + KEY);
      out.key(entry + KEY, length, hasPayloads);
      tids += lists.write(entry, hasPayloads, out);
      out.endKey();
    }
  }

  private boolean hasPayloads(long key) {
    return NativeMemory.getByte(key + 1) == GinQuery.NORMAL_KEY
        && keepsPayloads[NativeMemory.getUnsignedByte(key)];
  }

  private void writeList(long entry, RunWriter out, Runnable pulse) {
    int tailRef = NativeMemory.getInt(entry + TAIL_CHUNK);
    if (tailRef == 0) {
      return;
    }
    int ref = tailRef;
    int untilPulse = BYTES_A_PULSE;
    do {
      ref = NativeMemory.getInt(chunk(ref) + CHUNK_NEXT);
      long chunk = chunk(ref);
      int used =
          ref == tailRef ? NativeMemory.getUnsignedShort(entry + TAIL_USED) : chunkBytes(chunk);
      out.bytes(chunk + CHUNK_LIST, used - CHUNK_LIST);
      untilPulse -= used;
      if (untilPulse < 0) {
        untilPulse = BYTES_A_PULSE;
        pulse.run();
      }
    } while (ref != tailRef);
  }

  /** Address of a chunk. */
  long chunk(int ref) {
    return origin + ((ref & 0xFFFF_FFFFL) << REF_SHIFT);
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
