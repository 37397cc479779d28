package io.djinn.page;

import io.djinn.memory.NativeMemory;

/**
 * The header every page begins with.
 *
 * <pre>
 * byteOffset bytes field        meaning
 *          0     4 checksum     CRC-32C of file id, page number and bytes 4 .. page size
 *          4     1 kind         {@link PageKind#id()}, 0 where the page was never written
 *          5     1 level        0 for a leaf, height above the leaves for an inner page
 *          6     2 flags        by kind
 *          8     8 batch        number of the batch that made this version, 0 for a bulk load
 *         16     4 pageNo       its own page number
 *         20     4 lower        end of what grows from the front; start of the hole
 *         24     4 upper        start of what grows from the back; end of the hole
 *         28     4 reserved     0
 * </pre>
 *
 * Invariant: {@code HEADER_BYTES <= lower <= upper <= page size}. The hole is left out of images
 * and is zero in every appended version. All fields are little-endian.
 */
public final class Page {
  static final int CHECKSUM = 0;
  static final int KIND = CHECKSUM + 4;
  static final int LEVEL = KIND + 1;
  static final int FLAGS = LEVEL + 1;
  static final int BATCH = FLAGS + 2;
  static final int PAGE_NO = BATCH + 8;
  static final int LOWER = PAGE_NO + 4;
  static final int UPPER = LOWER + 4;
  static final int RESERVED = UPPER + 4;

  /** Bytes of the header; the page kind's own fields follow. */
  public static final int HEADER_BYTES = RESERVED + 4;

  /** The highest page number there can be. */
  public static final int MAX_PAGE_NO = Integer.MAX_VALUE - 1;

  private Page() {}

  /** Lays out an empty page: zeros, header, and a hole over everything behind the header. */
  public static void format(long page, int pageSizeBytes, int pageNo, int kind, int level) {
    NativeMemory.fill(page, pageSizeBytes, 0);
    NativeMemory.putByte(page + KIND, kind);
    NativeMemory.putByte(page + LEVEL, level);
    NativeMemory.putInt(page + PAGE_NO, pageNo);
    NativeMemory.putInt(page + LOWER, HEADER_BYTES);
    NativeMemory.putInt(page + UPPER, pageSizeBytes);
  }

  public static int kind(long page) {
    return NativeMemory.getUnsignedByte(page + KIND);
  }

  public static int level(long page) {
    return NativeMemory.getUnsignedByte(page + LEVEL);
  }

  public static int flags(long page) {
    return NativeMemory.getUnsignedShort(page + FLAGS);
  }

  public static void flags(long page, int flags) {
    NativeMemory.putShort(page + FLAGS, flags);
  }

  public static long batch(long page) {
    return NativeMemory.getLong(page + BATCH);
  }

  public static void batch(long page, long batch) {
    NativeMemory.putLong(page + BATCH, batch);
  }

  public static int pageNo(long page) {
    return NativeMemory.getInt(page + PAGE_NO);
  }

  /** Sets the number of a page that was laid out before its place was known. */
  public static void pageNo(long page, int pageNo) {
    NativeMemory.putInt(page + PAGE_NO, pageNo);
  }

  public static int lower(long page) {
    return NativeMemory.getInt(page + LOWER);
  }

  public static void lower(long page, int lower) {
    NativeMemory.putInt(page + LOWER, lower);
  }

  public static int upper(long page) {
    return NativeMemory.getInt(page + UPPER);
  }

  public static void upper(long page, int upper) {
    NativeMemory.putInt(page + UPPER, upper);
  }

  /** The field behind the hole's bounds, 0 in every page. */
  public static int reserved(long page) {
    return NativeMemory.getInt(page + RESERVED);
  }

  public static int checksum(long page) {
    return NativeMemory.getInt(page + CHECKSUM);
  }

  public static void checksum(long page, int checksum) {
    NativeMemory.putInt(page + CHECKSUM, checksum);
  }
}
