package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.page.Page;
import io.djinn.page.PageSink;

/**
 * Packs ascending TIDs into leaves of a posting tree, each written once, when it is full.
 *
 * <p>Leaves are packed whatever the fill factor: TIDs of new rows go to the right end of the tree,
 * where a new leaf begins, and TIDs removed from a leaf leave room for others there.
 */
public final class PostingLeafLoader {
  /** Takes the leaves in order. */
  @FunctionalInterface
  public interface Leaves {
    /**
     * @param firstTid of the leaf
     */
    void leaf(long firstTid, int pageNo);
  }

  /** A page with fewer bytes left gets no further segment. */
  private static final int MIN_ROOM_BYTES = 16;

  private final PageSink sink;
  private final int pageSizeBytes;
  private final int leafBytes;
  private final long memory;
  private final Leaves leaves;
  private final SegmentEncoder encoder = new SegmentEncoder();
  private final long[] pending = new long[Segment.MAX_TIDS];
  private int pendingCount;

  /** Payloads of the TIDs that wait; all of no bytes where {@link #hasPayloads} is false. */
  private final ByteStrings pendingPayloads = new ByteStrings();

  private boolean hasPayloads;
  private long tidCount;
  private long lastTid;
  private long firstTid;
  private boolean open;

  /**
   * @param workAddress room of {@link #workBytes} bytes
   */
  public PostingLeafLoader(PageSink sink, long workAddress, Leaves leaves) {
    this.sink = sink;
    pageSizeBytes = sink.pageSizeBytes();
    leafBytes = PostingLeafPage.capacityBytes(pageSizeBytes);
    memory = workAddress;
    this.leaves = leaves;
  }

  /** Bytes of work memory a loader needs: one page. */
  public static int workBytes(int pageSizeBytes) {
    return pageSizeBytes;
  }

  /** Begins a list. */
  public void begin() {
    pendingCount = 0;
    pendingPayloads.clear();
    hasPayloads = false;
    tidCount = 0;
    lastTid = -1;
    open = true;
    formatLeaf();
  }

  private void formatLeaf() {
    // The number is set when the page is written: so numbers ascend in the order of writing.
    PostingLeafPage.format(memory, pageSizeBytes, 0);
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
    requireOpen();
    if (payloads != null && !hasPayloads) {
      hasPayloads = true;
      pendingPayloads.addEmpty(pendingCount);
    }
    for (int i = 0; i < count; i++) {
      long tid = tids[i];
      if (tid <= lastTid || tid > Segment.MAX_TID) {
        throw new IllegalArgumentException("TID " + tid + " after TID " + lastTid);
      }
      lastTid = tid;
      pending[pendingCount++] = tid;
      if (hasPayloads) {
        pendingPayloads.addAll(payloads, i, i + 1);
      }
      if (pendingCount == pending.length
          || pendingPayloads.totalBytes() > PayloadPart.PENDING_BYTES) {
        encodePending();
      }
    }
    tidCount += count;
  }

  /** TIDs added since {@link #begin()}. */
  public long tidCount() {
    return tidCount;
  }

  /** Writes what is left of the list. */
  public void end() {
    encodeRest();
    endWithLeaf();
  }

  /** Ends the list but for the last leaf, which is not written yet. */
  void encodeRest() {
    requireOpen();
    while (pendingCount > 0) {
      encodePending();
    }
    open = false;
  }

  /** Writes the last leaf. */
  void endWithLeaf() {
    if (tidCount > 0) {
      writeLeaf();
    }
  }

  /** The list of the last leaf. */
  long rest() {
    return PostingLeafPage.list(memory);
  }

  /** Bytes of the list of the last leaf. */
  int restBytes() {
    return PostingLeafPage.listBytes(memory);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("no list was begun");
    }
  }

  /** Makes one segment of the TIDs that wait, or writes the leaf where it has no room. */
  private void encodePending() {
    int used = PostingLeafPage.listBytes(memory);
    int room = leafBytes - used;
    if (used > 0 && room < MIN_ROOM_BYTES) {
      finishLeaf();
      used = 0;
      room = leafBytes;
    }
    if (used == 0) {
      firstTid = pending[0];
    }
    ByteStrings payloads = hasPayloads ? pendingPayloads : null;
    long out = PostingLeafPage.list(memory);
    int taken = encoder.encode(pending, payloads, 0, pendingCount, out + used, room);
    if (taken == 0) {
      // Not even the first payload fits behind what there is.
      finishLeaf();
      firstTid = pending[0];
      taken = encoder.encode(pending, payloads, 0, pendingCount, out, leafBytes);
    }
    Page.lower(memory, Page.lower(memory) + encoder.bytesWritten());
    PostingLeafPage.tidCount(memory, PostingLeafPage.tidCount(memory) + taken);
    pendingCount -= taken;
    System.arraycopy(pending, taken, pending, 0, pendingCount);
    if (hasPayloads) {
      pendingPayloads.removeFirst(taken);
    }
  }

  private void finishLeaf() {
    writeLeaf();
    formatLeaf();
  }

  private void writeLeaf() {
    int pageNo = sink.allocate();
    Page.pageNo(memory, pageNo);
    sink.write(pageNo, memory);
    leaves.leaf(firstTid, pageNo);
  }
}
