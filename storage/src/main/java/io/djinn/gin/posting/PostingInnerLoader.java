package io.djinn.gin.posting;

import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;

/**
 * Builds the inner levels of a posting tree over its leaves, which are told in order; each page is
 * written once, when it is full to the fill factor.
 */
public final class PostingInnerLoader {
  private final PageSink sink;
  private final int pageSizeBytes;
  private final int maxChildren;
  private final long memory;

  /** Inner levels with a page in work. */
  private int levels;

  /** Whether there is a leaf; the last one waits, as the only one needs no page above it. */
  private boolean hasLeaf;

  private int lastLeaf;
  private long lastSeparator;

  /**
   * @param fillFactorPercent 50 .. 100
   * @param workAddress room of {@link #workBytes} bytes
   */
  public PostingInnerLoader(PageSink sink, int fillFactorPercent, long workAddress) {
    if (fillFactorPercent < 50 || fillFactorPercent > 100) {
      throw new IllegalArgumentException(
          "fill factor of " + fillFactorPercent + " percent, expected 50 .. 100");
    }
    this.sink = sink;
    pageSizeBytes = sink.pageSizeBytes();
    maxChildren = Math.max(2, PostingInnerPage.capacity(pageSizeBytes) * fillFactorPercent / 100);
    memory = workAddress;
  }

  /** Bytes of work memory a loader needs: one page a level. */
  public static int workBytes(int pageSizeBytes) {
    return pageSizeBytes * (PostingInnerPage.MAX_LEVELS - 1);
  }

  /** Begins a tree. */
  public void begin() {
    levels = 0;
    hasLeaf = false;
  }

  /**
   * Adds a leaf.
   *
   * @param firstTid above all TIDs of the leaves before
   */
  public void leaf(long firstTid, int pageNo) {
    if (hasLeaf) {
      addChild(1, lastSeparator, lastLeaf);
    }
    lastSeparator = hasLeaf ? firstTid : 0;
    lastLeaf = pageNo;
    hasLeaf = true;
  }

  /** Writes what is left; returns the page number of the root. */
  public int end() {
    if (!hasLeaf) {
      throw new IllegalStateException("a posting tree needs a TID");
    }
    int child = lastLeaf;
    long separator = lastSeparator;
    for (int level = 1; level <= levels; level++) {
      addChild(level, separator, child);
      long page = page(level);
      separator = PostingInnerPage.separator(page, 0);
      child = writePage(page);
    }
    return child;
  }

  /**
   * Whether the leaves there are fit a root that has room for a list behind them, which then needs
   * no leaf.
   */
  boolean takesRest(int restBytes) {
    if (!hasLeaf || levels > 1) {
      return false;
    }
    int entries = 1 + (levels == 0 ? 0 : PostingInnerPage.count(page(1)));
    return entries < maxChildren
        && restBytes <= PostingInnerPage.roomForRest(pageSizeBytes, entries);
  }

  /** As {@link #end}, with a list behind all leaves that {@link #takesRest}. */
  int endWithRest(long list, int listBytes) {
    addChild(1, lastSeparator, lastLeaf);
    PostingInnerPage.putRest(page(1), pageSizeBytes, list, listBytes);
    return writePage(page(1));
  }

  private int writePage(long page) {
    // The number is set when the page is written: so numbers ascend in the order of writing.
    int pageNo = sink.allocate();
    Page.pageNo(page, pageNo);
    sink.write(pageNo, page);
    return pageNo;
  }

  private long page(int level) {
    return memory + (level - 1L) * pageSizeBytes;
  }

  private void addChild(int level, long separator, int child) {
    long page = page(level);
    if (level > levels) {
      if (level == PostingInnerPage.MAX_LEVELS) {
        throw new IllegalStateException("a posting tree of more than " + level + " levels");
      }
      levels++;
      format(level);
    } else if (PostingInnerPage.count(page) >= maxChildren) {
      addChild(level + 1, PostingInnerPage.separator(page, 0), writePage(page));
      format(level);
    }
    PostingInnerPage.insert(page, PostingInnerPage.count(page), separator, child);
  }

  private void format(int level) {
    Page.format(page(level), pageSizeBytes, 0, PageKind.POSTING_INNER.id(), level);
  }
}
