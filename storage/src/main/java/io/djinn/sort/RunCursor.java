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

  private static final long MAX_PAYLOAD_BYTES = 1 << 16;

  private final Run run;
  private final BlockInput in;
  private final long before;
  private long position;
  private long end;
  private long key;
  private int keyLength;
  private boolean hasPayloads;
  private long head;
  private long tid;

  public RunCursor(Run run, BlockInput in) {
    this.run = run;
    this.in = in;
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
    in.seek(entry < 0 ? run.place() : run.index().place(entry));
    if (in.firstRecord() < 0) {
      throw damaged("no record starts in a block of the index");
    }
    position = in.address() + in.firstRecord();
    end = in.address() + in.usedBytes();
    boolean found = nextRecord();
    while (found && length > 0 && NativeMemory.compare(key, keyLength, from, length) < 0) {
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
    if (end - position < RunWriter.LENGTH_BYTES) {
      throw damaged("a block ends inside a record's head");
    }
    int length = NativeMemory.getUnsignedShort(position);
    hasPayloads = length >= RunWriter.HAS_PAYLOADS;
    keyLength = length & RunWriter.HAS_PAYLOADS - 1;
    key = position + RunWriter.LENGTH_BYTES;
    if (keyLength > end - key) {
      throw damaged("a block ends inside a key of " + keyLength + " bytes");
    }
    position = key + keyLength;
    head = NativeMemory.head(key, keyLength);
    return true;
  }

  private void enterBlock() {
    position = in.address();
    end = position + in.usedBytes();
  }

  /** Address of the present key, valid until its list is begun or skipped. */
  public long key() {
    return key;
  }

  public int keyLength() {
    return keyLength;
  }

  /** The first eight bytes of the present key, to be compared as unsigned. */
  public long head() {
    return head;
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
        long zeros = (word - 0x0101010101010101L) & ~word & 0x8080808080808080L;
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
