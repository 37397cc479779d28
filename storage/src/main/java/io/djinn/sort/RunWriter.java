package io.djinn.sort;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;

/**
 * Writes the records of one run, keys ascending, into blocks, and fills its sparse index.
 *
 * <pre>
 * record   length of the key u16, plus {@link #HAS_PAYLOADS} | key | list | 0
 * list     of each TID: distance to the one before, varbyte
 *          and, where there are payloads: length of the payload, varbyte | payload
 * </pre>
 *
 * <p>A list is handed over either as bytes already in the run's form or TID by TID.
 */
public final class RunWriter implements MergeSink {
  /** Bytes of a record's head beside the key. */
  public static final int LENGTH_BYTES = 2;

  /** Marks, in the length of its key, a record whose TIDs have payloads. */
  static final int HAS_PAYLOADS = 0x8000;

  /** Most bytes of one difference of TIDs. */
  public static final int DELTA_BYTES = 7;

  private final BlockOutput out;
  private final RunIndex index;
  private final long base;
  private long block;
  private long position;
  private long limit;
  private int firstRecord = -1;
  private int firstKeyLength;
  private long firstPlace = -1;
  private long rawBytes;
  private long keys;
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
    if (firstRecord >= 0) {
      index.add(place, rawBytes, block + firstRecord + LENGTH_BYTES, firstKeyLength);
    }
    rawBytes += used;
  }

  @Override
  public void key(long address, int length) {
    key(address, length, false);
  }

  @Override
  public void key(long address, int length, boolean hasPayloads) {
    if (length >= HAS_PAYLOADS) {
      throw new IllegalArgumentException(
          "a key of " + length + " bytes, a run takes " + (HAS_PAYLOADS - 1));
    }
    int head = LENGTH_BYTES + length;
    if (head > limit - position) {
      endBlock();
      beginBlock();
      if (head > limit - position) {
        throw new IllegalArgumentException(
            "a key of " + length + " bytes does not fit a block of " + out.capacityBytes());
      }
    }
    if (firstRecord < 0) {
      firstRecord = (int) (position - block);
      firstKeyLength = length;
    }
    NativeMemory.putShort(position, hasPayloads ? length | HAS_PAYLOADS : length);
    NativeMemory.copy(address, position + LENGTH_BYTES, length);
    position += head;
    keys++;
    lastTid = base - 1;
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
      endBlock();
      beginBlock();
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
          endBlock();
          beginBlock();
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
      endBlock();
      beginBlock();
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
        index);
  }

  /** Ends a run whose lists came TID by TID. */
  public Run finish(int participant, int number, int file) {
    return finish(participant, number, file, tids, highestTid);
  }
}
