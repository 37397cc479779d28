package io.djinn.gin.posting;

import io.djinn.memory.NativeMemory;

/**
 * The bytes of one segment of an encoded list.
 *
 * <pre>
 * byteOffset bytes field         meaning
 *          0     1 tag           bits 0-3 encoding, bit 4 "has payload", bits 5-7 bytes of firstTid
 *          1     1-6 firstTid    as many bytes as it takes; PACKED: as many as its last TID takes
 *                1-2 count       TIDs, 10 .. 1,024; varbyte            (absent for SINGLE and FEW)
 *                1-3 bodyBytes   varbyte                               (absent for SINGLE and FEW)
 *                1-3 payloadBytes varbyte, 1 or more                              (where bit 4 is set)
 *                  body                                                           (absent for SINGLE)
 *                  payload       {@link PayloadPart}, skipped by readers of TIDs  (where bit 4 is set)
 *
 * encoding 0 SINGLE   one TID, no body; without tag where its first byte can say that as well:
 *                     1 .. 31 is bits 16-20 of a TID, whose bits 0-15 follow; 0xE0 .. 0xFE is
 *                     bits 24-28 plus 0xDF, bits 0-23 follow                    (without payload)
 *          1 VARBYTE  count - 1 values of at most 128, varbyte each
 *          8-15 FEW   2 .. 9 TIDs, by bits 0-2 of the encoding; body as of VARBYTE
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
 *
 * <p>Each TID is accepted in one form only, in the fewest bytes, and zeros are no segment. PACKED
 * goes by its last TID, which removing TIDs never raises: see {@link SegmentEncoder}.
 */
public final class Segment {
  public static final int SINGLE = 0;
  public static final int VARBYTE = 1;
  public static final int PACKED = 2;

  /** What {@link #encoding} says of all encodings that tell how few TIDs there are. */
  public static final int FEW = 8;

  /**
   * The most TIDs of such a segment; its number of TIDs less {@link #MIN_FEW_TIDS} is in its tag.
   */
  static final int MAX_FEW_TIDS = 9;

  static final int MIN_FEW_TIDS = 2;

  /** The most TIDs of a segment. */
  public static final int MAX_TIDS = 1024;

  /** The most TIDs of a VARBYTE segment. */
  public static final int MAX_VARBYTE_TIDS = 129;

  /** The highest TID there can be. */
  public static final long MAX_TID = (1L << 48) - 1;

  static final int TAG = 0;
  static final int FIRST_TID = TAG + 1;

  /** The most bytes of a first TID. */
  static final int MAX_FIRST_TID_BYTES = 6;

  /** Bytes of the shortest segment. */
  public static final int MIN_BYTES = FIRST_TID + 1;

  /** The most bytes of a segment of one TID without a payload. */
  public static final int MAX_SINGLE_BYTES = FIRST_TID + MAX_FIRST_TID_BYTES;

  static final int ENCODING_MASK = 0x0F;
  static final int PAYLOAD_FLAG = 0x10;
  static final int FIRST_TID_BYTES_SHIFT = 5;

  static final int PACKED_K_MASK = 0x3F;
  static final int PACKED_EXCEPTIONS_FLAG = 0x40;
  static final int PACKED_MAX_K = 47;

  private static final int MAX_LENGTH = 1 << 20;

  /** The first byte of a SINGLE has five bits for the TID's highest, not all zero. */
  private static final long HIGH_BITS = 32;

  /** The first byte is that many more where the TID has four bytes. */
  private static final int WIDE_BASE = 0xDF;

  private Segment() {}

  public static int tag(long segment) {
    return NativeMemory.getUnsignedByte(segment + TAG);
  }

  public static int encoding(long segment) {
    return encodingOf(tag(segment));
  }

  private static int encodingOf(int tag) {
    if (isOfTid(tag)) {
      return SINGLE;
    }
    return (tag & FEW) != 0 ? FEW : tag & ENCODING_MASK;
  }

  /** Whether the first byte is no tag, but of the TID of a SINGLE: as a tag it is impossible. */
  private static boolean isOfTid(int tag) {
    return tag < HIGH_BITS || tag > WIDE_BASE;
  }

  /** Bytes of a SINGLE whose first byte is of the TID: those of the TID. */
  private static int bytesWithoutTag(int tag) {
    return tag < HIGH_BITS ? 3 : 4;
  }

  /** Whether the SINGLE of a TID without payload has no tag. */
  private static boolean isWithoutTag(long tid) {
    return tid >>> 16 != 0 && (tid < HIGH_BITS << 16 || tid >>> 24 != 0 && tid < HIGH_BITS << 24);
  }

  private static boolean isCounted(int encoding) {
    return encoding == VARBYTE || encoding == PACKED;
  }

  public static boolean hasPayload(long segment) {
    int tag = tag(segment);
    return (tag & PAYLOAD_FLAG) != 0 && !isOfTid(tag);
  }

  public static long firstTid(long segment) {
    int tag = tag(segment);
    long at = segment + FIRST_TID;
    if (isOfTid(tag)) {
      long lowest = NativeMemory.getUnsignedShort(at);
      return tag < HIGH_BITS
          ? (long) tag << 16 | lowest
          : (tag - WIDE_BASE) << 24 | NativeMemory.getUnsignedByte(at + 2) << 16 | lowest;
    }
    int bytes = tag >>> FIRST_TID_BYTES_SHIFT;
    // As few loads as may be, and none behind the field: it may stand at the end of what is mapped.
    long low = (bytes & 2) == 0 ? 0 : NativeMemory.getUnsignedShort(at + (bytes & 4));
    if ((bytes & 4) != 0) {
      low = low << 32 | NativeMemory.getInt(at) & 0xFFFF_FFFFL;
    }
    return (bytes & 1) == 0
        ? low
        : low | (long) NativeMemory.getUnsignedByte(at + bytes - 1) << 8 * (bytes - 1);
  }

  /** Writes a first TID of so many bytes; returns the address behind it. */
  static long putFirstTid(long segment, long tid, int bytes) {
    long at = segment + FIRST_TID;
    for (int i = 0; i < bytes; i++) {
      NativeMemory.putByte(at + i, (int) (tid >>> 8 * i));
    }
    return at + bytes;
  }

  /** Bytes a TID takes. */
  static int tidBytes(long tid) {
    return (Long.SIZE + 7 - Long.numberOfLeadingZeros(tid | 1)) >>> 3;
  }

  /** Bytes of a SINGLE without payload. */
  static int singleBytes(long tid) {
    return tidBytes(tid) + (isWithoutTag(tid) ? 0 : FIRST_TID);
  }

  /** Writes a SINGLE without payload. */
  static void putSingle(long segment, long tid) {
    int bytes = tidBytes(tid);
    if (isWithoutTag(tid)) {
      int high = (int) (tid >>> 8 * (bytes - 1));
      NativeMemory.putByte(segment, bytes == 3 ? high : WIDE_BASE + high);
      putFirstTid(segment, tid, bytes - 1);
    } else {
      NativeMemory.putByte(segment + TAG, SINGLE | bytes << FIRST_TID_BYTES_SHIFT);
      putFirstTid(segment, tid, bytes);
    }
  }

  /** The address behind the first TID of a segment whose header was checked. */
  private static long behindFirstTid(long segment) {
    int tag = tag(segment);
    return isOfTid(tag)
        ? segment + bytesWithoutTag(tag)
        : segment + FIRST_TID + (tag >>> FIRST_TID_BYTES_SHIFT);
  }

  /** TIDs of a segment whose {@link #totalBytes(long, int) header was checked}. */
  public static int count(long segment) {
    int encoding = encoding(segment);
    if (!isCounted(encoding)) {
      return encoding == SINGLE ? 1 : fewTids(tag(segment));
    }
    long at = behindFirstTid(segment);
    int b = NativeMemory.getUnsignedByte(at);
    return b < 0x80 ? b : b & 0x7F | NativeMemory.getUnsignedByte(at + 1) << 7;
  }

  private static int fewTids(int tag) {
    return MIN_FEW_TIDS + (tag & FEW - 1);
  }

  /** Bytes before the body of a segment whose header was checked. */
  public static int headerBytes(long segment) {
    long at = behindFirstTid(segment);
    if (isCounted(encoding(segment))) {
      at = afterNumber(afterNumber(at));
    }
    return (int) ((hasPayload(segment) ? afterNumber(at) : at) - segment);
  }

  /** Bytes of the body of a segment whose header was checked. */
  public static int bodyBytes(long segment) {
    int encoding = encoding(segment);
    if (encoding == SINGLE) {
      return 0;
    }
    if (encoding == FEW) {
      long body = segment + headerBytes(segment);
      return (int) (afterNumbers(body, count(segment) - 1) - body);
    }
    long at = afterNumber(behindFirstTid(segment));
    return (int) Varbyte.get(at, at + Varbyte.MAX_BYTES);
  }

  /** Bytes of the payloads of a segment whose header was checked. */
  static int payloadBytes(long segment) {
    if (!hasPayload(segment)) {
      return 0;
    }
    long at = behindFirstTid(segment);
    if (isCounted(encoding(segment))) {
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

  private static long afterNumbers(long address, int numbers) {
    long at = address;
    for (int i = 0; i < numbers; i++) {
      at = afterNumber(at);
    }
    return at;
  }

  /**
   * Checks the header, and of FEW where its body ends, and returns the bytes of the whole segment,
   * -1 where the bytes are not a segment or it does not end within the limit. Reads nothing at or
   * behind the limit.
   *
   * @param limitBytes bytes that may be read from the address on
   */
  public static int totalBytes(long segment, int limitBytes) {
    if (limitBytes < MIN_BYTES) {
      return -1;
    }
    int tag = tag(segment);
    if (isOfTid(tag)) {
      return tag == 0 || tag == 0xFF || bytesWithoutTag(tag) > limitBytes
          ? -1
          : bytesWithoutTag(tag);
    }
    int encoding = encodingOf(tag);
    int firstTidBytes = tag >>> FIRST_TID_BYTES_SHIFT;
    if ((encoding > PACKED && encoding != FEW)
        || firstTidBytes < 1
        || firstTidBytes > MAX_FIRST_TID_BYTES
        || FIRST_TID + firstTidBytes > limitBytes) {
      return -1;
    }
    long at = segment + FIRST_TID + firstTidBytes;
    if (encoding != PACKED && firstTidBytes > 1 && NativeMemory.getByte(at - 1) == 0) {
      return -1;
    }
    if (tag == (firstTidBytes << FIRST_TID_BYTES_SHIFT | SINGLE)) {
      return isWithoutTag(firstTid(segment)) ? -1 : FIRST_TID + firstTidBytes;
    }
    long limit = segment + limitBytes;
    long bodyBytes = 0;
    if (isCounted(encoding)) {
      long count = Varbyte.get(at, limit);
      if (count < (encoding == VARBYTE ? MAX_FEW_TIDS + 1 : 2)
          || count > (encoding == VARBYTE ? MAX_VARBYTE_TIDS : MAX_TIDS)) {
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
    if ((tag & PAYLOAD_FLAG) != 0) {
      payloadBytes = Varbyte.get(at, limit);
      if (payloadBytes < 1 || payloadBytes > MAX_LENGTH) {
        return -1;
      }
      at += Varbyte.length(payloadBytes);
    }
    if (encoding == FEW) {
      for (int i = fewTids(tag); i > 1; i--) {
        do {
          if (at == limit) {
            return -1;
          }
        } while (NativeMemory.getByte(at++) < 0);
      }
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
      return limitBytes < MIN_BYTES
          ? "segment of " + limitBytes + " bytes, expected " + MIN_BYTES + " or more"
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
