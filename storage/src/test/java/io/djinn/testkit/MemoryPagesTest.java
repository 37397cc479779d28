package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.wal.EditFamily;
import org.junit.jupiter.api.Test;

class MemoryPagesTest {
  private static final int PAGE_SIZE = 512;

  /** Appends its arguments behind lower; op code 8 also writes one byte past the page. */
  private static final EditFamily APPEND =
      new EditFamily() {
        @Override
        public int firstOpCode() {
          return 7;
        }

        @Override
        public int lastOpCode() {
          return 8;
        }

        @Override
        public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
          NativeMemory.copy(arguments, page + Page.lower(page), length);
          Page.lower(page, Page.lower(page) + length);
          if (opCode == 8) {
            NativeMemory.putByte(page + pageSizeBytes, 1);
          }
        }

        @Override
        public String describe(int opCode, long arguments, int length) {
          return "append " + length;
        }
      };

  private void append(MemoryPages pages, int pageNo, int opCode, long bytes) {
    MemoryAccount account = new MemoryAccount("arguments", 8);
    try (MemoryRegion region = MemoryRegion.allocate(account, 8)) {
      NativeMemory.putLong(region.address(), bytes);
      pages.edit(pageNo, opCode, region.address(), 8);
    }
  }

  @Test
  void redoOfEditsAndImagesGivesTheSamePages() {
    try (MemoryPages pages = new MemoryPages(PAGE_SIZE, APPEND)) {
      int first = pages.allocate(PageKind.CATALOG, 0);
      int second = pages.allocate(PageKind.CATALOG, 0);
      append(pages, first, 7, 1);
      pages.commit();
      long before = pages.page(first);
      append(pages, first, 7, 2);
      assertTrue(before != pages.page(first));
      assertEquals(Page.HEADER_BYTES + 8, Page.lower(before));
      append(pages, first, 7, 3);
      pages.commit();
      assertEquals(4, pages.logRecords());
      pages.free(second);
      pages.commit();
      assertEquals(second, pages.allocate(PageKind.CATALOG, 0));
      pages.commit();
      pages.assertRedoEqualsDo();
      pages.checkpoint();
      append(pages, first, 7, 4);
      pages.commit();
      assertEquals(1, pages.logRecords());
      pages.assertRedoEqualsDo();
    }
  }

  @Test
  void aChangeBesideTheLogIsFoundByRedo() {
    try (MemoryPages pages = new MemoryPages(PAGE_SIZE, APPEND)) {
      int pageNo = pages.allocate(PageKind.CATALOG, 0);
      pages.commit();
      NativeMemory.putInt(pages.page(pageNo) + Page.HEADER_BYTES, 1);
      assertThrows(AssertionError.class, pages::assertRedoEqualsDo);
    }
  }

  @Test
  void aWriteBesideThePageIsFoundByItsGuards() {
    try (MemoryPages pages = new MemoryPages(PAGE_SIZE, APPEND)) {
      int pageNo = pages.allocate(PageKind.CATALOG, 0);
      assertThrows(AssertionError.class, () -> append(pages, pageNo, 8, 1));
    }
  }

  @Test
  void abortBringsTheLastCommitBack() {
    try (MemoryPages pages = new MemoryPages(PAGE_SIZE, APPEND)) {
      int kept = pages.allocate(PageKind.CATALOG, 0);
      int freed = pages.allocate(PageKind.CATALOG, 0);
      pages.commit();
      append(pages, kept, 7, 1);
      pages.free(freed);
      int added = pages.allocate(PageKind.CATALOG, 0);
      assertThrows(CorruptPageException.class, () -> pages.page(freed));
      pages.abort();
      assertEquals(Page.HEADER_BYTES, Page.lower(pages.page(kept)));
      assertEquals(2, pages.pageCount());
      assertThrows(CorruptPageException.class, () -> pages.page(added));
      pages.assertRedoEqualsDo();
    }
  }

  @Test
  void aStepIsSpentAfterItsPagesAndPoisonsThemAfterwards() {
    try (MemoryPages pages = new MemoryPages(PAGE_SIZE, APPEND)) {
      int pageNo = pages.allocate(PageKind.CATALOG, 0);
      pages.commit();
      MemoryPages.Steps steps = pages.steps(1);
      long page = steps.begin().page(pageNo);
      assertEquals(pageNo, Page.pageNo(page));
      assertTrue(steps.isSpent());
      steps.begin();
      assertTrue(Page.pageNo(page) != pageNo);
    }
  }
}
