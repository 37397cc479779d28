package io.djinn.gin.posting;

import io.djinn.error.CorruptPageException;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;

/**
 * The pages from the root of a posting tree down to one leaf, with the index of the child taken on
 * each and the end of the leaf's range; or to a root whose rest takes a leaf's place.
 */
final class PostingTreePath {
  private final int[] pages = new int[PostingInnerPage.MAX_LEVELS];
  private final int[] indexes = new int[PostingInnerPage.MAX_LEVELS];

  /** Steps below the root the leaf stands; 0 where the root is the leaf. */
  int depth;

  /** The leaf holds TIDs below this one only. */
  long high;

  /** Goes from the root to the leaf whose range holds the TID. */
  void descend(PageReader reader, int root, long tid) {
    int pageSizeBytes = reader.pageSizeBytes();
    int pageNo = root;
    int level = -1;
    depth = 0;
    high = Segment.MAX_TID + 1;
    while (true) {
      long page = reader.page(pageNo);
      pages[depth] = pageNo;
      if (level >= 0 && Page.level(page) != level - 1) {
        throw PostingLeafPage.corrupt(page, pageNo, "level", Page.level(page), level - 1L);
      }
      level = Page.level(page);
      if (level == 0) {
        PostingLeafPage.check(page, pageSizeBytes, pageNo);
        return;
      }
      if (depth == 0) {
        PostingInnerPage.check(page, pageSizeBytes, pageNo);
      } else {
        PostingInnerPage.checkBelowRoot(page, pageSizeBytes, pageNo);
      }
      long childrenHigh = childrenHigh(page, pageSizeBytes, pageNo);
      if (tid >= childrenHigh) {
        return;
      }
      high = Math.min(high, childrenHigh);
      int index = PostingInnerPage.find(page, tid);
      if (index + 1 < PostingInnerPage.count(page)) {
        high = Math.min(high, PostingInnerPage.separator(page, index + 1));
      }
      if (tid >= high) {
        throw new CorruptPageException(
            "pages",
            pageNo,
            PageKind.describe(Page.kind(page)),
            "separator " + high + " behind the child for TID " + tid);
      }
      indexes[depth] = index;
      depth++;
      pageNo = PostingInnerPage.child(page, index);
    }
  }

  /** Where the page's rest begins, above all TIDs where it has none. */
  private static long childrenHigh(long page, int pageSizeBytes, int pageNo) {
    try {
      return PostingInnerPage.hasRest(page, pageSizeBytes)
          ? PostingInnerPage.restBegin(page, pageSizeBytes)
          : Segment.MAX_TID + 1;
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pageNo, PageKind.POSTING_INNER);
    }
  }

  /** Page number so many steps below the root. */
  int page(int depth) {
    return pages[depth];
  }

  int leaf() {
    return pages[depth];
  }

  /** Index of the child taken on the page so many steps below the root. */
  int index(int depth) {
    return indexes[depth];
  }
}
