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
 *      upper       rest        of a root of level 1 only: an encoded list, to the page's end
 * </pre>
 *
 * Invariants: separators ascend; a child holds TIDs from its separator up to, not including, the
 * next one's, the last child up to the end of its parent's range. The first separator is the start
 * of the page's own range. There is at least one entry, on a root without rest two.
 *
 * <p>The rest is what a loaded tree's last leaf would hold: TIDs above those of all children, the
 * last child's range ending where it begins. Most loaded trees have a few leaves, and a root for
 * them alone would be a page nearly empty. TIDs are taken out of a rest as out of a leaf, but never
 * put in: {@link PostingTree} gives it a leaf first.
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
    int upper = Page.upper(page);
    boolean mayHaveRest = level == 1 && pageSizeBytes - upper >= Segment.MIN_BYTES;
    if (upper != pageSizeBytes && !mayHaveRest) {
      throw PostingLeafPage.corrupt(page, pageNo, "upper", upper, pageSizeBytes);
    }
    int entryBytes = Page.lower(page) - ENTRIES;
    // Beside a rest there is room for the entry of the leaf it may get.
    int mostBytes = upper - ENTRIES - (upper < pageSizeBytes ? ENTRY_BYTES : 0);
    if (entryBytes < ENTRY_BYTES || entryBytes > mostBytes || entryBytes % ENTRY_BYTES != 0) {
      throw PostingLeafPage.corrupt(page, pageNo, "lower", Page.lower(page), pageSizeBytes);
    }
  }

  /** As {@link #check}, of a page below the root. */
  static void checkBelowRoot(long page, int pageSizeBytes, int pageNo) {
    check(page, pageSizeBytes, pageNo);
    if (hasRest(page, pageSizeBytes)) {
      throw PostingLeafPage.corrupt(
          page, pageNo, "upper of a page below the root", Page.upper(page), pageSizeBytes);
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
    if (hasRest(page, pageSizeBytes)) {
      words.append("rest\n");
      words.append(new PostingList().describe(rest(page), restBytes(page, pageSizeBytes)));
      words.append('\n');
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

  /** Whether a checked page has a rest. */
  static boolean hasRest(long page, int pageSizeBytes) {
    return Page.upper(page) < pageSizeBytes;
  }

  /** Address of the rest of a page that has one. */
  static long rest(long page) {
    return page + Page.upper(page);
  }

  static int restBytes(long page, int pageSizeBytes) {
    return pageSizeBytes - Page.upper(page);
  }

  /**
   * The first TID of the rest of a page that has one, where the last child's range ends.
   *
   * @throws MalformedListException where the rest does not begin with a segment, or not above the
   *     last child's separator
   */
  static long restBegin(long page, int pageSizeBytes) {
    long first = PostingList.firstTid(rest(page), restBytes(page, pageSizeBytes));
    long last = separator(page, count(page) - 1);
    if (first <= last) {
      throw new MalformedListException(
          0, "a rest from TID " + first + " behind a child from TID " + last);
    }
    return first;
  }

  /** Bytes a page without a rest has for one beside so many entries and one more. */
  static int roomForRest(int pageSizeBytes, int entries) {
    return pageSizeBytes - ENTRIES - (entries + 1) * ENTRY_BYTES;
  }

  /** Writes the rest of a page that has none and has room for it. */
  static void putRest(long page, int pageSizeBytes, long list, int listBytes) {
    Page.upper(page, pageSizeBytes - listBytes);
    NativeMemory.copy(list, rest(page), listBytes);
  }

  /** Puts a list that is not longer in the rest's place; none where it has no bytes. */
  static void replaceRest(long page, int pageSizeBytes, long list, int listBytes) {
    int upper = pageSizeBytes - listBytes;
    NativeMemory.fill(rest(page), upper - Page.upper(page), 0);
    Page.upper(page, upper);
    NativeMemory.copy(list, rest(page), listBytes);
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
