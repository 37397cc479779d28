package io.djinn.gin.posting;

import io.djinn.memory.NativeMemory;

/**
 * The bytes of one segment of an encoded list.
 *
 * <pre>
 * byteOffset bytes field         meaning
 *          0     1 tag           bits 0-3 encoding, bit 4 "has payload", rest 0
 *          1     6 firstTid
 *          7     1-2 count       TIDs, 2 .. 1,024; varbyte                        (absent for SINGLE)
 *                1-3 bodyBytes   varbyte                                          (absent for SINGLE)
 *                1-3 payloadBytes varbyte, 1 or more                              (where bit 4 is set)
 *                  body                                                           (absent for SINGLE)
 *                  payload       {@link PayloadPart}, skipped by readers of TIDs  (where bit 4 is set)
 *
 * encoding 0 SINGLE   one TID, no body
 *          1 VARBYTE  count - 1 values of at most 128, varbyte each
 *          2 PACKED   byte 0: k in bits 0-5, bit 6 "has exceptions"
 *                     exceptions, where bit 6 is set: number (varbyte), then of each the values
 *                       between it and the one before (varbyte) and its high part (varbyte)
 *                     low bits: k bits a value, lowest first, count - 1 values
 *                     high bits: of each value so many zeros and a one, from bit 0 on
 * ids 3 BITMAP and 4 RUN are reserved
 * </pre>
 *
 * A value is the distance to the TID before, less one. In PACKED it is {@code zeros << k | low}
 * plus {@code high part << k} where there is an exception.
 */
public final class Segment {
  public static final int SINGLE = 0;
  public static final int VARBYTE = 1;
  public static final int PACKED = 2;

  /** The most TIDs of a segment. */
  public static final int MAX_TIDS = 1024;

  /** The most TIDs of a VARBYTE segment. */
  public static final int MAX_VARBYTE_TIDS = 129;

  /** The highest TID there can be. */
  public static final long MAX_TID = (1L << 48) - 1;

  static final int TAG = 0;
  static final int FIRST_TID = TAG + 1;
  static final int COUNT = FIRST_TID + 6;

  /** Bytes of the shortest segment. */
  public static final int SINGLE_BYTES = COUNT;

  static final int ENCODING_MASK = 0x0F;
  static final int PAYLOAD_FLAG = 0x10;

  static final int PACKED_K_MASK = 0x3F;
  static final int PACKED_EXCEPTIONS_FLAG = 0x40;
  static final int PACKED_MAX_K = 47;

  private static final int MAX_LENGTH = 1 << 20;

  private Segment() {}

  public static int tag(long segment) {
    return NativeMemory.getUnsignedByte(segment + TAG);
  }

  public static int encoding(long segment) {
    return tag(segment) & ENCODING_MASK;
  }

  public static boolean hasPayload(long segment) {
    return (tag(segment) & PAYLOAD_FLAG) != 0;
  }

  public static long firstTid(long segment) {
    return NativeMemory.getUnsigned48(segment + FIRST_TID);
  }

  /** TIDs of a segment whose {@link #totalBytes(long, int) header was checked}. */
  public static int count(long segment) {
    if (encoding(segment) == SINGLE) {
      return 1;
    }
    int b = NativeMemory.getUnsignedByte(segment + COUNT);
    return b < 0x80 ? b : b & 0x7F | NativeMemory.getUnsignedByte(segment + COUNT + 1) << 7;
  }

  /** Bytes before the body of a segment whose header was checked. */
  public static int headerBytes(long segment) {
    if (encoding(segment) == SINGLE) {
      return hasPayload(segment) ? (int) (afterNumber(segment + COUNT) - segment) : SINGLE_BYTES;
    }
    long at = afterNumber(segment + COUNT);
    at = afterNumber(at);
    return (int) ((hasPayload(segment) ? afterNumber(at) : at) - segment);
  }

  /** Bytes of the body of a segment whose header was checked. */
  public static int bodyBytes(long segment) {
    if (encoding(segment) == SINGLE) {
      return 0;
    }
    long at = afterNumber(segment + COUNT);
    return (int) Varbyte.get(at, at + Varbyte.MAX_BYTES);
  }

  /** Bytes of the payloads of a segment whose header was checked. */
  static int payloadBytes(long segment) {
    if (!hasPayload(segment)) {
      return 0;
    }
    long at = segment + COUNT;
    if (encoding(segment) != SINGLE) {
      at = afterNumber(afterNumber(at));
    }
    return (int) Varbyte.get(at, at + Varbyte.MAX_BYTES);
  }

  private static long afterNumber(long address) {
    long at = address;
    while (NativeMemory.getByte(at) < 0) {
      at++;
    }
    return at + 1;
  }

  /**
   * Checks the header and returns the bytes of the whole segment, -1 where the bytes are not a
   * segment or it does not end within the limit. Reads nothing at or behind the limit.
   *
   * @param limitBytes bytes that may be read from the address on
   */
  public static int totalBytes(long segment, int limitBytes) {
    if (limitBytes < SINGLE_BYTES) {
      return -1;
    }
    int tag = tag(segment);
    if (tag == SINGLE) {
      return SINGLE_BYTES;
    }
    int encoding = tag & ~PAYLOAD_FLAG;
    if (encoding > PACKED) {
      return -1;
    }
    long limit = segment + limitBytes;
    long at = segment + COUNT;
    long bodyBytes = 0;
    if (encoding != SINGLE) {
      long count = Varbyte.get(at, limit);
      if (count < 2 || count > (encoding == VARBYTE ? MAX_VARBYTE_TIDS : MAX_TIDS)) {
        return -1;
      }
      at += Varbyte.length(count);
      bodyBytes = Varbyte.get(at, limit);
      if (bodyBytes < 1 || bodyBytes > MAX_LENGTH) {
        return -1;
      }
      at += Varbyte.length(bodyBytes);
    }
    long payloadBytes = 0;
    if (tag != encoding) {
      payloadBytes = Varbyte.get(at, limit);
      if (payloadBytes < 1 || payloadBytes > MAX_LENGTH) {
        return -1;
      }
      at += Varbyte.length(payloadBytes);
    }
    long end = at + bodyBytes + payloadBytes;
    return end > limit ? -1 : (int) (end - segment);
  }

  /**
   * What is wrong with the bytes of a segment, header, body and payloads, null where nothing is.
   *
   * @param limitBytes bytes that may be read from the address on
   */
  public static String validate(long segment, int limitBytes) {
    if (totalBytes(segment, limitBytes) < 0) {
      return limitBytes < SINGLE_BYTES
          ? "segment of " + limitBytes + " bytes, expected " + SINGLE_BYTES + " or more"
          : "segment header with tag "
              + tag(segment)
              + " is damaged or does not fit into "
              + limitBytes
              + " bytes";
    }
    if (SegmentDecoder.decode(segment, limitBytes, new long[MAX_TIDS]) < 0) {
      return "body of a segment with tag " + tag(segment) + " is not " + count(segment) + " TIDs";
    }
    if (!PayloadPart.read(segment, null)) {
      return payloadBytes(segment) + " bytes are not the payloads of " + count(segment) + " TIDs";
    }
    return null;
  }
}
