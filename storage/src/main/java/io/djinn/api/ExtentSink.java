package io.djinn.api;

import io.djinn.buffer.PageFile;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageSink;
import io.djinn.recovery.PageStore;
import io.djinn.space.Space;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the pages of one loading thread into extents reserved for it: gathered into large writes,
 * synced every 64 MiB, with no log records.
 *
 * <p>Pages carry batch number 0, so their first change logs an image. Belongs to one engine-owned
 * thread.
 */
final class ExtentSink implements PageSink {
  static final int BUFFER_PAGES = 32;

  private static final long SYNC_BYTES = 64L << 20;
  private static final int FIRST_EXTENT_PAGES = 64;
  private static final int LARGEST_EXTENT_PAGES = 1024;

  private record Used(int firstPageNo, int pages) {}

  private final GinBuild build;
  private final PageFile file;
  private final int pageSizeBytes;
  private final long buffer;
  private final boolean[] filled = new boolean[BUFFER_PAGES];
  private final List<Space.PageRange> ahead = new ArrayList<>();
  private final List<Used> used = new ArrayList<>();
  private int extentPages = FIRST_EXTENT_PAGES;
  private int rangeFirst;
  private int rangePages;
  private int rangeUsed;
  private int bufferFirst = -1;
  private long unsyncedBytes;

  ExtentSink(GinBuild build, PageStore store, long buffer) {
    this.build = build;
    this.buffer = buffer;
    file = store.pageFile();
    pageSizeBytes = store.pageSizeBytes();
  }

  @Override
  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  @Override
  public int allocate() {
    if (rangeUsed == rangePages) {
      nextRange();
    }
    return rangeFirst + rangeUsed++;
  }

  private void nextRange() {
    endRange();
    if (ahead.isEmpty()) {
      ahead.addAll(build.reserve(extentPages));
      extentPages = Math.min(LARGEST_EXTENT_PAGES, extentPages * 2);
    }
    Space.PageRange next = ahead.remove(0);
    rangeFirst = next.firstPageNo();
    rangePages = next.pages();
    rangeUsed = 0;
  }

  private synchronized void endRange() {
    if (rangeUsed > 0) {
      used.add(new Used(rangeFirst, rangeUsed));
    }
    rangePages = 0;
    rangeUsed = 0;
  }

  @Override
  public void write(int pageNo, long page) {
    if (bufferFirst < 0 || pageNo < bufferFirst || pageNo >= bufferFirst + BUFFER_PAGES) {
      flush();
      bufferFirst = pageNo;
    }
    int at = pageNo - bufferFirst;
    long copy = buffer + (long) at * pageSizeBytes;
    NativeMemory.copy(page, copy, pageSizeBytes);
    Page.batch(copy, 0);
    file.seal(copy, pageNo);
    filled[at] = true;
  }

  /** Writes what is gathered. */
  void flush() {
    int at = 0;
    while (at < BUFFER_PAGES) {
      int run = 0;
      while (at + run < BUFFER_PAGES && filled[at + run]) {
        filled[at + run] = false;
        run++;
      }
      if (run > 0) {
        write(bufferFirst + at, buffer + (long) at * pageSizeBytes, run);
      }
      at += run + 1;
    }
    bufferFirst = -1;
  }

  private void write(int firstPageNo, long address, int pages) {
    try {
      file.write(firstPageNo, address, pages);
    } catch (IOException e) {
      throw new DjinnException("writing pages of a build failed: " + e.getMessage(), e);
    }
    unsyncedBytes += (long) pages * pageSizeBytes;
    if (unsyncedBytes >= SYNC_BYTES) {
      file.sync();
      unsyncedBytes = 0;
    }
  }

  /** How many pages from the start of an extent this sink has handed out. */
  synchronized int usedPages(int firstPageNo, int pages) {
    endRange();
    int kept = 0;
    for (Used range : used) {
      if (range.firstPageNo() >= firstPageNo && range.firstPageNo() < firstPageNo + pages) {
        kept = Math.max(kept, range.firstPageNo() - firstPageNo + range.pages());
      }
    }
    return kept;
  }
}
