package io.djinn.space;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.PageAllocator;
import io.djinn.error.CorruptPageException;
import io.djinn.error.NoSpaceException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Page numbers: handed out from the free list or by growing, given back with the batch that freed
 * them, reserved in extents for builds.
 *
 * <p>The free list is a stack whose own pages are free pages. A page freed by a batch may be reused
 * by a later batch at once, because old snapshots keep its old version; unlogged writes may use
 * only what {@link #reserve} gives. All methods belong to whoever holds the writer's slot.
 */
public final class Space implements PageAllocator, AutoCloseable {
  /** A run of page numbers. */
  public record PageRange(int firstPageNo, int pages) {}

  private static final int RESERVE_LIST_PAGES = 8;

  private final ExtentList free;
  private final ExtentList builds;
  private final ExtentList drops;
  private final ExtentList.Extent extent = new ExtentList.Extent();
  private final MemoryRegion scratch;

  public Space(MemoryAccount account) {
    scratch = MemoryRegion.allocate(account, 4L * ExtentList.ARGUMENT_BYTES);
    // A page of the free list is itself free: taking it is what push does with a freed page.
    free =
        new ExtentList(
            SpacePage.Field.FREE_LIST,
            new ExtentList.ListPages() {
              @Override
              public int take(OpenBatch batch) {
                throw new IllegalStateException("the free list has room after a freed page");
              }

              @Override
              public boolean give(OpenBatch batch, int pageNo) {
                emptied = pageNo;
                return true;
              }
            },
            scratch.address() + ExtentList.ARGUMENT_BYTES);
    ExtentList.ListPages ordinary =
        new ExtentList.ListPages() {
          @Override
          public int take(OpenBatch batch) {
            return allocate(batch);
          }

          @Override
          public boolean give(OpenBatch batch, int pageNo) {
            free(batch, pageNo);
            return false;
          }
        };
    builds =
        new ExtentList(
            SpacePage.Field.BUILD_LIST,
            ordinary,
            scratch.address() + 2L * ExtentList.ARGUMENT_BYTES);
    drops =
        new ExtentList(
            SpacePage.Field.DROP_LIST,
            ordinary,
            scratch.address() + 3L * ExtentList.ARGUMENT_BYTES);
  }

  /** A page of the free list that has just run empty: the next page to hand out. */
  private int emptied;

  @Override
  public long pageCountAfter(OpenBatch batch, int allocations) {
    long page = batch.page(SpacePage.PAGE_NO);
    long free = SpacePage.Field.FREE_PAGES.get(page);
    return SpacePage.Field.PAGE_COUNT.get(page) + Math.max(0, allocations - free);
  }

  @Override
  public int allocate(OpenBatch batch) {
    emptied = 0;
    boolean any = free.peek(batch, extent);
    if (emptied != 0) {
      // peek unlinked an empty list page; it is the page handed out.
      addToField(batch, SpacePage.Field.FREE_PAGES, -1);
      return emptied;
    }
    if (!any) {
      return grow(batch, 1);
    }
    int pageNo = extent.firstPageNo + extent.pages - 1;
    if (extent.pages == 1) {
      free.pop(batch);
    } else {
      free.setTop(batch, extent.firstPageNo, extent.pages - 1, extent.tag);
    }
    addToField(batch, SpacePage.Field.FREE_PAGES, -1);
    return pageNo;
  }

  private int grow(OpenBatch batch, int pages) {
    long first = SpacePage.Field.PAGE_COUNT.get(batch.page(SpacePage.PAGE_NO));
    if (first + pages > Page.MAX_PAGE_NO) {
      throw new NoSpaceException(
          "the page file has " + first + " pages, limit " + Page.MAX_PAGE_NO);
    }
    ExtentList.setField(batch, SpacePage.Field.PAGE_COUNT, first + pages, scratch.address());
    return (int) first;
  }

  private void addToField(OpenBatch batch, SpacePage.Field field, long change) {
    long value = field.get(batch.page(SpacePage.PAGE_NO)) + change;
    ExtentList.setField(batch, field, value, scratch.address());
  }

  @Override
  public void free(OpenBatch batch, int pageNo) {
    freeExtent(batch, pageNo, 1, batch.number());
  }

  /** Gives back a run of pages under a tag: the batch that freed them, and what they may hold. */
  private void freeExtent(OpenBatch batch, int firstPageNo, int pages, long tag) {
    int head = free.head(batch);
    long top = head == 0 ? 0 : ExtentList.listPage(batch, head);
    int count = head == 0 ? 0 : ExtentListPage.count(top);
    addToField(batch, SpacePage.Field.FREE_PAGES, pages);
    if (count > 0 && ExtentListPage.tag(top, count - 1) == tag) {
      int topFirst = ExtentListPage.firstPageNo(top, count - 1);
      int topPages = ExtentListPage.pages(top, count - 1);
      if (topFirst + topPages == firstPageNo) {
        free.setTop(batch, topFirst, topPages + pages, tag);
        return;
      }
      if (firstPageNo + pages == topFirst) {
        free.setTop(batch, firstPageNo, topPages + pages, tag);
        return;
      }
    }
    if (head == 0 || count == ExtentListPage.capacity(batch.pageSizeBytes())) {
      free.addPage(batch, firstPageNo);
      if (pages == 1) {
        return;
      }
      firstPageNo++;
      pages--;
    }
    free.push(batch, firstPageNo, pages, tag);
  }

  /**
   * Reserves pages for unlogged writes of a build: free ones whose freeing batch is not above a
   * bound, then new ones at the end of the file. One operation of a batch looks at a few pages of
   * the free list only; it is one that announces this many new pages.
   *
   * @param build the build they are written down under
   * @param freedThrough newest freeing batch that is durable, older than every active snapshot, and
   *     before the redo point of the older control slot
   */
  public List<PageRange> reserve(OpenBatch batch, long build, int pages, long freedThrough) {
    List<PageRange> ranges = new ArrayList<>();
    int missing = pages;
    int listPage = free.head(batch);
    for (int i = 0; i < RESERVE_LIST_PAGES && listPage != 0 && missing > 0; i++) {
      missing -= takeFrom(batch, listPage, missing, freedThrough, ranges);
      listPage = ExtentListPage.next(ExtentList.listPage(batch, listPage));
    }
    addToField(batch, SpacePage.Field.FREE_PAGES, missing - pages);
    if (missing > 0) {
      ranges.add(new PageRange(grow(batch, missing), missing));
    }
    for (PageRange range : ranges) {
      builds.push(batch, range.firstPageNo(), range.pages(), build);
    }
    return ranges;
  }

  private int takeFrom(
      OpenBatch batch, int listPageNo, int wanted, long freedThrough, List<PageRange> ranges) {
    long page = ExtentList.listPage(batch, listPageNo);
    int count = ExtentListPage.count(page);
    boolean isOld = false;
    for (int at = 0; at < count; at++) {
      isOld |= ExtentListPage.freedBy(ExtentListPage.tag(page, at)) <= freedThrough;
    }
    if (!isOld) {
      return 0;
    }
    page = batch.rewrite(listPageNo);
    int kept = 0;
    int taken = 0;
    for (int at = 0; at < count; at++) {
      int first = ExtentListPage.firstPageNo(page, at);
      int pages = ExtentListPage.pages(page, at);
      long tag = ExtentListPage.tag(page, at);
      if (ExtentListPage.freedBy(tag) <= freedThrough && taken < wanted) {
        int take = Math.min(pages, wanted - taken);
        ranges.add(new PageRange(first, take));
        taken += take;
        first += take;
        pages -= take;
      }
      if (pages > 0) {
        ExtentListPage.set(page, kept++, first, pages, tag);
      }
    }
    cut(page, kept);
    return taken;
  }

  /**
   * Frees one reserved extent of builds that the caller knows to have left nothing; false where
   * none is left.
   */
  public boolean releaseOne(OpenBatch batch) {
    if (!builds.peek(batch, extent)) {
      return false;
    }
    int first = extent.firstPageNo;
    int pages = extent.pages;
    builds.pop(batch);
    freeExtent(batch, first, pages, ExtentListPage.tagOfUnlogged(batch.number()));
    return true;
  }

  /** Says how much of a reserved extent an index keeps when its build ends. */
  public interface BuildEnd {
    /** Pages from the extent's start that are kept; 0 where the build left nothing. */
    int keptPages(long build, int firstPageNo, int pages);
  }

  /** The first page of the list of reserved extents, 0 where there is none. */
  public static int firstReserved(PageReader pages) {
    return (int) SpacePage.Field.BUILD_LIST.get(pages.page(SpacePage.PAGE_NO));
  }

  /**
   * Frees what is not kept of the reserved extents on one page of their list. What is kept stays
   * reserved until {@link #keepReserved}.
   *
   * @return the next page of the list, 0 behind its last
   */
  public int releaseUnused(OpenBatch batch, int listPageNo, BuildEnd end) {
    long page = ExtentList.listPage(batch, listPageNo);
    int next = ExtentListPage.next(page);
    int count = ExtentListPage.count(page);
    boolean isAllKept = true;
    for (int at = 0; at < count && isAllKept; at++) {
      isAllKept = kept(page, listPageNo, at, end) == ExtentListPage.pages(page, at);
    }
    if (isAllKept) {
      return next;
    }
    page = batch.rewrite(listPageNo);
    int left = 0;
    for (int at = 0; at < count; at++) {
      int first = ExtentListPage.firstPageNo(page, at);
      int pages = ExtentListPage.pages(page, at);
      int kept = kept(page, listPageNo, at, end);
      if (kept > 0) {
        ExtentListPage.set(page, left++, first, kept, ExtentListPage.tag(page, at));
      }
      if (kept < pages) {
        long tag = ExtentListPage.tagOfUnlogged(batch.number());
        freeExtent(batch, first + kept, pages - kept, tag);
      }
    }
    cut(page, left);
    return next;
  }

  private static int kept(long page, int listPageNo, int at, BuildEnd end) {
    int first = ExtentListPage.firstPageNo(page, at);
    int pages = ExtentListPage.pages(page, at);
    ExtentList.require(listPageNo, first, pages);
    return end.keptPages(ExtentListPage.tag(page, at), first, pages);
  }

  /**
   * Gives an index the extents of its build that one page of the list of reserved ones has. A page
   * that heads the list and has no others is freed as it is: so a batch that goes through the whole
   * list, from its head, changes few pages, however many extents there are.
   *
   * @return the next page of the list, 0 behind its last
   */
  public int keepReserved(OpenBatch batch, int listPageNo, long build) {
    long page = ExtentList.listPage(batch, listPageNo);
    int next = ExtentListPage.next(page);
    int count = ExtentListPage.count(page);
    int others = 0;
    for (int at = 0; at < count; at++) {
      others += ExtentListPage.tag(page, at) == build ? 0 : 1;
    }
    if (others == 0 && builds.head(batch) == listPageNo) {
      builds.setHead(batch, next);
      free(batch, listPageNo);
    } else if (others < count) {
      page = batch.rewrite(listPageNo);
      int left = 0;
      for (int at = 0; at < count; at++) {
        long tag = ExtentListPage.tag(page, at);
        if (tag != build) {
          int first = ExtentListPage.firstPageNo(page, at);
          ExtentListPage.set(page, left++, first, ExtentListPage.pages(page, at), tag);
        }
      }
      cut(page, left);
    }
    return next;
  }

  /** Drops the entries from one on. */
  private static void cut(long page, int from) {
    while (ExtentListPage.count(page) > from) {
      ExtentListPage.pop(page);
    }
  }

  /** A number for a build, used once. */
  public long nextBuild(OpenBatch batch) {
    long build = SpacePage.Field.NEXT_BUILD.get(batch.page(SpacePage.PAGE_NO));
    ExtentList.setField(batch, SpacePage.Field.NEXT_BUILD, build + 1, scratch.address());
    return build;
  }

  /** An id for an index, used once. */
  public int nextIndexId(OpenBatch batch) {
    long id = SpacePage.Field.NEXT_INDEX_ID.get(batch.page(SpacePage.PAGE_NO));
    ExtentList.setField(batch, SpacePage.Field.NEXT_INDEX_ID, id + 1, scratch.address());
    return (int) id;
  }

  /** Hands a page and everything below it to the list of pages to be freed. */
  public void drop(OpenBatch batch, int rootPageNo) {
    drops.push(batch, rootPageNo, 1, 0);
  }

  /** Finds the pages a page refers to as its own. */
  public interface PageReferences {
    void forEach(long page, int pageNo, int pageSizeBytes, java.util.function.IntConsumer child);

    /** Higher for a page than for each page it refers to; 0 for a page of no index. */
    long rank(long page);
  }

  /**
   * Frees one page of what was dropped, putting the pages below it on the list, with its rank as
   * their tag; false where nothing is left to be freed. A page whose rank is not below its tag is
   * refused: a damaged reference may lead back up, and freeing would never end.
   */
  public boolean freeOneDropped(OpenBatch batch, PageReferences references) {
    if (!drops.peek(batch, extent)) {
      return false;
    }
    int pageNo = extent.firstPageNo;
    long rank = references.rank(batch.page(pageNo));
    if (rank == 0 || extent.tag != 0 && rank >= extent.tag) {
      throw new CorruptPageException(
          "pages",
          pageNo,
          PageKind.describe(Page.kind(batch.page(pageNo))),
          "found below a dropped page of rank " + extent.tag + ", has rank " + rank);
    }
    drops.pop(batch);
    List<Integer> children = new ArrayList<>();
    references.forEach(batch.page(pageNo), pageNo, batch.pageSizeBytes(), children::add);
    for (int child : children) {
      drops.push(batch, child, 1, rank);
    }
    free(batch, pageNo);
    return true;
  }

  /** Whether dropped pages wait to be freed. */
  public static boolean hasDropped(PageReader pages) {
    return SpacePage.Field.DROP_LIST.get(pages.page(SpacePage.PAGE_NO)) != 0;
  }

  /**
   * The first page of a stretch that is gone with what it held, or -1 for none: one that is not
   * known to be there, and not of an extent that a build has reserved or given back, whose pages
   * may hold anything.
   */
  public static int firstLost(PageReader pages, int from, int to, IntPredicate isThere) {
    BitSet spare = new BitSet();
    addSpare(pages, SpacePage.Field.FREE_LIST, true, spare);
    addSpare(pages, SpacePage.Field.BUILD_LIST, false, spare);
    for (int pageNo = from; pageNo < to; pageNo++) {
      if (!spare.get(pageNo) && !isThere.test(pageNo)) {
        return pageNo;
      }
    }
    return -1;
  }

  private static void addSpare(
      PageReader pages, SpacePage.Field list, boolean isFree, BitSet spare) {
    int pageCount = (int) SpacePage.Field.PAGE_COUNT.get(pages.page(SpacePage.PAGE_NO));
    BitSet seen = new BitSet();
    int listPage = (int) list.get(pages.page(SpacePage.PAGE_NO));
    while (listPage != 0 && !seen.get(listPage)) {
      seen.set(listPage);
      long page = ExtentList.listPage(pages, listPage);
      for (int at = 0; at < ExtentListPage.count(page); at++) {
        long first = ExtentListPage.firstPageNo(page, at);
        long end = Math.min(pageCount, first + ExtentListPage.pages(page, at));
        if (first >= 0
            && first < end
            && (!isFree || ExtentListPage.holdsAnything(ExtentListPage.tag(page, at)))) {
          spare.set((int) first, (int) end);
        }
      }
      listPage = ExtentListPage.next(page);
    }
  }

  /** Whether extents are reserved for builds. */
  public static boolean hasReserved(PageReader pages) {
    return firstReserved(pages) != 0;
  }

  @Override
  public void close() {
    scratch.close();
  }
}
