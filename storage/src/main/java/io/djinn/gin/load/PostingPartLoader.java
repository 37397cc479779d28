package io.djinn.gin.load;

import io.djinn.gin.posting.PostingLeafLoader;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageSink;

/**
 * Loads a part of a key's list into leaves of a posting tree, and lists them for {@link
 * SplitListLoader}.
 *
 * <p>In the list of leaves a separator is the first TID of the leaf, eight bytes, big-endian.
 */
public final class PostingPartLoader {
  static final int SEPARATOR_BYTES = Long.BYTES;

  private final PostingLeafLoader loader;
  private final SeparatorList leaves;
  private final long separator;

  /**
   * @param sink where the leaves go
   * @param work {@link #workBytes} bytes of memory, the loader's own
   * @param leaves takes the leaves
   */
  public PostingPartLoader(PageSink sink, long work, SeparatorList leaves) {
    this.leaves = leaves;
    separator = work + PostingLeafLoader.workBytes(sink.pageSizeBytes());
    loader = new PostingLeafLoader(sink, work, this::leaf);
    loader.begin();
  }

  /** Memory a loader works in. */
  public static int workBytes(int pageSizeBytes) {
    return PostingLeafLoader.workBytes(pageSizeBytes) + SEPARATOR_BYTES;
  }

  private void leaf(long firstTid, int pageNo) {
    NativeMemory.putLong(separator, Long.reverseBytes(firstTid));
    leaves.add(separator, SEPARATOR_BYTES, pageNo);
  }

  /**
   * Adds TIDs.
   *
   * @param tids {@code count} of them, ascending and above all before
   * @param payloads one a TID, by its index; null where there are none
   */
  public void tids(long[] tids, int count, ByteStrings payloads) {
    loader.add(tids, payloads, count);
  }

  /** Writes what is left; returns how many TIDs the part has. */
  public long finish() {
    loader.end();
    return loader.tidCount();
  }
}
