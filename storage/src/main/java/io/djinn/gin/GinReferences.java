package io.djinn.gin;

import io.djinn.gin.entry.EntryPage;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.PendingPage;
import io.djinn.gin.posting.PostingInnerPage;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.function.IntConsumer;

/** Which pages a page of a GIN index refers to as its own. */
public final class GinReferences {
  private static final long POSTING_RANK = 1 << 8;
  private static final long ENTRY_RANK = 2 << 8;

  /** Rank of a page of a pending list before its sequence number is taken off. */
  private static final long PENDING_RANK = Long.MAX_VALUE - 1;

  private static final long META_RANK = Long.MAX_VALUE;

  private GinReferences() {}

  /** Hands over the page numbers a page refers to; none for a page of another access method. */
  public static void forEach(long page, int pageNo, int pageSizeBytes, IntConsumer child) {
    PageKind kind = PageKind.of(Page.kind(page));
    if (kind == null) {
      return;
    }
    switch (kind) {
      case GIN_META -> {
        GinMetaPage meta = new GinMetaPage().wrap(page, pageNo);
        child.accept(meta.root());
        if (meta.pendingHead() != 0) {
          child.accept(meta.pendingHead());
        }
      }
      case GIN_PENDING -> {
        PendingPage.check(page, pageNo, pageSizeBytes);
        if (PendingPage.next(page) != 0) {
          child.accept(PendingPage.next(page));
        }
      }
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
  public static long rank(long page) {
    PageKind kind = PageKind.of(Page.kind(page));
    if (kind == null) {
      return 0;
    }
    return switch (kind) {
      case GIN_META -> META_RANK;
      case GIN_PENDING -> PENDING_RANK - Math.max(0, PendingPage.sequence(page));
      case ENTRY_INNER, ENTRY_LEAF -> ENTRY_RANK + Page.level(page);
      case POSTING_INNER, POSTING_LEAF -> POSTING_RANK + Page.level(page);
      default -> 0;
    };
  }
}
