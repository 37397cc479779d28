package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * Packs sorted tuples into an entry page, leaf or inner; splits, rebuilds and the bulk load use it.
 *
 * <p>The page's common prefix is that of its first and last key. It begins as the whole first key;
 * a key that shares less of it makes the builder lay the page out anew with the shorter prefix.
 */
public final class EntryPageBuilder {
  /** Bytes of a leaf tuple's value that says where a posting tree is. */
  public static final int TREE_VALUE_BYTES = LeafValue.TREE_BYTES;

  private final int pageSizeBytes;
  private final EntryPage view = new EntryPage();
  private final long keyScratch;
  private long page;
  private long spare;
  private int limitBytes;
  private int slots;
  private int prefixBytes;

  /**
   * @param work {@link #workBytes} bytes of memory, the builder's own
   */
  public EntryPageBuilder(long work, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    this.page = work;
    this.spare = work + pageSizeBytes;
    this.keyScratch = work + 2L * pageSizeBytes;
  }

  /** Memory a builder works in: two page images and a key. */
  public static int workBytes(int pageSizeBytes) {
    return 3 * pageSizeBytes;
  }

  /**
   * How full a page of a fill factor gets, bytes; every tuple fits an empty page.
   *
   * @param fillFactorPercent 50 to 100
   */
  public static int limitBytes(int pageSizeBytes, int fillFactorPercent) {
    if (fillFactorPercent < 50 || fillFactorPercent > 100) {
      throw new IllegalArgumentException(
          "fill factor of " + fillFactorPercent + " percent, expected 50 to 100");
    }
    int room = pageSizeBytes - EntryPage.PREFIX;
    return EntryPage.PREFIX + (int) ((long) room * fillFactorPercent / 100);
  }

  /** Writes the value of a key whose TIDs are in a posting tree; returns its bytes. */
  public static int treeValue(long out, int root, long tidCount) {
    return LeafValue.writeTree(out, root, tidCount);
  }

  /**
   * Begins a page.
   *
   * @param limitBytes how full it may get, page header included; at most the page size
   */
  public void start(PageKind kind, int level, int limitBytes) {
    EntryPage.format(page, pageSizeBytes, 0, kind, level);
    this.limitBytes = limitBytes;
    slots = 0;
    prefixBytes = 0;
  }

  /** Sets an inner page's leftmost child. */
  public void leftmost(int child) {
    NativeMemory.putInt(page + EntryPage.LEFTMOST, child);
  }

  /** Tuples appended so far. */
  public int slotCount() {
    return slots;
  }

  /** Bytes the page takes so far, its header included. */
  public int usedBytes() {
    return Page.lower(page) + pageSizeBytes - Page.upper(page);
  }

  /**
   * Appends a tuple whose key is above all before, if it fits the limit; else nothing is changed.
   */
  public boolean tryAppend(long key, int keyLength, long value, int valueBytes) {
    int prefix = keyLength;
    if (slots > 0) {
      prefix = NativeMemory.commonPrefix(key, keyLength, page + EntryPage.PREFIX, prefixBytes);
    }
    int suffixBytes = keyLength - prefix;
    int tupleBytes = EntryTuple.bytes(suffixBytes, valueBytes);
    int added = EntryPage.SLOT_BYTES + tupleBytes;
    if (slots == 0) {
      if (EntryPage.PREFIX + prefix + added > limitBytes) {
        return false;
      }
      NativeMemory.copy(key, page + EntryPage.PREFIX, prefix);
      setPrefix(prefix);
    } else if (prefix < prefixBytes) {
      if (bytesWithPrefix(prefix) + added > limitBytes) {
        return false;
      }
      shortenPrefix(prefix);
    } else if (usedBytes() + added > limitBytes) {
      return false;
    }
    append(key + prefix, suffixBytes, value, valueBytes, tupleBytes);
    return true;
  }

  private void append(long suffix, int suffixBytes, long value, int valueBytes, int tupleBytes) {
    int offset = Page.upper(page) - tupleBytes;
    int lower = Page.lower(page);
    long slot = page + lower;
    EntryTuple.write(page + offset, suffix, suffixBytes, value, valueBytes);
    NativeMemory.putLong(slot + EntryPage.HEAD, NativeMemory.head(suffix, suffixBytes));
    NativeMemory.putShort(slot + EntryPage.TUPLE_OFFSET, offset);
    NativeMemory.putShort(slot + EntryPage.TUPLE_BYTES, tupleBytes);
    slots++;
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    Page.upper(page, offset);
    Page.lower(page, lower + EntryPage.SLOT_BYTES);
  }

  private void setPrefix(int bytes) {
    prefixBytes = bytes;
    NativeMemory.putShort(page + EntryPage.PREFIX_BYTES, bytes);
    Page.lower(page, EntryPage.PREFIX + bytes);
  }

  /** What the page would take with a shorter prefix. */
  private int bytesWithPrefix(int shorter) {
    view.wrap(page, pageSizeBytes, 0);
    int bytes = EntryPage.PREFIX + shorter + slots * EntryPage.SLOT_BYTES;
    for (int i = 0; i < slots; i++) {
      view.slot(i);
      bytes += EntryTuple.bytes(view.keyBytes() - shorter, view.valueBytes());
    }
    return bytes;
  }

  private void shortenPrefix(int shorter) {
    view.wrap(page, pageSizeBytes, 0);
    int count = slots;
    long old = page;
    page = spare;
    spare = old;
    NativeMemory.fill(page, pageSizeBytes, 0);
    NativeMemory.copy(old, page, Page.HEADER_BYTES);
    leftmost(NativeMemory.getInt(old + EntryPage.LEFTMOST));
    Page.upper(page, pageSizeBytes);
    NativeMemory.copy(old + EntryPage.PREFIX, page + EntryPage.PREFIX, shorter);
    setPrefix(shorter);
    slots = 0;
    for (int i = 0; i < count; i++) {
      int suffixBytes = view.copyKey(i, keyScratch) - shorter;
      int valueBytes = view.valueBytes();
      append(
          keyScratch + shorter,
          suffixBytes,
          view.valueAddress(),
          valueBytes,
          EntryTuple.bytes(suffixBytes, valueBytes));
    }
  }

  /** The page so far; its page number is 0 and its hole holds zeros. */
  public long page() {
    return page;
  }

  /** Sets the page number and returns the finished image. */
  public long finish(int pageNo) {
    Page.pageNo(page, pageNo);
    return page;
  }

  /** Copies the page over another that keeps its own page number, batch and checksum. */
  void copyTo(long target) {
    EntryPage.copyContent(page, target, pageSizeBytes);
  }
}
