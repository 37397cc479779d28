package io.djinn.space;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * One page of a list of extents: a stack of runs of page numbers.
 *
 * <pre>
 * byteOffset bytes field      meaning
 *         32     4 next       next page of the list, 0 at its end
 *         36     4 count      entries
 *         40    16 entry[0]   first page number (4), pages (4), tag (8)
 *        ...       entry[n]   the top of the stack
 * </pre>
 *
 * The tag of a free extent is the batch that freed it, with {@link #HOLDS_ANYTHING} where a build
 * had it reserved; of a build's extent, the build; of a root to be dropped, 0. Invariant: {@code
 * lower} is the end of the last entry.
 */
public final class ExtentListPage {
  private static final int NEXT = Page.HEADER_BYTES;
  private static final int COUNT = NEXT + 4;
  private static final int ENTRIES = COUNT + 4;
  private static final int PAGES = 4;
  private static final int TAG = 8;

  /**
   * Set in the tag of a free extent whose pages a build may have written without a log record, or
   * never: they hold zeros, whole pages, or what a power cut left of a write. Every other free page
   * holds its last version whole.
   */
  private static final long HOLDS_ANYTHING = 1L << 62;

  /** Bytes of an entry. */
  static final int ENTRY_BYTES = 16;

  private ExtentListPage() {}

  static void init(long page, int next) {
    NativeMemory.putInt(page + NEXT, next);
    NativeMemory.putInt(page + COUNT, 0);
    Page.lower(page, ENTRIES);
  }

  static int capacity(int pageSizeBytes) {
    return (pageSizeBytes - ENTRIES) / ENTRY_BYTES;
  }

  /** Throws where the page is not a page of a list of extents. */
  public static void check(long page, int pageNo, int pageSizeBytes) {
    int count = NativeMemory.getInt(page + COUNT);
    String wrong = null;
    if (Page.kind(page) != PageKind.EXTENT_LIST.id()) {
      wrong = "kind found " + PageKind.describe(Page.kind(page)) + ", expected extent list";
    } else if (count < 0 || count > capacity(pageSizeBytes)) {
      wrong = "count found " + count + ", limit " + capacity(pageSizeBytes);
    } else if (Page.lower(page) != ENTRIES + count * ENTRY_BYTES) {
      wrong = "lower found " + Page.lower(page) + ", expected " + (ENTRIES + count * ENTRY_BYTES);
    }
    if (wrong != null) {
      throw new CorruptPageException("pages", pageNo, "extent list", wrong);
    }
  }

  public static int next(long page) {
    return NativeMemory.getInt(page + NEXT);
  }

  public static int count(long page) {
    return NativeMemory.getInt(page + COUNT);
  }

  private static long entry(long page, int at) {
    return page + ENTRIES + (long) at * ENTRY_BYTES;
  }

  public static int firstPageNo(long page, int at) {
    return NativeMemory.getInt(entry(page, at));
  }

  public static int pages(long page, int at) {
    return NativeMemory.getInt(entry(page, at) + PAGES);
  }

  public static long tag(long page, int at) {
    return NativeMemory.getLong(entry(page, at) + TAG);
  }

  /** Tag of a free extent that a build had reserved until a batch freed it. */
  static long tagOfUnlogged(long batch) {
    return batch | HOLDS_ANYTHING;
  }

  /** Whether the pages of a free extent with this tag may hold anything at all. */
  public static boolean holdsAnything(long tag) {
    return (tag & HOLDS_ANYTHING) != 0;
  }

  /** The batch that freed an extent. */
  public static long freedBy(long tag) {
    return tag & ~HOLDS_ANYTHING;
  }

  static void push(long page, int firstPageNo, int pages, long tag) {
    int count = count(page);
    set(page, count, firstPageNo, pages, tag);
    NativeMemory.putInt(page + COUNT, count + 1);
    Page.lower(page, ENTRIES + (count + 1) * ENTRY_BYTES);
  }

  static void pop(long page) {
    int count = count(page) - 1;
    set(page, count, 0, 0, 0);
    NativeMemory.putInt(page + COUNT, count);
    Page.lower(page, ENTRIES + count * ENTRY_BYTES);
  }

  static void set(long page, int at, int firstPageNo, int pages, long tag) {
    long entry = entry(page, at);
    NativeMemory.putInt(entry, firstPageNo);
    NativeMemory.putInt(entry + PAGES, pages);
    NativeMemory.putLong(entry + TAG, tag);
  }

  /** The page in words. */
  public static String describe(long page) {
    StringBuilder words = new StringBuilder("next ").append(next(page)).append('\n');
    for (int at = 0; at < count(page); at++) {
      words
          .append("pages ")
          .append(firstPageNo(page, at))
          .append(" to ")
          .append(firstPageNo(page, at) + pages(page, at) - 1)
          .append(", tag ")
          .append(tag(page, at))
          .append('\n');
    }
    return words.toString();
  }
}
