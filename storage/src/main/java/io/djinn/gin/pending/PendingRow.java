package io.djinn.gin.pending;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.posting.PayloadPart;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * View of one record of a pending list: an operation on one row, or a part of it where the row is
 * too long for one page.
 *
 * <pre>
 * flags u8 | TID 48 bits | keys
 * flags  1 delete, else insert; 2 goes on with the row of the record before; 4 has payloads
 * key    bytes in common with the key before u8 | further bytes u8, or u16 big-endian + 0x8000
 *        | further bytes
 *        and, where there are payloads: length of the key's payload u8, or u16 big-endian + 0x8000
 *        | payload
 * </pre>
 *
 * Keys are composite ones and ascend.
 */
public final class PendingRow {
  static final int LENGTH_BYTES = 2;
  static final int HEADER_BYTES = 7;
  static final int IS_DELETE = 1;
  static final int IS_CONTINUED = 2;
  static final int HAS_PAYLOADS = 4;

  /** The longest record: its length is 16 bits. */
  static final int MAX_BYTES = 0xFFFF;

  private static final int FLAGS = 0;
  private static final int TID = 1;
  private static final int LONG = 0x80;

  private long record;
  private long at;
  private long end;
  private byte[] key = new byte[64];
  private int keyLength;
  private long payload;
  private int payloadLength;

  /**
   * Length of the record whose length field stands here; -1 where it is malformed or does not end
   * in time.
   */
  static int lengthAt(long field, long limit) {
    if (limit - field < LENGTH_BYTES + HEADER_BYTES) {
      return -1;
    }
    int length = NativeMemory.getUnsignedShort(field);
    long record = field + LENGTH_BYTES;
    if (length < HEADER_BYTES || length > limit - record) {
      return -1;
    }
    int flags = NativeMemory.getUnsignedByte(record + FLAGS);
    if (flags > (IS_DELETE | IS_CONTINUED | HAS_PAYLOADS)
        || (flags & (IS_DELETE | HAS_PAYLOADS)) == (IS_DELETE | HAS_PAYLOADS)) {
      return -1;
    }
    boolean hasPayloads = (flags & HAS_PAYLOADS) != 0;
    long end = record + length;
    int before = 0;
    for (long at = record + HEADER_BYTES; at < end; ) {
      if (end - at < 2) {
        return -1;
      }
      int common = NativeMemory.getUnsignedByte(at);
      int rest = NativeMemory.getUnsignedByte(at + 1);
      at += 2;
      if (rest >= LONG) {
        if (at == end) {
          return -1;
        }
        rest = (rest & (LONG - 1)) << 8 | NativeMemory.getUnsignedByte(at);
        at++;
      }
      if (common > before || rest > end - at || common + rest < EntryKeys.HEADER_BYTES) {
        return -1;
      }
      before = common + rest;
      at += rest;
      if (hasPayloads) {
        at = behindPayload(at, end);
        if (at < 0) {
          return -1;
        }
      }
    }
    return length;
  }

  /** The address behind a payload with its length, -1 where it is cut off or too long. */
  private static long behindPayload(long field, long end) {
    if (field == end) {
      return -1;
    }
    int length = NativeMemory.getUnsignedByte(field);
    long at = field + 1;
    if (length >= LONG) {
      if (at == end) {
        return -1;
      }
      length = (length & (LONG - 1)) << 8 | NativeMemory.getUnsignedByte(at);
      at++;
    }
    return length > PayloadPart.MAX_PAYLOAD_BYTES || length > end - at ? -1 : at + length;
  }

  /** Takes a record that {@link #lengthAt} found sound. */
  public PendingRow wrap(long newRecord, int length) {
    record = newRecord;
    at = record + HEADER_BYTES;
    end = record + length;
    keyLength = 0;
    return this;
  }

  public long tid() {
    return NativeMemory.getUnsigned48(record + TID);
  }

  public boolean isDelete() {
    return (NativeMemory.getUnsignedByte(record + FLAGS) & IS_DELETE) != 0;
  }

  /** Whether the record goes on with the row of the one before. */
  public boolean isContinued() {
    return (NativeMemory.getUnsignedByte(record + FLAGS) & IS_CONTINUED) != 0;
  }

  /** Goes to the next key; false at the end. */
  public boolean nextKey() {
    if (at == end) {
      return false;
    }
    int common = NativeMemory.getUnsignedByte(at);
    int rest = NativeMemory.getUnsignedByte(at + 1);
    at += 2;
    if (rest >= LONG) {
      rest = (rest & (LONG - 1)) << 8 | NativeMemory.getUnsignedByte(at);
      at++;
    }
    if (common + rest > key.length) {
      key = Arrays.copyOf(key, Math.max(key.length * 2, common + rest));
    }
    NativeMemory.copyToArray(at, key, common, rest);
    keyLength = common + rest;
    at += rest;
    payloadLength = 0;
    if ((NativeMemory.getUnsignedByte(record + FLAGS) & HAS_PAYLOADS) != 0) {
      payloadLength = NativeMemory.getUnsignedByte(at++);
      if (payloadLength >= LONG) {
        payloadLength = (payloadLength & (LONG - 1)) << 8 | NativeMemory.getUnsignedByte(at++);
      }
      payload = at;
      at += payloadLength;
    }
    return true;
  }

  /** Whether the present key has a payload of at least one byte. */
  public boolean hasPayload() {
    return payloadLength > 0;
  }

  /** A copy of the payload of the present key, of no bytes where it has none. */
  public byte[] payload() {
    byte[] copy = new byte[payloadLength];
    NativeMemory.copyToArray(payload, copy, 0, payloadLength);
    return copy;
  }

  /** The present composite key, {@link #keyLength} bytes from 0 on; overwritten by the next. */
  public byte[] key() {
    return key;
  }

  public int keyLength() {
    return keyLength;
  }

  /** The record in words. */
  String describe() {
    StringBuilder words = new StringBuilder();
    words.append(isDelete() ? "delete" : "insert").append(" TID ").append(tid());
    words.append(isContinued() ? ", continued:" : ":");
    while (nextKey()) {
      words.append(' ').append(EntryKeys.describe(Arrays.copyOf(key, keyLength)));
      words.append(payloadLength > 0 ? " with " + payloadLength + " bytes of payload;" : ";");
    }
    return words.toString();
  }

  /** The most bytes a key takes in a record. */
  static int maxKeyRecordBytes(int keyLength) {
    return 3 + keyLength;
  }

  /** The most bytes a payload takes in a record. */
  static int maxPayloadRecordBytes(int payloadLength) {
    return 2 + payloadLength;
  }

  /** Writes the fields before the keys. */
  static void begin(
      long record, long tid, boolean isDelete, boolean isContinued, boolean hasPayloads) {
    NativeMemory.putByte(
        record + FLAGS,
        (isDelete ? IS_DELETE : 0)
            | (isContinued ? IS_CONTINUED : 0)
            | (hasPayloads ? HAS_PAYLOADS : 0));
    NativeMemory.putUnsigned48(record + TID, tid);
  }

  /**
   * Writes a key behind another one.
   *
   * @param before address of the key before, of {@code beforeLength} bytes, 0 for none
   * @return bytes written
   */
  static int putKey(long to, long before, int beforeLength, long key, int keyLength) {
    int common = Math.min(0xFF, NativeMemory.commonPrefix(before, beforeLength, key, keyLength));
    int rest = keyLength - common;
    NativeMemory.putByte(to, common);
    int head = 2;
    if (rest < LONG) {
      NativeMemory.putByte(to + 1, rest);
    } else {
      NativeMemory.putByte(to + 1, LONG | rest >>> 8);
      NativeMemory.putByte(to + 2, rest);
      head = 3;
    }
    NativeMemory.copy(key + common, to + head, rest);
    return head + rest;
  }

  /** Writes a payload behind its key; returns the bytes written. */
  static int putPayload(long to, long payload, int payloadLength) {
    int head = 1;
    if (payloadLength < LONG) {
      NativeMemory.putByte(to, payloadLength);
    } else {
      NativeMemory.putByte(to, LONG | payloadLength >>> 8);
      NativeMemory.putByte(to + 1, payloadLength);
      head = 2;
    }
    NativeMemory.copy(payload, to + head, payloadLength);
    return head + payloadLength;
  }
}
