package io.djinn.sort;

import io.djinn.error.BuildFailedException;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;

/** A place in a run: gives its records in key order, each with its list of TIDs. */
public final class RunCursor {
  /** What {@link #tid} is behind the last TID of a list. */
  public static final long END = Long.MAX_VALUE;

  /** From so many bytes of payloads on none more are read in one go. */
  static final int PAYLOAD_BYTES = 64 << 10;

  /** A word of eight bytes that are all one, of their high bits, of every second byte. */
  private static final long EACH_ONE = 0x0101_0101_0101_0101L;

  private static final long EACH_HIGH = 0x8080_8080_8080_8080L;
  private static final long EACH_PAIR = 0x00FF_00FF_00FF_00FFL;
  private static final long EACH_PAIR_ONE = 0x0001_0001_0001_0001L;

  private static final long MAX_PAYLOAD_BYTES = 1 << 16;

  private final Run run;
  private final BlockInput in;
  private final long before;
  private long position;
  private long end;
  private final long key;

  /** Length of the key, -1 before the first record. */
  private int keyLength = -1;

  /** Bytes of the key that the next record may share: none where it is the first of a block. */
  private int known;

  /** Bytes the key has in common with the one before. */
  private int sharedLength;

  private boolean hasPayloads;
  private long tid;

  /**
   * @param keyBuffer address of as many bytes as the run's longest key has
   */
  public RunCursor(Run run, BlockInput in, long keyBuffer) {
    this.run = run;
    this.in = in;
    key = keyBuffer;
    before = run.base() - 1;
  }

  /**
   * Goes to the first record whose key is not below the given one.
   *
   * @param length of the key, 0 for the run's first record
   * @return false where there is none
   */
  public boolean open(long from, int length) {
    int entry = length == 0 ? -1 : run.index().find(from, length);
    return scan(entry < 0 ? run.place() : run.index().place(entry), from, length, 0);
  }

  /**
   * Goes to the first record whose key is above the given one, without a look at that one's list
   * where it is a long one.
   *
   * @return false where there is none
   */
  public boolean openBehind(long from, int length) {
    RunIndex index = run.index();
    int entry = index.find(from, length);
    int own = entry + 1;
    if (own < index.count() && index.isKey(own, from, length)) {
      int next = own + 1;
      if (next == index.count() ? index.endsWithLast() : index.followsDirectly(next)) {
        return next < index.count() && scan(index.place(next), from, length, 1);
      }
    }
    return scan(entry < 0 ? run.place() : index.place(entry), from, length, 1);
  }

  /** Goes from a block to the first record that compares to a key with a certain sign at least. */
  private boolean scan(long place, long from, int length, int leastSign) {
    in.seek(place);
    if (in.firstRecord() < 0) {
      throw damaged("no record starts in a block of the index");
    }
    known = 0;
    keyLength = -1;
    position = in.address() + in.firstRecord();
    end = in.address() + in.usedBytes();
    boolean found = nextRecord();
    while (found
        && length > 0
        && Integer.signum(NativeMemory.compare(key, keyLength, from, length)) < leastSign) {
      skipList();
      found = nextRecord();
    }
    return found;
  }

  /** Goes to the next record, from behind a list; false at the run's end. */
  public boolean nextRecord() {
    if (position == end) {
      if (!in.next()) {
        return false;
      }
      enterBlock();
      if (in.firstRecord() != 0) {
        throw damaged("a block does not begin with a record where one is due");
      }
    }
    int shared = headByte() & 0xFF;
    int number = 0;
    int shift = 0;
    int value;
    do {
      value = headByte();
      number |= (value & 0x7F) << shift;
      shift += 7;
    } while (value < 0 && shift < 21);
    hasPayloads = (number & 1) != 0;
    int rest = number >>> 1;
    if (value < 0 || shared > known || shared + rest > run.longestKey() || rest > end - position) {
      throw damaged("a key that shares " + shared + " of " + known + " bytes and has " + rest);
    }
    sharedLength = shared;
    if (shared == RunWriter.MAX_SHARED_BYTES || known == 0) {
      // The writer did not look further, or not at all in front of a block.
      sharedLength += NativeMemory.commonPrefix(key + shared, keyLength - shared, position, rest);
    }
    if (keyLength >= 0 && !isAbove(shared, rest)) {
      throw damaged("a key that is not above the one before");
    }
    NativeMemory.copy(position, key + shared, rest);
    position += rest;
    keyLength = shared + rest;
    known = keyLength;
    return true;
  }

  /** Whether the key that is read next is above the present one. */
  private boolean isAbove(int shared, int rest) {
    int behind = sharedLength - shared;
    return behind < rest
        && (sharedLength == keyLength
            || NativeMemory.getUnsignedByte(position + behind)
                > NativeMemory.getUnsignedByte(key + sharedLength));
  }

  private byte headByte() {
    if (position == end) {
      throw damaged("a block ends inside a record's head");
    }
    return NativeMemory.getByte(position++);
  }

  private void enterBlock() {
    known = 0;
    position = in.address();
    end = position + in.usedBytes();
  }

  /** Address of the present key, valid until the next record. */
  public long key() {
    return key;
  }

  public int keyLength() {
    return keyLength;
  }

  /** Bytes the present key has in common with the one before in the run, which is below it. */
  int sharedLength() {
    return sharedLength;
  }

  /** Whether the TIDs of the present record have payloads. */
  public boolean hasPayloads() {
    return hasPayloads;
  }

  /** Goes to the first TID of the present record. */
  public void beginList() {
    long delta = delta();
    if (delta == 0) {
      throw damaged("an empty list");
    }
    tid = before + delta;
  }

  /** Passes over the TIDs of the present record's list that are below a limit. */
  void skipBelow(long limit) {
    while (tid < limit) {
      if (hasPayloads) {
        for (int left = payloadLength(); left > 0; ) {
          left -= takePart(left);
        }
      } else if (end - position >= 8) {
        // Eight differences of one byte each, none the zero behind the list, are as good as one.
        long word = NativeMemory.getLong(position);
        if (((word | word - EACH_ONE) & EACH_HIGH) == 0) {
          long pairs = (word & EACH_PAIR) + (word >>> 8 & EACH_PAIR);
          long sum = pairs * EACH_PAIR_ONE >>> 48;
          if (tid + sum < limit) {
            position += 8;
            tid += sum;
            continue;
          }
        }
      }
      nextTid();
    }
  }

  /** The next TID, or {@link #END}. */
  public long tid() {
    return tid;
  }

  /**
   * Moves TIDs below a limit into a block, as many as there is room for; of a record without
   * payloads.
   *
   * @param count TIDs in the block
   * @return TIDs in the block now
   */
  public int read(long[] block, int count, long below) {
    int n = count;
    long next = tid;
    while (next < below && n < block.length) {
      block[n++] = next;
      long delta;
      if (end - position >= RunWriter.DELTA_BYTES) {
        delta = NativeMemory.getByte(position++);
        if (delta <= 0) {
          if (delta == 0) {
            next = END;
            break;
          }
          delta &= 0x7F;
          int second = NativeMemory.getByte(position++);
          delta |= (long) (second & 0x7F) << 7;
          if (second < 0) {
            delta = longDelta(delta, 14);
          }
        }
      } else {
        delta = delta();
        if (delta == 0) {
          next = END;
          break;
        }
      }
      next += delta;
    }
    tid = next;
    return n;
  }

  /**
   * Moves TIDs below a limit, of a record with payloads, into a block, and their payloads behind
   * others: as many as there is room for, or until there are {@link #PAYLOAD_BYTES}.
   *
   * @param count TIDs in the block
   * @return TIDs in the block now
   */
  public int read(long[] block, int count, long below, ByteStrings payloads) {
    int n = count;
    while (tid < below && n < block.length && payloads.totalBytes() < PAYLOAD_BYTES) {
      block[n++] = tid;
      readPayload(payloads);
      nextTid();
    }
    return n;
  }

  /** Passes over the next TID, of a record with payloads. */
  void skipTid(ByteStrings scratch) {
    scratch.clear();
    readPayload(scratch);
    nextTid();
  }

  private void nextTid() {
    long delta = delta();
    tid = delta == 0 ? END : tid + delta;
  }

  private void readPayload(ByteStrings payloads) {
    int left = payloadLength();
    payloads.beginString();
    while (left > 0) {
      int part = takePart(left);
      payloads.append(position - part, part);
      left -= part;
    }
  }

  private int payloadLength() {
    long length = longDelta(0, 0);
    if (length > MAX_PAYLOAD_BYTES) {
      throw damaged("a payload of " + length + " bytes");
    }
    return (int) length;
  }

  /** Passes over at most so many bytes of the present block, or of the next one; says how many. */
  private int takePart(int most) {
    if (position == end) {
      if (!in.next()) {
        throw damaged("the run ends inside a payload");
      }
      enterBlock();
    }
    int part = (int) Math.min(most, end - position);
    position += part;
    return part;
  }

  private long longDelta(long low, int lowBits) {
    long delta = low;
    for (int shift = lowBits; shift < 7 * RunWriter.DELTA_BYTES; shift += 7) {
      int value = nextByte();
      delta |= (long) (value & 0x7F) << shift;
      if (value >= 0) {
        return delta;
      }
    }
    throw damaged("a difference of TIDs is longer than " + RunWriter.DELTA_BYTES + " bytes");
  }

  private long delta() {
    return longDelta(0, 0);
  }

  private int nextByte() {
    if (position == end) {
      if (!in.next()) {
        throw damaged("the run ends inside a list");
      }
      enterBlock();
    }
    return NativeMemory.getByte(position++);
  }

  /** Passes over the present record's list: to behind the zero byte. */
  public void skipList() {
    if (hasPayloads) {
      while (delta() != 0) {
        for (int left = payloadLength(); left > 0; ) {
          left -= takePart(left);
        }
      }
      return;
    }
    while (true) {
      while (end - position >= 8) {
        long word = NativeMemory.getLong(position);
        long zeros = (word - EACH_ONE) & ~word & EACH_HIGH;
        if (zeros != 0) {
          position += (Long.numberOfTrailingZeros(zeros) >>> 3) + 1;
          return;
        }
        position += 8;
      }
      if (nextByte() == 0) {
        return;
      }
    }
  }

  private BuildFailedException damaged(String detail) {
    return new BuildFailedException(
        "run " + run.number() + " of participant " + run.participant() + ": " + detail);
  }
}
