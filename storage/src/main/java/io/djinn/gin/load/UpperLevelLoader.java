package io.djinn.gin.load;

import io.djinn.gin.entry.EntryPageBuilder;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import java.util.List;

/** Builds the inner levels of an entry tree over the leaves of all ranges. */
public final class UpperLevelLoader {
  private final PageSink sink;
  private final MemoryAccount account;
  private final int pageSizeBytes;
  private final int limitBytes;
  private final EntryPageBuilder builder;
  private final long separator;
  private final long downlink;
  private final GinCounts counts = new GinCounts();
  private SeparatorList above;
  private int level;
  private boolean isPageOpen;
  private int separatorLength;

  /**
   * @param sink where the inner pages go
   * @param fillFactorPercent how full they get, 50 to 100
   * @param work {@link #workBytes} bytes of memory, the loader's own
   * @param account what the list of each level's pages draws on
   */
  public UpperLevelLoader(PageSink sink, int fillFactorPercent, long work, MemoryAccount account) {
    this.sink = sink;
    this.account = account;
    pageSizeBytes = sink.pageSizeBytes();
    limitBytes = EntryPageBuilder.limitBytes(pageSizeBytes, fillFactorPercent);
    builder = new EntryPageBuilder(work, pageSizeBytes);
    separator = work + EntryPageBuilder.workBytes(pageSizeBytes);
    downlink = separator + pageSizeBytes;
  }

  /** Memory a loader works in. */
  public static int workBytes(int pageSizeBytes) {
    return EntryPageBuilder.workBytes(pageSizeBytes) + pageSizeBytes + Integer.BYTES;
  }

  /**
   * Builds the levels above the leaves; the lists are closed as they are used up.
   *
   * @param ranges the leaves of each range, ranges in key order; may all be empty
   * @return page number of the tree's root
   */
  public int load(List<SeparatorList> ranges) {
    List<SeparatorList> below = ranges;
    level = 0;
    try {
      while (true) {
        long pages = below.stream().mapToLong(SeparatorList::size).sum();
        if (pages <= 1) {
          int[] root = {0};
          below.forEach(list -> list.forEach((separator, length, pageNo) -> root[0] = pageNo));
          return pages == 1 ? root[0] : writeEmptyLeaf();
        }
        below = List.of(buildLevel(below));
      }
    } finally {
      below.forEach(SeparatorList::close);
    }
  }

  private SeparatorList buildLevel(List<SeparatorList> below) {
    level++;
    above = new SeparatorList(account, pageSizeBytes);
    isPageOpen = false;
    try {
      for (SeparatorList list : below) {
        list.forEach(this::addChild);
        list.close();
      }
      finishPage();
    } catch (Throwable t) {
      above.close();
      throw t;
    }
    return above;
  }

  private void addChild(long separator, int length, int pageNo) {
    NativeMemory.putInt(downlink, pageNo);
    if (isPageOpen && builder.tryAppend(separator, length, downlink, Integer.BYTES)) {
      return;
    }
    if (isPageOpen) {
      finishPage();
    }
    builder.start(PageKind.ENTRY_INNER, level, limitBytes, EntryPageBuilder.Groups.NONE);
    builder.leftmost(pageNo);
    NativeMemory.copy(separator, this.separator, length);
    separatorLength = length;
    isPageOpen = true;
  }

  private void finishPage() {
    above.add(separator, separatorLength, writePage());
  }

  private int writePage() {
    int pageNo = sink.allocate();
    sink.write(pageNo, builder.finish(pageNo));
    counts.add(Field.ENTRY_PAGES, 1);
    return pageNo;
  }

  private int writeEmptyLeaf() {
    builder.start(PageKind.ENTRY_LEAF, 0, limitBytes, EntryPageBuilder.Groups.NONE);
    return writePage();
  }

  /** Pages this loader wrote; to be added to the counts of the ranges. */
  public GinCounts counts() {
    return counts;
  }
}
