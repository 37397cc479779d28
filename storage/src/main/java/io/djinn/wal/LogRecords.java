package io.djinn.wal;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.agrona.BufferUtil;

/**
 * The three kinds of record: encode, apply, describe.
 *
 * <pre>
 * IMAGE    type 1 | is compressed u8 | page number i32 | lower i32 | upper i32 | stored bytes
 *          the page's final bytes without its hole, as LZ4 where that is shorter
 * EDITS    type 2 | page number i32 | (op code u8, length u16, arguments)*
 *          what a batch did to one page, in order
 * COMMIT   type 3 | batch number i64 | LSN of the batch's first record i64 | records i32
 * </pre>
 *
 * An instance holds scratch space and belongs to one thread at a time.
 */
public final class LogRecords {
  /** Record types; ids are never reused. */
  static final int IMAGE = 1;

  static final int EDITS = 2;
  static final int COMMIT = 3;

  private static final int PAGE_NO_OF_IMAGE = 2;
  private static final int LOWER = PAGE_NO_OF_IMAGE + 4;
  private static final int UPPER = LOWER + 4;
  private static final int IMAGE_BYTES = UPPER + 4;

  private static final int PAGE_NO_OF_EDITS = 1;
  private static final int EDITS_BYTES = PAGE_NO_OF_EDITS + 4;

  /** Bytes in front of each edit's arguments: op code and length. */
  public static final int EDIT_HEADER_BYTES = 3;

  private static final int BATCH = 1;
  private static final int FIRST_LSN = BATCH + 8;
  private static final int RECORD_COUNT = FIRST_LSN + 8;
  private static final int COMMIT_BYTES = RECORD_COUNT + 4;

  /** What a record adds to an image or to edits at most, with the headers of blocks it crosses. */
  public static final int OVERHEAD_BYTES = 256;

  private final int pageSizeBytes;
  private final LZ4Compressor compressor = LZ4Factory.nativeInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.nativeInstance().safeDecompressor();
  private final ByteBuffer raw;
  private final ByteBuffer packed;
  private final long rawAddress;
  private final long packedAddress;

  public LogRecords(int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    raw = ByteBuffer.allocateDirect(pageSizeBytes).order(ByteOrder.nativeOrder());
    packed =
        ByteBuffer.allocateDirect(compressor.maxCompressedLength(pageSizeBytes))
            .order(ByteOrder.nativeOrder());
    rawAddress = BufferUtil.address(raw);
    packedAddress = BufferUtil.address(packed);
  }

  /** The kind of record a body holds. */
  public static int type(long body) {
    return NativeMemory.getUnsignedByte(body);
  }

  public static boolean isImage(long body) {
    return type(body) == IMAGE;
  }

  public static boolean isEdits(long body) {
    return type(body) == EDITS;
  }

  public static boolean isCommit(long body) {
    return type(body) == COMMIT;
  }

  /** Encodes a page's final bytes; returns the body's length. */
  public int encodeImage(long body, int pageNo, long page) {
    int lower = Page.lower(page);
    int upper = Page.upper(page);
    int back = pageSizeBytes - upper;
    NativeMemory.copy(page, rawAddress, lower);
    NativeMemory.copy(page + upper, rawAddress + lower, back);
    int length = compressor.compress(raw, 0, lower + back, packed, 0, packed.capacity());
    boolean isPacked = length < lower + back;
    NativeMemory.putByte(body, IMAGE);
    NativeMemory.putByte(body + 1, isPacked ? 1 : 0);
    NativeMemory.putInt(body + PAGE_NO_OF_IMAGE, pageNo);
    NativeMemory.putInt(body + LOWER, lower);
    NativeMemory.putInt(body + UPPER, upper);
    int stored = isPacked ? length : lower + back;
    NativeMemory.copy(isPacked ? packedAddress : rawAddress, body + IMAGE_BYTES, stored);
    return IMAGE_BYTES + stored;
  }

  /** Begins a record of edits; returns the body's length so far. */
  public static int beginEdits(long body, int pageNo) {
    NativeMemory.putByte(body, EDITS);
    NativeMemory.putInt(body + PAGE_NO_OF_EDITS, pageNo);
    return EDITS_BYTES;
  }

  public static int encodeCommit(long body, long batch, long firstLsn, int recordCount) {
    NativeMemory.putByte(body, COMMIT);
    NativeMemory.putLong(body + BATCH, batch);
    NativeMemory.putLong(body + FIRST_LSN, firstLsn);
    NativeMemory.putInt(body + RECORD_COUNT, recordCount);
    return COMMIT_BYTES;
  }

  /** Throws where a body that passed its checksum is not of a known form. */
  public static void validate(long body, int length) {
    int least =
        switch (type(body)) {
          case IMAGE -> IMAGE_BYTES;
          case EDITS -> EDITS_BYTES;
          case COMMIT -> COMMIT_BYTES;
          default -> throw new DjinnException("unknown record type " + type(body));
        };
    if (length < least) {
      throw new DjinnException(
          "record of type " + type(body) + " has " + length + " bytes, needs " + least);
    }
    if (type(body) != COMMIT && (pageNo(body) < 0 || pageNo(body) > Page.MAX_PAGE_NO)) {
      throw new DjinnException("record with page number " + pageNo(body));
    }
  }

  /** Page number of an image or of edits. */
  public static int pageNo(long body) {
    return NativeMemory.getInt(body + (type(body) == IMAGE ? PAGE_NO_OF_IMAGE : PAGE_NO_OF_EDITS));
  }

  public static long batch(long body) {
    return NativeMemory.getLong(body + BATCH);
  }

  public static long firstLsn(long body) {
    return NativeMemory.getLong(body + FIRST_LSN);
  }

  public static int recordCount(long body) {
    return NativeMemory.getInt(body + RECORD_COUNT);
  }

  /** Puts an image's bytes into a page, whatever stood there. */
  public void applyImage(long body, int length, long page) {
    int lower = NativeMemory.getInt(body + LOWER);
    int upper = NativeMemory.getInt(body + UPPER);
    checkHole(lower, upper);
    int wanted = lower + pageSizeBytes - upper;
    int stored = length - IMAGE_BYTES;
    long bytes = body + IMAGE_BYTES;
    if (NativeMemory.getByte(body + 1) != 0) {
      if (stored > packed.capacity()) {
        throw new DjinnException("image of " + stored + " packed bytes");
      }
      NativeMemory.copy(bytes, packedAddress, stored);
      try {
        stored = decompressor.decompress(packed, 0, stored, raw, 0, wanted);
      } catch (LZ4Exception e) {
        throw new DjinnException("image does not unpack", e);
      }
      bytes = rawAddress;
    }
    if (stored != wanted) {
      throw new DjinnException("image has " + stored + " bytes, needs " + wanted);
    }
    if (Page.lower(bytes) != lower || Page.upper(bytes) != upper) {
      throw new DjinnException(
          "image without bytes " + lower + " to " + upper + " of a page with another hole");
    }
    NativeMemory.copy(bytes, page, lower);
    NativeMemory.fill(page + lower, upper - lower, 0);
    NativeMemory.copy(bytes + lower, page + upper, pageSizeBytes - upper);
  }

  /** Does a record's edits again. */
  public void applyEdits(long body, int length, long page, EditTable table) {
    int at = EDITS_BYTES;
    while (at < length) {
      int arguments = editArguments(body, at, length);
      table.apply(
          NativeMemory.getUnsignedByte(body + at),
          page,
          pageSizeBytes,
          body + at + EDIT_HEADER_BYTES,
          arguments);
      at += EDIT_HEADER_BYTES + arguments;
    }
  }

  private static int editArguments(long body, int at, int length) {
    if (at + EDIT_HEADER_BYTES > length) {
      throw new DjinnException("edit at byte " + at + " of " + length + " has no header");
    }
    int arguments = NativeMemory.getUnsignedShort(body + at + 1);
    if (at + EDIT_HEADER_BYTES + arguments > length) {
      throw new DjinnException("edit at byte " + at + " goes beyond its record of " + length);
    }
    return arguments;
  }

  /** Finishes a page that edits have changed, as its batch did: number, zeroed hole. */
  public void finish(long page, long batch) {
    int lower = Page.lower(page);
    int upper = Page.upper(page);
    checkHole(lower, upper);
    Page.batch(page, batch);
    NativeMemory.fill(page + lower, upper - lower, 0);
  }

  private void checkHole(int lower, int upper) {
    if (lower < Page.HEADER_BYTES || upper < lower || upper > pageSizeBytes) {
      throw new DjinnException("page with a hole from " + lower + " to " + upper);
    }
  }

  /** A record in words. */
  public static String describe(long body, int length, EditTable table) {
    return switch (type(body)) {
      case IMAGE ->
          "IMAGE page "
              + pageNo(body)
              + ", hole "
              + NativeMemory.getInt(body + LOWER)
              + " to "
              + NativeMemory.getInt(body + UPPER)
              + ", "
              + (length - IMAGE_BYTES)
              + (NativeMemory.getByte(body + 1) != 0 ? " bytes packed" : " bytes");
      case EDITS -> describeEdits(body, length, table);
      case COMMIT ->
          "COMMIT batch "
              + batch(body)
              + ", first LSN "
              + firstLsn(body)
              + ", records "
              + recordCount(body);
      default -> "unknown record type " + type(body);
    };
  }

  private static String describeEdits(long body, int length, EditTable table) {
    StringBuilder words = new StringBuilder("EDITS page ").append(pageNo(body));
    int at = EDITS_BYTES;
    while (at < length) {
      int arguments = editArguments(body, at, length);
      int opCode = NativeMemory.getUnsignedByte(body + at);
      words
          .append("; ")
          .append(table.family(opCode).describe(opCode, body + at + EDIT_HEADER_BYTES, arguments));
      at += EDIT_HEADER_BYTES + arguments;
    }
    return words.toString();
  }
}
