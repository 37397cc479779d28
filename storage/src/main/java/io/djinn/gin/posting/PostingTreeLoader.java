package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;

/**
 * Builds a posting tree bottom-up from ascending TIDs: each page is written once, when it is full
 * to the fill factor.
 */
public final class PostingTreeLoader {
  /** A page with fewer bytes left gets no further segment. */
  private static final int MIN_ROOM_BYTES = 16;

  private final PageSink sink;
  private final int pageSizeBytes;
  private final int leafBytes;
  private final int innerChildren;
  private final long memory;
  private final SegmentEncoder encoder = new SegmentEncoder();
  private final long[] pending = new long[Segment.MAX_TIDS];
  private int pendingCount;

  /** Payloads of the TIDs that wait; all of no bytes where {@link #hasPayloads} is false. */
  private final ByteStrings pendingPayloads = new ByteStrings();

  private boolean hasPayloads;
  private long tidCount;
  private long lastTid;
  private long leafSeparator;
  private boolean leafIsFirst;

  /** Levels with a page in work, the leaf's included. */
  private int levels;

  private boolean open;

  /**
   * @param fillFactorPercent 50 .. 100, for leaf and inner pages
   * @param workAddress room of {@link #workBytes} bytes
   */
  public PostingTreeLoader(PageSink sink, int fillFactorPercent, long workAddress) {
    if (fillFactorPercent < 50 || fillFactorPercent > 100) {
      throw new IllegalArgumentException(
          "fill factor of " + fillFactorPercent + " percent, expected 50 .. 100");
    }
    this.sink = sink;
    pageSizeBytes = sink.pageSizeBytes();
    leafBytes = PostingLeafPage.capacityBytes(pageSizeBytes) * fillFactorPercent / 100;
    innerChildren = Math.max(2, PostingInnerPage.capacity(pageSizeBytes) * fillFactorPercent / 100);
    memory = workAddress;
  }

  /** Bytes of work memory a loader needs: one page a level. */
  public static int workBytes(int pageSizeBytes) {
    return pageSizeBytes * PostingInnerPage.MAX_LEVELS;
  }

  /** Begins a tree. */
  public void begin() {
    pendingCount = 0;
    pendingPayloads.clear();
    hasPayloads = false;
    tidCount = 0;
    lastTid = -1;
    levels = 1;
    leafIsFirst = true;
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

  /** Writes what is left; returns the page number of the root. */
  public int end() {
    requireOpen();
    if (tidCount == 0) {
      throw new IllegalStateException("a posting tree needs a TID");
    }
    while (pendingCount > 0) {
      encodePending();
    }
    open = false;
    int child = writeLeaf();
    long separator = leafSeparator;
    for (int level = 1; level < levels; level++) {
      addChild(level, separator, child);
      long page = inner(level);
      separator = PostingInnerPage.separator(page, 0);
      child = writePage(page);
    }
    return child;
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("no posting tree was begun");
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
      leafSeparator = leafIsFirst ? 0 : pending[0];
      leafIsFirst = false;
    }
    ByteStrings payloads = hasPayloads ? pendingPayloads : null;
    long out = PostingLeafPage.list(memory);
    int taken = encoder.encode(pending, payloads, 0, pendingCount, out + used, room);
    if (taken == 0) {
      // Not even the first payload fits behind what there is.
      finishLeaf();
      leafSeparator = pending[0];
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
    addChild(1, leafSeparator, writeLeaf());
    formatLeaf();
  }

  private int writeLeaf() {
    return writePage(memory);
  }

  private int writePage(long page) {
    int pageNo = sink.allocate();
    Page.pageNo(page, pageNo);
    sink.write(pageNo, page);
    return pageNo;
  }

  private long inner(int level) {
    return memory + (long) level * pageSizeBytes;
  }

  private void addChild(int level, long separator, int child) {
    long page = inner(level);
    if (level == levels) {
      if (level == PostingInnerPage.MAX_LEVELS) {
        throw new IllegalStateException("a posting tree of more than " + level + " levels");
      }
      levels++;
      formatInner(level);
    } else if (PostingInnerPage.count(page) >= innerChildren) {
      addChild(level + 1, PostingInnerPage.separator(page, 0), writePage(page));
      formatInner(level);
    }
    PostingInnerPage.insert(page, PostingInnerPage.count(page), separator, child);
  }

  private void formatInner(int level) {
    Page.format(inner(level), pageSizeBytes, 0, PageKind.POSTING_INNER.id(), level);
  }
}
