package io.djinn.gin.posting;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.ByteStrings;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;

/** The TIDs of a list that stands inside a page, such as in an entry tuple. */
public final class PostingListStream implements PayloadStream {
  private final SegmentCursor cursor = new SegmentCursor();
  private int pageNo;
  private int byteOffset;
  private int length;
  private long tidCount;
  private boolean ended = true;
  private long pagesRead;

  /**
   * Begins a list.
   *
   * @param pageNo page it stands on
   * @param byteOffset position there, bytes
   * @param length bytes
   * @param tidCount TIDs it is said to hold
   */
  public void reset(int pageNo, int byteOffset, int length, long tidCount) {
    this.pageNo = pageNo;
    this.byteOffset = byteOffset;
    this.length = length;
    this.tidCount = tidCount;
    ended = length == 0;
    pagesRead = 0;
    cursor.reset();
  }

  @Override
  public int next(StepReader step, long[] block) {
    int filled = cursor.take(block, 0);
    if (filled == BLOCK || ended) {
      return filled > 0 ? filled : END;
    }
    if (step.isSpent()) {
      return filled;
    }
    long page = step.page(pageNo);
    pagesRead++;
    if (byteOffset < Page.HEADER_BYTES || length > step.pageSizeBytes() - byteOffset) {
      throw new CorruptPageException(
          "pages",
          pageNo,
          PageKind.describe(Page.kind(page)),
          "posting list of " + length + " bytes at byte offset " + byteOffset);
    }
    try {
      while (filled < BLOCK) {
        if (!cursor.decodeNext(page + byteOffset, length)) {
          ended = true;
          return filled > 0 ? filled : END;
        }
        filled = cursor.take(block, filled);
      }
      return filled;
    } catch (MalformedListException malformed) {
      PageKind kind = PageKind.of(Page.kind(page));
      throw malformed.onPage(pageNo, kind == null ? PageKind.ENTRY_LEAF : kind);
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
