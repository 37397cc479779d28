package io.djinn.sort;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes the records of one run, keys ascending, into blocks, and fills its sparse index.
 *
 * <pre>
 * record   bytes the key shares with the one before u8 | twice the length of the rest, plus one
 *          where there are payloads, varbyte | rest of the key | list | 0
 * list     of each TID: distance to the one before, varbyte
 *          and, where there are payloads: length of the payload, varbyte | payload
 * </pre>
 *
 * <p>The first record that begins in a block shares nothing with the one before: whoever seeks the
 * block has not read that one.
 *
 * <p>A list is handed over either as bytes already in the run's form or TID by TID.
 */
public final class RunWriter implements MergeSink {
  /** Most bytes of a record's head beside the key. */
  public static final int HEAD_BYTES = 4;

  /** The longest key, bytes. */
  static final int MAX_KEY_BYTES = 0x7FFF;

  /** The writer looks no further for what a key shares with the one before, bytes. */
  static final int MAX_SHARED_BYTES = 0xFF;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Most bytes of one difference of TIDs. */
  public static final int DELTA_BYTES = 7;

  private final BlockOutput out;
  private final RunIndex index;
  private final long base;
  private long block;
  private long position;
  private long limit;
  private int firstRecord = -1;

  /** The present record's place in the block, or -1: it began in another one or is in the index. */
  private int openRecord = -1;

  /** The present key. */
  private byte[] key = new byte[64];

  private int keyLength;
  private int longestKey;
  private long keyBytes;
  private long savedBytes;

  /** Whether the present record is in the index because of what its list may yet become. */
  private boolean isIndexedForLength;

  private long nextDue;
  private long recordStart;
  private long firstPlace = -1;
  private long rawBytes;
  private long keys;

  /** What the number of keys was when a record was last taken into the index. */
  private long indexedKeys;

  private long tids;
  private long lastTid;
  private long highestTid;

  /**
   * @param base no TID of the run is below
   */
  public RunWriter(BlockOutput out, RunIndex index, long base) {
    this.out = out;
    this.index = index;
    this.base = base;
    highestTid = base;
    beginBlock();
  }

  private void beginBlock() {
    block = out.begin();
    position = block;
    limit = block + out.capacityBytes();
    firstRecord = -1;
  }

  private void endBlock() {
    int used = (int) (position - block);
    long place = out.write(used, firstRecord);
    if (firstPlace < 0) {
      firstPlace = place;
    }
    index.place(place);
    rawBytes += used;
  }

  /** Takes the present record into the index. */
  private boolean indexRecord() {
    boolean isTaken = index.add(rawBytes + openRecord, key, keyLength, keys == indexedKeys + 1);
    if (isTaken) {
      indexedKeys = keys;
    }
    nextDue = index.nextDue(base);
    openRecord = -1;
    return isTaken;
  }

  /**
   * Ends a block in the middle of a list. Its record's key is at hand for the last time, and the
   * record may get so long that it is worth an entry in the index.
   */
  private void nextBlock() {
    if (openRecord >= 0) {
      isIndexedForLength = indexRecord();
    }
    endBlock();
    beginBlock();
  }

  @Override
  public void key(long address, int length) {
    key(address, length, false);
  }

  @Override
  public void key(long address, int length, boolean hasPayloads) {
    if (length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + length + " bytes, a run takes " + MAX_KEY_BYTES);
    }
    boolean isDue = endRecord();
    int shared = firstRecord < 0 ? 0 : sharedBytes(address, length);
    int number = (length - shared) << 1 | (hasPayloads ? 1 : 0);
    if (headBytes(number) + length - shared > limit - position) {
      endBlock();
      beginBlock();
      shared = 0;
      number = length << 1 | (hasPayloads ? 1 : 0);
      if (headBytes(number) + length > limit - position) {
        throw new IllegalArgumentException(
            "a key of " + length + " bytes does not fit a block of " + out.capacityBytes());
      }
    }
    int at = (int) (position - block);
    if (firstRecord < 0) {
      firstRecord = at;
    }
    openRecord = at;
    recordStart = rawBytes + at;
    int rest = length - shared;
    if (length > key.length) {
      key = Arrays.copyOf(key, 2 * length);
    }
    NativeMemory.copyToArray(address + shared, key, shared, rest);
    keyLength = length;
    longestKey = Math.max(longestKey, length);
    NativeMemory.putByte(position++, shared);
    while (number >= 0x80) {
      NativeMemory.putByte(position++, number | 0x80);
      number >>>= 7;
    }
    NativeMemory.putByte(position++, number);
    NativeMemory.copy(address + shared, position, rest);
    position += rest;
    keyBytes += length;
    savedBytes += shared;
    keys++;
    if (isDue || recordStart >= nextDue) {
      indexRecord();
    }
    lastTid = base - 1;
  }

  /** Looks how long the record before got; returns whether the next one is due because of it. */
  private boolean endRecord() {
    if (keys == 0) {
      return false;
    }
    long end = rawBytes + (position - block);
    boolean isLong = end - recordStart >= index.longBytes();
    if (isIndexedForLength) {
      index.dropIfShort(end);
    } else if (isLong && openRecord >= 0) {
      indexRecord();
    }
    isIndexedForLength = false;
    nextDue = index.nextDue(base);
    return isLong;
  }

  private static int headBytes(int number) {
    return number < 1 << 7 ? 2 : number < 1 << 14 ? 3 : HEAD_BYTES;
  }

  /** Bytes a key shares with the present one. */
  private int sharedBytes(long address, int length) {
    int most = Math.min(MAX_SHARED_BYTES, Math.min(length, keyLength));
    int shared = 0;
    for (; shared + Long.BYTES <= most; shared += Long.BYTES) {
      long difference = (long) WORDS.get(key, shared) ^ NativeMemory.getLong(address + shared);
      if (difference != 0) {
        return shared + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    while (shared < most && key[shared] == NativeMemory.getByte(address + shared)) {
      shared++;
    }
    return shared;
  }

  /** Bytes of keys. */
  public long keyBytes() {
    return keyBytes;
  }

  /** Bytes of keys that were not written because the key before had them too. */
  public long savedBytes() {
    return savedBytes;
  }

  /**
   * Takes bytes of the key's list, or of a payload in it, in the run's form, without the zero byte
   * behind the last one.
   */
  public void bytes(long address, int length) {
    long from = address;
    int left = length;
    while (left > limit - position) {
      int part = (int) (limit - position);
      NativeMemory.copy(from, position, part);
      position += part;
      from += part;
      left -= part;
      nextBlock();
    }
    NativeMemory.copy(from, position, left);
    position += left;
  }

  /** Takes the next TID of the key's list; its payload follows, if the key has any. */
  public void tid(long tid) {
    putTid(tid);
    highestTid = Math.max(highestTid, tid);
    tids++;
  }

  /** Takes the length of a payload, whose bytes follow by {@link #bytes}. */
  public void payloadLength(int length) {
    putNumber(length);
  }

  @Override
  public void tids(long[] list, int count) {
    for (int i = 0; i < count; i++) {
      putTid(list[i]);
    }
    highestTid = Math.max(highestTid, lastTid);
    tids += count;
  }

  @Override
  public void tids(long[] list, int count, ByteStrings payloads) {
    for (int i = 0; i < count; i++) {
      putTid(list[i]);
      int left = payloads.length(i);
      putNumber(left);
      int from = payloads.offset(i);
      while (left > 0) {
        if (position == limit) {
          nextBlock();
        }
        int part = (int) Math.min(left, limit - position);
        NativeMemory.copyFromArray(payloads.array(), from, position, part);
        position += part;
        from += part;
        left -= part;
      }
    }
    highestTid = Math.max(highestTid, lastTid);
    tids += count;
  }

  private void putTid(long tid) {
    long delta = tid - lastTid;
    assert delta > 0 && tid >= base;
    lastTid = tid;
    putNumber(delta);
  }

  private void putNumber(long number) {
    long rest = number;
    while (rest >= 0x80) {
      put((int) rest | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  private void put(int value) {
    if (position == limit) {
      nextBlock();
    }
    NativeMemory.putByte(position++, value);
  }

  @Override
  public void endKey() {
    put(0);
  }

  /** Ends a run whose lists came as bytes; says what is known of it. */
  public Run finish(int participant, int number, int file, long tidCount, long lastTidOfRun) {
    endBlock();
    index.end(indexedKeys == keys);
    long stored = out.end();
    return new Run(
        participant,
        number,
        file,
        firstPlace,
        stored,
        rawBytes,
        keys,
        tidCount,
        base,
        lastTidOfRun,
        longestKey,
        index);
  }

  /** Ends a run whose lists came TID by TID. */
  public Run finish(int participant, int number, int file) {
    return finish(participant, number, file, tids, highestTid);
  }
}
