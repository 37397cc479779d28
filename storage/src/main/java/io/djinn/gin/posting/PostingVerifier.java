package io.djinn.gin.posting;

import io.djinn.error.DjinnException;
import io.djinn.error.NoMemoryException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Checks the structure of one posting tree: headers, levels, links, separators, ranges, segments,
 * order and counts of TIDs, and the zeros of holes.
 *
 * <p>Goes on behind a problem where it can, so that one damaged page is one problem.
 */
public final class PostingVerifier {
  private final PageReader reader;
  private final List<String> problems = new ArrayList<>();
  private final PostingWorkspace work = new PostingWorkspace();
  private final BitSet pages = new BitSet();
  private long tidCount;
  private long lastTid;

  public PostingVerifier(PageReader reader) {
    this.reader = reader;
  }

  /**
   * Checks a tree.
   *
   * @return one sentence a problem, beginning with the page number; empty where there is none
   */
  public List<String> verify(int root) {
    problems.clear();
    pages.clear();
    tidCount = 0;
    lastTid = -1;
    verify(root, -1, 0, Segment.MAX_TID + 1);
    return List.copyOf(problems);
  }

  /** TIDs the last tree holds. */
  public long tidCount() {
    return tidCount;
  }

  /** Pages of the last tree, by page number. */
  public BitSet pages() {
    return (BitSet) pages.clone();
  }

  private void problem(int pageNo, String detail) {
    problems.add("page " + pageNo + ": " + detail);
  }

  /** Checks the page with the TIDs {@code low .. high}; the root where no level is expected. */
  private void verify(int pageNo, int expectedLevel, long low, long high) {
    boolean isRoot = expectedLevel < 0;
    try {
      long page = reader.page(pageNo);
      if (pages.get(pageNo)) {
        problem(pageNo, "two links lead to it");
        return;
      }
      pages.set(pageNo);
      int level = Page.level(page);
      if (!isRoot && level != expectedLevel) {
        problem(pageNo, "level " + level + ", expected " + expectedLevel);
        return;
      }
      if (level == 0) {
        PostingLeafPage.check(page, reader.pageSizeBytes(), pageNo);
        verifyHole(pageNo, page);
        verifyLeaf(pageNo, page, isRoot, low, high);
      } else {
        PostingInnerPage.check(page, reader.pageSizeBytes(), pageNo);
        verifyHole(pageNo, page);
        verifyInner(pageNo, isRoot, level, low, high);
      }
    } catch (NoMemoryException e) {
      // Says nothing about the store.
      throw e;
    } catch (DjinnException damaged) {
      problem(pageNo, damaged.getMessage());
    }
  }

  private void verifyHole(int pageNo, long page) {
    for (int at = Page.lower(page); at < Page.upper(page); at++) {
      if (NativeMemory.getByte(page + at) != 0) {
        problem(
            pageNo, "byte " + NativeMemory.getUnsignedByte(page + at) + " in the hole at " + at);
        return;
      }
    }
  }

  private void verifyInner(int pageNo, boolean isRoot, int level, long low, long high) {
    long page = reader.page(pageNo);
    int count = PostingInnerPage.count(page);
    int pageSizeBytes = reader.pageSizeBytes();
    boolean hasRest = PostingInnerPage.hasRest(page, pageSizeBytes);
    if (hasRest && !isRoot) {
      problem(pageNo, "a rest on a page that is no root");
      hasRest = false;
    }
    if (isRoot && count < 2 && !PostingInnerPage.hasRest(page, pageSizeBytes)) {
      problem(pageNo, "a root with " + count + " child");
    }
    long childrenHigh = high;
    if (hasRest) {
      try {
        childrenHigh = PostingInnerPage.restBegin(page, pageSizeBytes);
      } catch (MalformedListException malformed) {
        problem(pageNo, malformed.getMessage());
        hasRest = false;
      }
    }
    if (PostingInnerPage.separator(page, 0) != low) {
      problem(
          pageNo, "first separator " + PostingInnerPage.separator(page, 0) + ", expected " + low);
    }
    for (int i = 0; i < count; i++) {
      page = reader.page(pageNo);
      long from = i == 0 ? low : PostingInnerPage.separator(page, i);
      long to = i + 1 < count ? PostingInnerPage.separator(page, i + 1) : childrenHigh;
      int child = PostingInnerPage.child(page, i);
      if (from >= to) {
        problem(pageNo, "child " + child + " at index " + i + " has the range " + from + ".." + to);
      } else {
        verify(child, level - 1, from, to);
      }
    }
    if (hasRest) {
      page = reader.page(pageNo);
      int restBytes = PostingInnerPage.restBytes(page, pageSizeBytes);
      verifyList(pageNo, PostingInnerPage.rest(page), restBytes, childrenHigh, high);
    }
  }

  private void verifyLeaf(int pageNo, long page, boolean isRoot, long low, long high) {
    int listBytes = PostingLeafPage.listBytes(page);
    if (listBytes == 0 && !isRoot) {
      problem(pageNo, "a leaf without TIDs");
      return;
    }
    int count = verifyList(pageNo, PostingLeafPage.list(page), listBytes, low, high);
    if (count >= 0 && count != PostingLeafPage.tidCount(page)) {
      problem(pageNo, "TID count " + PostingLeafPage.tidCount(page) + ", expected " + count);
    }
  }

  /** Checks a list of the TIDs {@code low .. high}; how many it has, -1 where it is malformed. */
  private int verifyList(int pageNo, long list, int listBytes, long low, long high) {
    int count;
    try {
      count = work.decode(list, listBytes);
    } catch (MalformedListException malformed) {
      problem(pageNo, malformed.getMessage());
      return -1;
    }
    tidCount += count;
    if (count > 0) {
      long first = work.tids(count)[0];
      long last = work.tids(count)[count - 1];
      if (first < low || last >= high || first <= lastTid) {
        problem(
            pageNo,
            "TIDs "
                + first
                + " .. "
                + last
                + " in the range "
                + low
                + " .. "
                + high
                + ", the TID before is "
                + lastTid);
      }
      lastTid = last;
    }
    return count;
  }
}
