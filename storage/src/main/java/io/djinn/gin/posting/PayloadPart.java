package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;

/**
 * The second stream of a segment: the payload of each of its TIDs, as the positions of a lexeme.
 *
 * <pre>
 * SINGLE    the payload
 * others    byte 0: w, the bits of a length
 *           lengths: w bits a TID, lowest first; the bits left over are 0
 *           the payloads, one behind the other
 * </pre>
 *
 * A TID without a payload is one with a payload of no bytes, and a segment of which no TID has any
 * has no such stream.
 */
public final class PayloadPart {
  /** The most bytes of a payload, whatever the page size. */
  public static final int MAX_PAYLOAD_BYTES = 1024;

  /** Above so many bytes of payloads a segment is ended; one of a single TID may have more. */
  static final int SEGMENT_BYTES = 2048;

  /** Loaders let so many bytes of payloads wait: more than a segment takes. */
  public static final int PENDING_BYTES = 4 * SEGMENT_BYTES;

  private static final int MAX_LENGTH_BITS = 11;

  private PayloadPart() {}

  /**
   * The most bytes of a payload in a store with pages of this size: a quarter of a posting leaf, so
   * that a leaf that was split has room for any.
   */
  public static int maxPayloadBytes(int pageSizeBytes) {
    return Math.min(MAX_PAYLOAD_BYTES, PostingLeafPage.capacityBytes(pageSizeBytes) / 4);
  }

  /** Bytes of the stream of the payloads {@code from .. to}; 0 where none has a byte. */
  static int bytes(ByteStrings payloads, int from, int to) {
    int bytes = payloads.bytes(from, to);
    if (bytes == 0 || to - from == 1) {
      return bytes;
    }
    return 1 + lengthsBytes(to - from, lengthBits(payloads, from, to)) + bytes;
  }

  private static int lengthBits(ByteStrings payloads, int from, int to) {
    int any = 0;
    for (int i = from; i < to; i++) {
      any |= payloads.length(i);
    }
    return Integer.SIZE - Integer.numberOfLeadingZeros(any);
  }

  private static int lengthsBytes(int count, int lengthBits) {
    return count * lengthBits + 7 >>> 3;
  }

  /** Writes the stream of the payloads {@code from .. to}, of which one has a byte. */
  static void write(ByteStrings payloads, int from, int to, long out) {
    if (to - from == 1) {
      payloads.copyTo(from, out);
      return;
    }
    int lengthBits = lengthBits(payloads, from, to);
    NativeMemory.putByte(out, lengthBits);
    long at = out + 1;
    long word = 0;
    int filled = 0;
    for (int i = from; i < to; i++) {
      word |= (long) payloads.length(i) << filled;
      for (filled += lengthBits; filled >= 8; filled -= 8) {
        NativeMemory.putByte(at++, (int) word);
        word >>>= 8;
      }
    }
    if (filled > 0) {
      NativeMemory.putByte(at++, (int) word);
    }
    payloads.copyTo(from, to, at);
  }

  /**
   * Adds the payloads of a segment whose header was checked, one a TID.
   *
   * @param payloads takes them; null to check them only
   * @return false where the stream is not payloads of as many TIDs; nothing is to be made of what
   *     was added then
   */
  static boolean read(long segment, ByteStrings payloads) {
    int count = Segment.count(segment);
    if (!Segment.hasPayload(segment)) {
      if (payloads != null) {
        payloads.addEmpty(count);
      }
      return true;
    }
    long part = segment + Segment.headerBytes(segment) + Segment.bodyBytes(segment);
    int partBytes = Segment.payloadBytes(segment);
    if (count == 1) {
      if (partBytes > MAX_PAYLOAD_BYTES) {
        return false;
      }
      if (payloads != null) {
        payloads.add(part, partBytes);
      }
      return true;
    }
    int lengthBits = NativeMemory.getUnsignedByte(part);
    if (lengthBits < 1
        || lengthBits > MAX_LENGTH_BITS
        || lengthsBytes(count, lengthBits) >= partBytes) {
      return false;
    }
    return readMany(part, partBytes, count, lengthBits, payloads);
  }

  private static boolean readMany(
      long part, int partBytes, int count, int lengthBits, ByteStrings payloads) {
    long lengths = part + 1;
    long end = part + partBytes;
    long at = lengths + lengthsBytes(count, lengthBits);
    int mask = (1 << lengthBits) - 1;
    int word = 0;
    int filled = 0;
    int any = 0;
    for (int i = 0; i < count; i++) {
      for (; filled < lengthBits; filled += 8) {
        word |= NativeMemory.getUnsignedByte(lengths++) << filled;
      }
      int length = word & mask;
      word >>>= lengthBits;
      filled -= lengthBits;
      any |= length;
      if (length > MAX_PAYLOAD_BYTES || length > end - at) {
        return false;
      }
      if (payloads != null) {
        payloads.add(at, length);
      }
      at += length;
    }
    // The shortest form only: no bits left over, and none that no length needs.
    return at == end && word == 0 && any >>> lengthBits - 1 == 1;
  }
}
