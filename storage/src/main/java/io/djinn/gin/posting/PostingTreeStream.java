package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;

/**
 * The TIDs of a posting tree, from left to right.
 *
 * <p>Keeps for each level from the root down the page number and the child taken there. Where the
 * target lies behind a subtree the stream climbs until a page's range holds it, then searches down:
 * subtrees in between are not read. A root's rest is read behind its children.
 */
public final class PostingTreeStream implements PayloadStream {
  private final SegmentCursor cursor = new SegmentCursor();
  private final int[] pages = new int[PostingInnerPage.MAX_LEVELS];

  /**
   * Child taken on the page of each depth, -1 where the page has yet to be searched; behind the
   * last one it is the rest.
   */
  private final int[] indexes = new int[PostingInnerPage.MAX_LEVELS];

  /** The page of each depth holds TIDs below this one only. */
  private final long[] highs = new long[PostingInnerPage.MAX_LEVELS];

  /** The root's level less the depth is the level of the page at a depth; -1 before it was read. */
  private int rootLevel;

  private int depth;
  private long tidCount;
  private boolean ended = true;
  private long pagesRead;

  /**
   * Begins a tree.
   *
   * @param root page number of its root
   * @param tidCount TIDs it is said to hold
   */
  public void reset(int root, long tidCount) {
    this.tidCount = tidCount;
    cursor.reset();
    pages[0] = root;
    indexes[0] = -1;
    highs[0] = Segment.MAX_TID + 1;
    rootLevel = -1;
    depth = 0;
    pagesRead = 0;
    ended = false;
  }

  @Override
  public int next(StepReader step, long[] block) {
    int filled = cursor.take(block, 0);
    while (filled == 0 && !ended) {
      if (highs[depth] <= cursor.target()) {
        if (!climb()) {
          break;
        }
        continue;
      }
      if (step.isSpent()) {
        return PAUSED;
      }
      int pageNo = pages[depth];
      long page = step.page(pageNo);
      pagesRead++;
      int level = Page.level(page);
      if (rootLevel < 0) {
        rootLevel = Math.min(level, PostingInnerPage.MAX_LEVELS);
      }
      if (level != rootLevel - depth) {
        throw PostingLeafPage.corrupt(page, pageNo, "level", level, rootLevel - depth);
      }
      if (level > 0) {
        if (depth == 0) {
          PostingInnerPage.check(page, step.pageSizeBytes(), pageNo);
        } else {
          PostingInnerPage.checkBelowRoot(page, step.pageSizeBytes(), pageNo);
        }
        if (isInRest(page, step.pageSizeBytes())) {
          int restBytes = PostingInnerPage.restBytes(page, step.pageSizeBytes());
          filled = read(PostingInnerPage.rest(page), restBytes, page, block, filled);
        } else {
          goDown(page, step.pageSizeBytes());
        }
      } else {
        PostingLeafPage.check(page, step.pageSizeBytes(), pageNo);
        int listBytes = PostingLeafPage.listBytes(page);
        if (listBytes == 0 && depth > 0) {
          throw PostingLeafPage.corrupt(page, pageNo, "bytes of the list", 0, Segment.MIN_BYTES);
        }
        filled = read(PostingLeafPage.list(page), listBytes, page, block, filled);
      }
    }
    if (filled > 0) {
      return filled;
    }
    ended = true;
    return END;
  }

  /** Whether all children of the page are passed and its rest is not. */
  private boolean isInRest(long page, int pageSizeBytes) {
    int count = PostingInnerPage.count(page);
    if (!PostingInnerPage.hasRest(page, pageSizeBytes) || indexes[depth] < count - 1) {
      return false;
    }
    if (indexes[depth] < count) {
      indexes[depth] = count;
      cursor.beginList();
    }
    return true;
  }

  /** Goes to the first child that is neither passed nor wholly below the target. */
  private void goDown(long page, int pageSizeBytes) {
    int count = PostingInnerPage.count(page);
    int index = indexes[depth] + 1;
    if (index >= count) {
      climb();
      return;
    }
    index = Math.max(index, PostingInnerPage.find(page, cursor.target()));
    indexes[depth] = index;
    long high = highs[depth];
    if (index + 1 < count) {
      high = Math.min(high, PostingInnerPage.separator(page, index + 1));
    } else if (PostingInnerPage.hasRest(page, pageSizeBytes)) {
      high = Math.min(high, restBegin(page, pageSizeBytes));
    }
    depth++;
    pages[depth] = PostingInnerPage.child(page, index);
    indexes[depth] = -1;
    highs[depth] = high;
    cursor.beginList();
  }

  /** Leaves the page; false where it was the root. */
  private boolean climb() {
    if (depth == 0) {
      ended = true;
      return false;
    }
    depth--;
    return true;
  }

  private long restBegin(long page, int pageSizeBytes) {
    try {
      return PostingInnerPage.restBegin(page, pageSizeBytes);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pages[depth], PageKind.POSTING_INNER);
    }
  }

  /** Decodes the list of a leaf or of a rest, as much as fits the block; climbs at its end. */
  private int read(long list, int listBytes, long page, long[] block, int before) {
    int filled = before;
    try {
      while (filled < BLOCK) {
        if (!cursor.decodeNext(list, listBytes)) {
          climb();
          return filled;
        }
        filled = cursor.take(block, filled);
      }
      return filled;
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pages[depth], PageKind.of(Page.kind(page)));
    }
  }

  /** Gives up what the stream decodes into, at its end; {@link #reset} begins anew. */
  public void release() {
    cursor.release();
  }

  @Override
  public void keepPayloads(ByteStrings payloads) {
    cursor.keepPayloads(payloads);
  }

  @Override
  public void advance(long tid) {
    cursor.advance(tid);
  }

  @Override
  public long tidCount() {
    return tidCount;
  }

  public long segmentsDecoded() {
    return cursor.segmentsDecoded;
  }

  public long segmentsSkipped() {
    return cursor.segmentsSkipped;
  }

  public long pagesRead() {
    return pagesRead;
  }
}
