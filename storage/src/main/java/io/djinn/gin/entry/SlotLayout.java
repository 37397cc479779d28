package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * How the keys of an entry page are shared out between slots and tuples: the flags of the page's
 * header.
 *
 * <pre>
 * bits   field       meaning
 *  0-3   headBytes   bytes of a key that its slot holds, 0 to 8
 *    4   isEven      1 where every key behind the page's prefix is just as long: nothing of it is
 *                    in the tuples, which have no length field either
 *    5   isGrouped   1 where the page has {@link KeyGroups}, behind whose stems heads and tails begin;
 *                    not on an even page
 *    6   isMarked    1 where the highest bit of a slot's byteOffset is set if the key is <em>whole</em>
 *                    in its head; not on an even page, nor on one larger than 16 KiB
 *  7-15  0
 * </pre>
 *
 * <p>A key is whole in a head that has room for it and that it does not end with a zero byte in: it
 * is the head up to the last byte that is not zero. Its tuple has no length field.
 *
 * <p>A page keeps its layout until it is laid out anew. A key that is longer than the head leaves
 * its rest to the tuple; only a key of another length does not fit an even page.
 */
final class SlotLayout {
  static final int MAX_HEAD_BYTES = 8;

  static final int OFFSET_BYTES = 2;

  /** Where a slot has its head; its tuple's byteOffset is at 0. */
  static final int HEAD = OFFSET_BYTES;

  static final int MAX_SLOT_BYTES = OFFSET_BYTES + MAX_HEAD_BYTES;

  /** The layout of a page without keys: whatever comes is found by its head. */
  static final int OF_EMPTY_PAGE = MAX_HEAD_BYTES;

  private static final int HEAD_BYTES_MASK = 0x0F;
  private static final int EVEN_FLAG = 0x10;
  private static final int GROUPED_FLAG = 0x20;
  private static final int MARKED_FLAG = 0x40;

  /** Of a slot's byteOffset, where its page has marks. */
  private static final int WHOLE_MARK = 0x8000;

  private static final int MAX_MARKED_PAGE_BYTES = 16 << 10;

  private SlotLayout() {}

  static int of(int headBytes, boolean isEven) {
    return headBytes | (isEven ? EVEN_FLAG : 0);
  }

  /** The layout of a page with groups. */
  static int ofGrouped(int headBytes) {
    return headBytes | GROUPED_FLAG;
  }

  static int withoutGroups(int layout) {
    return layout & ~GROUPED_FLAG;
  }

  /** A layout as marked as pages of that size can be. */
  static int marked(int layout, int pageSizeBytes) {
    return canBeMarked(pageSizeBytes) && !isEven(layout) ? layout | MARKED_FLAG : layout;
  }

  /** Whether byteOffsets leave a bit for a mark. */
  static boolean canBeMarked(int pageSizeBytes) {
    return pageSizeBytes <= MAX_MARKED_PAGE_BYTES;
  }

  static boolean isValid(int layout, int pageSizeBytes) {
    return layout <= (MARKED_FLAG | GROUPED_FLAG | EVEN_FLAG | HEAD_BYTES_MASK)
        && headBytes(layout) <= MAX_HEAD_BYTES
        && !(isEven(layout) && (isGrouped(layout) || isMarked(layout)))
        && !(isMarked(layout) && !canBeMarked(pageSizeBytes));
  }

  static int headBytes(int layout) {
    return layout & HEAD_BYTES_MASK;
  }

  static boolean isEven(int layout) {
    return (layout & EVEN_FLAG) != 0;
  }

  static boolean isGrouped(int layout) {
    return (layout & GROUPED_FLAG) != 0;
  }

  static boolean isMarked(int layout) {
    return (layout & MARKED_FLAG) != 0;
  }

  /** The bits of a slot's first field that are its tuple's byteOffset. */
  static int offsetMask(int layout) {
    return isMarked(layout) ? WHOLE_MARK - 1 : 0xFFFF;
  }

  /** Whether a key behind the page's prefix and stem is whole in the head it gets. */
  static boolean isWhole(int layout, long suffix, int suffixBytes) {
    return isMarked(layout)
        && suffixBytes <= headBytes(layout)
        && canBeWhole(suffixBytes, suffixBytes == 0 ? 0 : suffix + suffixBytes - 1);
  }

  /**
   * Whether a key is whole in a head with room for it.
   *
   * @param lastByte address of its last byte, if it has one
   */
  static boolean canBeWhole(int suffixBytes, long lastByte) {
    return suffixBytes == 0 || NativeMemory.getByte(lastByte) != 0;
  }

  /** Bytes of a key that is whole in a head. */
  static int wholeBytes(long head) {
    return MAX_HEAD_BYTES - (Long.numberOfTrailingZeros(head) >>> 3);
  }

  static int slotBytes(int layout) {
    return OFFSET_BYTES + headBytes(layout);
  }

  /** The bits of a head that a slot keeps. */
  static long headMask(int layout) {
    int headBytes = headBytes(layout);
    return headBytes == 0 ? 0 : -1L << 8 * (MAX_HEAD_BYTES - headBytes);
  }

  /** Whether a key fits the layout by its length behind the page's prefix. */
  static boolean takes(int layout, int suffixBytes) {
    return !isEven(layout) || suffixBytes == headBytes(layout);
  }

  /** The head of a key: its first bytes behind the page's prefix as a number, then zeros. */
  static long head(int layout, long suffix, int suffixBytes) {
    return NativeMemory.head(suffix, suffixBytes) & headMask(layout);
  }

  /** Writes a slot and nothing behind it. */
  static void putSlot(int layout, long slot, int tupleOffset, boolean isWhole, long head) {
    NativeMemory.putShort(slot, isWhole ? tupleOffset | WHOLE_MARK : tupleOffset);
    int shift = Long.SIZE;
    for (int i = HEAD; i < slotBytes(layout); i++) {
      shift -= Byte.SIZE;
      NativeMemory.putByte(slot + i, (int) (head >>> shift));
    }
  }
}
