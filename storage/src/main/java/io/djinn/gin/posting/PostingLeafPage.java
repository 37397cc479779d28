package io.djinn.gin.posting;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * A leaf page of a posting tree: one encoded list.
 *
 * <pre>
 * byteOffset bytes field       meaning
 *          0    32 header      {@link Page}; level 0
 *         32     4 tidCount    TIDs of the list
 *         36       list        {@link Segment segments} back to back, up to lower
 * </pre>
 *
 * Invariant: {@code 36 <= lower <= upper = page size}. Only the root of an empty tree holds no TID.
 */
public final class PostingLeafPage {
  static final int TID_COUNT = Page.HEADER_BYTES;
  static final int LIST = TID_COUNT + 4;

  private PostingLeafPage() {}

  /** Bytes a list may take on a page. */
  public static int capacityBytes(int pageSizeBytes) {
    return pageSizeBytes - LIST;
  }

  static void format(long page, int pageSizeBytes, int pageNo) {
    Page.format(page, pageSizeBytes, pageNo, PageKind.POSTING_LEAF.id(), 0);
    Page.lower(page, LIST);
  }

  /** Throws where the header is not one of a leaf page with this number; the list is not read. */
  static void check(long page, int pageSizeBytes, int pageNo) {
    if (Page.kind(page) != PageKind.POSTING_LEAF.id()) {
      throw corrupt(page, pageNo, "kind", Page.kind(page), PageKind.POSTING_LEAF.id());
    }
    if (Page.level(page) != 0) {
      throw corrupt(page, pageNo, "level", Page.level(page), 0);
    }
    if (Page.pageNo(page) != pageNo) {
      throw corrupt(page, pageNo, "page number", Page.pageNo(page), pageNo);
    }
    if (Page.upper(page) != pageSizeBytes) {
      throw corrupt(page, pageNo, "upper", Page.upper(page), pageSizeBytes);
    }
    if (Page.lower(page) < LIST || Page.lower(page) > pageSizeBytes) {
      throw corrupt(page, pageNo, "lower", Page.lower(page), pageSizeBytes);
    }
  }

  static CorruptPageException corrupt(
      long page, int pageNo, String field, long found, long expected) {
    return new CorruptPageException(
        "pages",
        pageNo,
        PageKind.describe(Page.kind(page)),
        field + " " + found + ", expected " + expected);
  }

  /** The page in words. */
  public static String describe(long page, int pageSizeBytes, int pageNo) {
    check(page, pageSizeBytes, pageNo);
    return "tidCount "
        + tidCount(page)
        + "\n"
        + new PostingList().describe(list(page), listBytes(page))
        + "\n";
  }

  /** TIDs on the page. */
  public static int tidCount(long page) {
    return NativeMemory.getInt(page + TID_COUNT);
  }

  static void tidCount(long page, int tidCount) {
    NativeMemory.putInt(page + TID_COUNT, tidCount);
  }

  /** Address of the list on a checked page. */
  public static long list(long page) {
    return page + LIST;
  }

  /** Bytes of the list on a checked page. */
  public static int listBytes(long page) {
    return Page.lower(page) - LIST;
  }

  /** Puts a list in place of the one there; what it leaves behind becomes zeros. */
  static void replaceList(long page, long list, int listBytes, int tidCount) {
    int before = Page.lower(page);
    NativeMemory.copy(list, page + LIST, listBytes);
    int lower = LIST + listBytes;
    if (lower < before) {
      NativeMemory.fill(page + lower, before - lower, 0);
    }
    Page.lower(page, lower);
    tidCount(page, tidCount);
  }
}
