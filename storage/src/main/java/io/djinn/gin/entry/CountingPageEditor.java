package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/** A page editor that counts, by kind, the pages a batch allocates and frees for one index. */
public final class CountingPageEditor implements PageEditor {
  private final GinCounts counts;
  private PageEditor editor;

  /**
   * @param counts what the pages are added to
   */
  public CountingPageEditor(GinCounts counts) {
    this.counts = counts;
  }

  /** Sets the editor that does the work; returns this. */
  public CountingPageEditor over(PageEditor editor) {
    this.editor = editor;
    return this;
  }

  @Override
  public long page(int pageNo) {
    return editor.page(pageNo);
  }

  @Override
  public int pageSizeBytes() {
    return editor.pageSizeBytes();
  }

  @Override
  public void edit(int pageNo, int opCode, long arguments, int length) {
    editor.edit(pageNo, opCode, arguments, length);
  }

  @Override
  public long rewrite(int pageNo) {
    return editor.rewrite(pageNo);
  }

  @Override
  public int allocate(PageKind kind, int level) {
    int pageNo = editor.allocate(kind, level);
    count(kind, 1);
    return pageNo;
  }

  @Override
  public void free(int pageNo) {
    PageKind kind = PageKind.of(Page.kind(editor.page(pageNo)));
    editor.free(pageNo);
    if (kind != null) {
      count(kind, -1);
    }
  }

  private void count(PageKind kind, int difference) {
    switch (kind) {
      case ENTRY_LEAF, ENTRY_INNER -> counts.add(GinCounts.Field.ENTRY_PAGES, difference);
      case POSTING_LEAF, POSTING_INNER -> counts.add(GinCounts.Field.POSTING_PAGES, difference);
      default -> {
        // Pages of other kinds are counted by those who make them.
      }
    }
  }
}
