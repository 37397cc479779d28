package io.djinn.verify;

import io.djinn.gin.entry.EntryPage;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.PendingPage;
import io.djinn.gin.posting.PostingInnerPage;
import io.djinn.gin.posting.PostingLeafPage;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.space.CatalogPage;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;

/** Puts any page into words: its header, and what its kind says of the rest. */
public final class Inspector {
  private Inspector() {}

  /**
   * A page in words, one thing a line.
   *
   * @throws io.djinn.error.CorruptPageException where its fields do not fit together
   */
  public static String describe(long page, int pageNo, int pageSizeBytes) {
    PageKind kind = PageKind.of(Page.kind(page));
    String header =
        String.format(
            "page %d: %s, level %d, flags %d, batch %d, lower %d, upper %d, checksum %08x%n",
            Page.pageNo(page),
            Page.kind(page) == 0 ? "never written" : PageKind.describe(Page.kind(page)),
            Page.level(page),
            Page.flags(page),
            Page.batch(page),
            Page.lower(page),
            Page.upper(page),
            Page.checksum(page));
    return kind == null ? header : header + body(kind, page, pageNo, pageSizeBytes);
  }

  private static String body(PageKind kind, long page, int pageNo, int pageSizeBytes) {
    return switch (kind) {
      case SPACE -> SpacePage.describe(page);
      case EXTENT_LIST -> {
        ExtentListPage.check(page, pageNo, pageSizeBytes);
        yield ExtentListPage.describe(page);
      }
      case CATALOG -> CatalogPage.describe(page, pageNo);
      case GIN_META -> new GinMetaPage().wrap(page, pageNo).describe();
      case ENTRY_LEAF, ENTRY_INNER -> new EntryPage().wrap(page, pageSizeBytes, pageNo).describe();
      case POSTING_LEAF -> PostingLeafPage.describe(page, pageSizeBytes, pageNo);
      case GIN_PENDING -> PendingPage.describe(page, pageNo, pageSizeBytes);
      case POSTING_INNER -> PostingInnerPage.describe(page, pageSizeBytes, pageNo);
    };
  }
}
