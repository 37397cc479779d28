package io.djinn.verify;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.function.Consumer;

/**
 * Checks what is true of every page whatever its kind: unused fields, the number of the batch that
 * wrote it, the zeros of its hole.
 */
final class PageHeaders {
  private final int pageSizeBytes;
  private final long batch;
  private final Consumer<String> problems;

  /**
   * @param batch the batch whose state is examined: no page is newer
   */
  PageHeaders(int pageSizeBytes, long batch, Consumer<String> problems) {
    this.pageSizeBytes = pageSizeBytes;
    this.batch = batch;
    this.problems = problems;
  }

  /** Examines a page that the checksum, page number and bounds of its hole were checked of. */
  void examine(long page, int pageNo) {
    PageKind kind = PageKind.of(Page.kind(page));
    if (kind == null) {
      // What stands for bytes that were not sound when they were put aside; see PageVersions.
      return;
    }
    boolean isEntryPage = kind == PageKind.ENTRY_LEAF || kind == PageKind.ENTRY_INNER;
    if (!isEntryPage && Page.flags(page) != 0) {
      problem(page, pageNo, "flags found " + Page.flags(page) + ", expected 0");
    }
    if (Page.reserved(page) != 0) {
      problem(page, pageNo, "reserved field found " + Page.reserved(page) + ", expected 0");
    }
    if (Page.batch(page) < 0 || Page.batch(page) > batch) {
      problem(page, pageNo, "batch found " + Page.batch(page) + ", the newest is " + batch);
    }
    boolean isInner = kind == PageKind.ENTRY_INNER || kind == PageKind.POSTING_INNER;
    if (!isInner && Page.level(page) != 0) {
      problem(page, pageNo, "level found " + Page.level(page) + ", expected 0");
    }
    // Entry pages and roots of posting trees are filled from the back too; what is there, and the
    // flags of entry pages, is checked with the tree.
    boolean mayHaveRest = kind == PageKind.POSTING_INNER && Page.level(page) == 1;
    if (!isEntryPage && !mayHaveRest && Page.upper(page) != pageSizeBytes) {
      problem(page, pageNo, "upper found " + Page.upper(page) + ", expected " + pageSizeBytes);
    }
    for (int at = Page.lower(page); at < Page.upper(page); at++) {
      if (NativeMemory.getByte(page + at) != 0) {
        problem(
            page,
            pageNo,
            "byte " + NativeMemory.getUnsignedByte(page + at) + " in the hole at " + at);
        return;
      }
    }
  }

  private void problem(long page, int pageNo, String detail) {
    problems.accept("page " + pageNo + " (" + PageKind.describe(Page.kind(page)) + "): " + detail);
  }
}
