package io.djinn.perf.micro;

import io.djinn.api.Djinn;
import io.djinn.batch.PageEditor;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.wal.EditTable;

/** A tree of one page in plain memory: edits as a batch applies them, without frames and log. */
final class LonePage implements PageEditor, AutoCloseable {
  private static final int PAGE_NO = 1;

  private final EditTable table = Djinn.editTable();
  private final int pageSizeBytes;
  private final MemoryRegion page;
  private boolean isAllocated;

  LonePage(MemoryAccount account, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    page = MemoryRegion.allocate(account, pageSizeBytes);
  }

  @Override
  public long page(int pageNo) {
    if (pageNo != PAGE_NO) {
      throw new IllegalStateException("page " + pageNo + " of a tree of one page");
    }
    return page.address();
  }

  @Override
  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  @Override
  public void edit(int pageNo, int opCode, long arguments, int length) {
    table.apply(opCode, page(pageNo), pageSizeBytes, arguments, length);
  }

  @Override
  public long rewrite(int pageNo) {
    return page(pageNo);
  }

  @Override
  public int allocate(PageKind kind, int level) {
    if (isAllocated) {
      throw new IllegalStateException("a second page in a tree of one page");
    }
    isAllocated = true;
    Page.format(page.address(), pageSizeBytes, PAGE_NO, kind.id(), level);
    return PAGE_NO;
  }

  @Override
  public void free(int pageNo) {
    throw new IllegalStateException("the only page " + pageNo + " was freed");
  }

  @Override
  public void close() {
    page.close();
  }
}
