package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.page.PageSink;

/** Builds a posting tree bottom-up from ascending TIDs. */
public final class PostingTreeLoader {
  private final PostingLeafLoader leaves;
  private final PostingInnerLoader inner;

  /**
   * @param fillFactorPercent 50 .. 100, for inner pages
   * @param workAddress room of {@link #workBytes} bytes
   */
  public PostingTreeLoader(PageSink sink, int fillFactorPercent, long workAddress) {
    int leafBytes = PostingLeafLoader.workBytes(sink.pageSizeBytes());
    inner = new PostingInnerLoader(sink, fillFactorPercent, workAddress + leafBytes);
    leaves = new PostingLeafLoader(sink, workAddress, inner::leaf);
  }

  /** Bytes of work memory a loader needs: one page a level. */
  public static int workBytes(int pageSizeBytes) {
    return PostingLeafLoader.workBytes(pageSizeBytes) + PostingInnerLoader.workBytes(pageSizeBytes);
  }

  /** Begins a tree. */
  public void begin() {
    leaves.begin();
    inner.begin();
  }

  /** Adds TIDs that ascend and lie above all before. */
  public void add(long[] tids, int count) {
    add(tids, null, count);
  }

  /**
   * Adds TIDs that ascend and lie above all before.
   *
   * @param payloads by the index of the TID; null where there are none
   */
  public void add(long[] tids, ByteStrings payloads, int count) {
    leaves.add(tids, payloads, count);
  }

  /** TIDs added since {@link #begin()}. */
  public long tidCount() {
    return leaves.tidCount();
  }

  /** Writes what is left; returns the page number of the root. */
  public int end() {
    leaves.encodeRest();
    if (inner.takesRest(leaves.restBytes())) {
      return inner.endWithRest(leaves.rest(), leaves.restBytes());
    }
    leaves.endWithLeaf();
    return inner.end();
  }
}
