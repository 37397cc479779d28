package io.djinn.gin.posting;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * An inner page of a posting tree: children in order of their TIDs.
 *
 * <pre>
 * byteOffset bytes field       meaning
 *          0    32 header      {@link Page}; level 1 and up
 *         32       entries     up to lower, each:
 *          0     6 separator   the child holds no TID below it
 *          6     4 child       page number
 * </pre>
 *
 * Invariants: separators ascend; a child holds TIDs from its separator up to, not including, the
 * next one's, the last child up to the end of its parent's range. The first separator is the start
 * of the page's own range. There is at least one entry, on a root two.
 */
public final class PostingInnerPage {
  static final int ENTRIES = Page.HEADER_BYTES;
  static final int SEPARATOR = 0;
  static final int CHILD = SEPARATOR + 6;
  static final int ENTRY_BYTES = CHILD + 4;

  /** Levels a tree may have, leaf and root included: more than pages of any size need. */
  static final int MAX_LEVELS = 12;

  private PostingInnerPage() {}

  static int capacity(int pageSizeBytes) {
    return (pageSizeBytes - ENTRIES) / ENTRY_BYTES;
  }

  /** Throws where the header is not one of an inner page with this number. */
  static void check(long page, int pageSizeBytes, int pageNo) {
    if (Page.kind(page) != PageKind.POSTING_INNER.id()) {
      throw PostingLeafPage.corrupt(
          page, pageNo, "kind", Page.kind(page), PageKind.POSTING_INNER.id());
    }
    int level = Page.level(page);
    if (level < 1 || level >= MAX_LEVELS) {
      throw PostingLeafPage.corrupt(page, pageNo, "level", level, 1);
    }
    if (Page.pageNo(page) != pageNo) {
      throw PostingLeafPage.corrupt(page, pageNo, "page number", Page.pageNo(page), pageNo);
    }
    if (Page.upper(page) != pageSizeBytes) {
      throw PostingLeafPage.corrupt(page, pageNo, "upper", Page.upper(page), pageSizeBytes);
    }
    int entryBytes = Page.lower(page) - ENTRIES;
    if (entryBytes < ENTRY_BYTES
        || entryBytes > pageSizeBytes - ENTRIES
        || entryBytes % ENTRY_BYTES != 0) {
      throw PostingLeafPage.corrupt(page, pageNo, "lower", Page.lower(page), pageSizeBytes);
    }
  }

  /** The page in words, a line a child. */
  public static String describe(long page, int pageSizeBytes, int pageNo) {
    check(page, pageSizeBytes, pageNo);
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count(page); i++) {
      words.append("TIDs from ").append(separator(page, i)).append(" -> child ");
      words.append(child(page, i)).append('\n');
    }
    return words.toString();
  }

  /** Children of a checked page. */
  public static int count(long page) {
    return (Page.lower(page) - ENTRIES) / ENTRY_BYTES;
  }

  private static long entry(long page, int index) {
    return page + ENTRIES + (long) index * ENTRY_BYTES;
  }

  public static long separator(long page, int index) {
    return NativeMemory.getUnsigned48(entry(page, index) + SEPARATOR);
  }

  public static int child(long page, int index) {
    return NativeMemory.getInt(entry(page, index) + CHILD);
  }

  /** Index of the child whose range holds the TID; the first where it lies below all. */
  public static int find(long page, long tid) {
    int low = 0;
    int high = count(page) - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (separator(page, middle) <= tid) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  static void set(long page, int index, long separator, int child) {
    NativeMemory.putUnsigned48(entry(page, index) + SEPARATOR, separator);
    NativeMemory.putInt(entry(page, index) + CHILD, child);
  }

  /** Adds an entry; the page has room. */
  static void insert(long page, int index, long separator, int child) {
    int count = count(page);
    long entry = entry(page, index);
    NativeMemory.copy(entry, entry + ENTRY_BYTES, (long) (count - index) * ENTRY_BYTES);
    set(page, index, separator, child);
    Page.lower(page, Page.lower(page) + ENTRY_BYTES);
  }

  /** Takes an entry out; its range goes to the neighbour before, of the first to the one behind. */
  static void delete(long page, int index) {
    int count = count(page);
    if (index == 0 && count > 1) {
      NativeMemory.putUnsigned48(entry(page, 1) + SEPARATOR, separator(page, 0));
    }
    long entry = entry(page, index);
    NativeMemory.copy(entry + ENTRY_BYTES, entry, (long) (count - index - 1) * ENTRY_BYTES);
    truncate(page, count - 1);
  }

  /** Drops the entries from an index on. */
  static void truncate(long page, int count) {
    int lower = ENTRIES + count * ENTRY_BYTES;
    NativeMemory.fill(page + lower, Page.lower(page) - lower, 0);
    Page.lower(page, lower);
  }

  /** Copies the entries {@code from .. to} to the end of another inner page, which has room. */
  static void append(long page, long other, int from, int to) {
    int bytes = (to - from) * ENTRY_BYTES;
    NativeMemory.copy(entry(other, from), page + Page.lower(page), bytes);
    Page.lower(page, Page.lower(page) + bytes);
  }
}
