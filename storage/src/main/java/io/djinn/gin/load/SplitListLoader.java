package io.djinn.gin.load;

import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.posting.PostingInnerLoader;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageSink;
import java.util.List;

/**
 * Joins the parts of a list that {@link PostingPartLoader}s loaded: builds the posting tree's inner
 * levels, and a leaf of the entry tree that holds this key alone.
 */
public final class SplitListLoader {
  private final CountingPageSink inner;
  private final PageSink sink;
  private final int fillFactorPercent;
  private final long work;

  /**
   * @param sink where pages go
   * @param fillFactorPercent how full inner pages get, 50 to 100
   * @param work {@link #workBytes} bytes of memory, the loader's own
   */
  public SplitListLoader(PageSink sink, int fillFactorPercent, long work) {
    this.sink = sink;
    inner = new CountingPageSink(sink);
    this.fillFactorPercent = fillFactorPercent;
    this.work = work;
  }

  /** Memory a loader works in. */
  public static int workBytes(int pageSizeBytes) {
    // The tree is done before the leaf is begun.
    return Math.max(
        EntryLeafLoader.workBytes(pageSizeBytes), PostingInnerLoader.workBytes(pageSizeBytes));
  }

  /**
   * Joins the parts of one key's list, which are closed as they are used up.
   *
   * @param key the composite key
   * @param parts their leaves, the parts in the order of their TIDs; some may be empty, not all
   * @param tids of all parts together
   * @param leaf takes the leaf that holds the key
   * @return what was loaded, the leaves of the parts included
   */
  public GinCounts load(byte[] key, List<SeparatorList> parts, long tids, SeparatorList leaf) {
    PostingInnerLoader tree = new PostingInnerLoader(inner, fillFactorPercent, work);
    tree.begin();
    long pages = -inner.pages();
    for (SeparatorList part : parts) {
      pages += part.size();
      part.forEach(
          (separator, length, pageNo) ->
              tree.leaf(Long.reverseBytes(NativeMemory.getLong(separator)), pageNo));
      part.close();
    }
    int root = tree.end();
    pages += inner.pages();
    EntryLeafLoader entry = new EntryLeafLoader(sink, fillFactorPercent, work, leaf);
    entry.key(key);
    entry.endKeyWithTree(root, tids, pages);
    return entry.finish();
  }
}
