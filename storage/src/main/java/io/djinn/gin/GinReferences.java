package io.djinn.gin;

import io.djinn.gin.entry.EntryPage;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.posting.PostingInnerPage;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.function.IntConsumer;

/** Which pages a page of a GIN index refers to as its own. */
public final class GinReferences {
  private GinReferences() {}

  /** Hands over the page numbers a page refers to; none for a page of another access method. */
  public static void forEach(long page, int pageNo, int pageSizeBytes, IntConsumer child) {
    PageKind kind = PageKind.of(Page.kind(page));
    if (kind == null) {
      return;
    }
    switch (kind) {
      case GIN_META -> child.accept(new GinMetaPage().wrap(page, pageNo).root());
      case ENTRY_INNER -> {
        EntryPage inner = new EntryPage().wrap(page, pageSizeBytes, pageNo);
        for (int i = 0; i < inner.childCount(); i++) {
          child.accept(inner.child(i));
        }
      }
      case ENTRY_LEAF -> {
        EntryPage leaf = new EntryPage().wrap(page, pageSizeBytes, pageNo);
        for (int slot = 0; slot < leaf.slotCount(); slot++) {
          leaf.slot(slot);
          if (leaf.postingRoot() != 0) {
            child.accept(leaf.postingRoot());
          }
        }
      }
      case POSTING_INNER -> {
        for (int i = 0; i < PostingInnerPage.count(page); i++) {
          child.accept(PostingInnerPage.child(page, i));
        }
      }
      default -> {}
    }
  }
}
