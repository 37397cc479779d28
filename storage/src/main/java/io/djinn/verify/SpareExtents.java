package io.djinn.verify;

import io.djinn.error.CorruptPageException;
import io.djinn.page.PageReader;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The pages of a snapshot that nothing uses: free ones, and those a build has reserved. */
final class SpareExtents {
  /** What one extent says of its pages. */
  private record Spare(long firstPageNo, long pages, long freedBy, boolean isUnlogged) {
    boolean holds(int pageNo) {
      return pageNo >= firstPageNo && pageNo < firstPageNo + pages;
    }
  }

  private final List<Spare> extents = new ArrayList<>();

  /** Reads both lists; throws where a page of them is damaged. */
  SpareExtents(PageReader reader) {
    read(reader, SpacePage.Field.FREE_LIST, false);
    read(reader, SpacePage.Field.BUILD_LIST, true);
  }

  private void read(PageReader reader, SpacePage.Field head, boolean isUnlogged) {
    BitSet visited = new BitSet();
    int pageNo = (int) head.get(reader.page(SpacePage.PAGE_NO));
    while (pageNo != 0) {
      long page = reader.page(pageNo);
      ExtentListPage.check(page, pageNo, reader.pageSizeBytes());
      if (visited.get(pageNo)) {
        throw new CorruptPageException("pages", pageNo, "extent list", "the list has no end");
      }
      visited.set(pageNo);
      for (int at = 0; at < ExtentListPage.count(page); at++) {
        long tag = ExtentListPage.tag(page, at);
        extents.add(
            new Spare(
                ExtentListPage.firstPageNo(page, at),
                ExtentListPage.pages(page, at),
                isUnlogged ? 0 : ExtentListPage.freedBy(tag),
                isUnlogged || ExtentListPage.holdsAnything(tag)));
      }
      pageNo = ExtentListPage.next(page);
    }
  }

  private Spare find(int pageNo) {
    for (Spare extent : extents) {
      if (extent.holds(pageNo)) {
        return extent;
      }
    }
    return null;
  }

  /** Whether a page is in use, as a page of a list too. */
  boolean isUsed(int pageNo) {
    return find(pageNo) == null;
  }

  /** Whether a page may hold anything at all. */
  boolean holdsAnything(int pageNo) {
    Spare found = find(pageNo);
    return found != null && found.isUnlogged();
  }

  /** Whether a page has been free, and nothing wrote it, since a batch or longer. */
  boolean isFreeSince(int pageNo, long batch) {
    Spare found = find(pageNo);
    return found != null && !found.isUnlogged() && found.freedBy() <= batch;
  }
}
