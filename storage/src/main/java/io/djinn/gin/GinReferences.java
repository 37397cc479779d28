package io.djinn.gin;

import io.djinn.gin.entry.EntryPage;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.posting.PostingInnerPage;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.function.IntConsumer;

/** Which pages a page of a GIN index refers to as its own. */
public final class GinReferences {
  private static final int POSTING_RANK = 1 << 8;
  private static final int ENTRY_RANK = 2 << 8;
  private static final int META_RANK = 3 << 8;

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

  /**
   * A number that is higher for a page than for each page it refers to, so that following
   * references ends; 0 for a page of no index.
   */
  public static int rank(long page) {
    PageKind kind = PageKind.of(Page.kind(page));
    if (kind == null) {
      return 0;
    }
    return switch (kind) {
      case GIN_META -> META_RANK;
      case ENTRY_INNER, ENTRY_LEAF -> ENTRY_RANK + Page.level(page);
      case POSTING_INNER, POSTING_LEAF -> POSTING_RANK + Page.level(page);
      default -> 0;
    };
  }
}
