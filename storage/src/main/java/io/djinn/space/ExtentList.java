package io.djinn.space;

import io.djinn.batch.OpenBatch;
import io.djinn.error.CorruptPageException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;

/**
 * A stack of extents in pages, headed by a field of the space page.
 *
 * <p>Belongs to whoever holds the writer's slot.
 */
final class ExtentList {
  /** One run of page numbers; filled by {@link ExtentList#peek}. */
  static final class Extent {
    int firstPageNo;
    int pages;
    long tag;
  }

  /** Where pages of the list itself come from and go. */
  interface ListPages {
    int take(OpenBatch batch);

    /**
     * Takes back an empty page of the list; true where it is needed and nothing more is looked at.
     */
    boolean give(OpenBatch batch, int pageNo);
  }

  static final int ARGUMENT_BYTES = 16;

  private final SpacePage.Field head;
  private final ListPages listPages;
  private final long arguments;

  /**
   * @param arguments room for the arguments of an edit, {@link #ARGUMENT_BYTES} bytes
   */
  ExtentList(SpacePage.Field head, ListPages listPages, long arguments) {
    this.head = head;
    this.listPages = listPages;
    this.arguments = arguments;
  }

  int head(PageReader pages) {
    return (int) head.get(pages.page(SpacePage.PAGE_NO));
  }

  /** Takes a page of the list and checks it. */
  static long listPage(PageReader pages, int pageNo) {
    long page = pages.page(pageNo);
    ExtentListPage.check(page, pageNo, pages.pageSizeBytes());
    return page;
  }

  /** The top of the stack; false where it is empty. Pages of the list left empty are given back. */
  boolean peek(OpenBatch batch, Extent into) {
    while (true) {
      int pageNo = head(batch);
      if (pageNo == 0) {
        return false;
      }
      long page = listPage(batch, pageNo);
      int count = ExtentListPage.count(page);
      if (count > 0) {
        into.firstPageNo = ExtentListPage.firstPageNo(page, count - 1);
        into.pages = ExtentListPage.pages(page, count - 1);
        into.tag = ExtentListPage.tag(page, count - 1);
        require(pageNo, into.firstPageNo, into.pages);
        return true;
      }
      setHead(batch, ExtentListPage.next(page));
      if (listPages.give(batch, pageNo)) {
        return false;
      }
    }
  }

  /** Throws where what a page of the list has is no extent. */
  static void require(int listPageNo, int firstPageNo, int pages) {
    if (pages < 1 || firstPageNo < 1 || firstPageNo > Page.MAX_PAGE_NO) {
      throw new CorruptPageException(
          "pages",
          listPageNo,
          "extent list",
          "extent found " + firstPageNo + ", " + pages + " pages");
    }
  }

  void push(OpenBatch batch, int firstPageNo, int pages, long tag) {
    int pageNo = head(batch);
    if (pageNo == 0
        || ExtentListPage.count(listPage(batch, pageNo))
            == ExtentListPage.capacity(batch.pageSizeBytes())) {
      addPage(batch, listPages.take(batch));
      pageNo = head(batch);
    }
    extent(batch, pageNo, SpaceRecords.PUSH, firstPageNo, pages, tag);
  }

  /** Puts an empty page in front of the list. */
  void addPage(OpenBatch batch, int pageNo) {
    int next = head(batch);
    ExtentListPage.init(batch.create(pageNo, PageKind.EXTENT_LIST, 0), next);
    setHead(batch, pageNo);
  }

  /** Replaces the top of the stack. */
  void setTop(OpenBatch batch, int firstPageNo, int pages, long tag) {
    extent(batch, head(batch), SpaceRecords.SET_TOP, firstPageNo, pages, tag);
  }

  void pop(OpenBatch batch) {
    batch.edit(head(batch), SpaceRecords.POP, arguments, 0);
  }

  private void extent(
      OpenBatch batch, int pageNo, int opCode, int firstPageNo, int pages, long tag) {
    long to = arguments;
    NativeMemory.putInt(to, firstPageNo);
    NativeMemory.putInt(to + 4, pages);
    NativeMemory.putLong(to + 8, tag);
    batch.edit(pageNo, opCode, to, SpaceRecords.EXTENT_BYTES);
  }

  /** Makes another page of the list, or one that is added, the first. */
  void setHead(OpenBatch batch, int pageNo) {
    setField(batch, head, pageNo, arguments);
  }

  static void setField(OpenBatch batch, SpacePage.Field field, long value, long scratch) {
    NativeMemory.putByte(scratch, field.id());
    NativeMemory.putLong(scratch + 1, value);
    batch.edit(SpacePage.PAGE_NO, SpaceRecords.SET_FIELD, scratch, SpaceRecords.FIELD_BYTES);
  }
}
