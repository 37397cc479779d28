package io.djinn.api;

import io.djinn.buffer.PageFile;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageSink;
import io.djinn.recovery.PageStore;
import io.djinn.space.Space;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the pages of one loading thread into extents reserved for it: gathered into large writes,
 * synced every {@link #SYNC_BYTES}, without log records or with an image of each page, see {@link
 * BuildLogging}.
 *
 * <p>Images go to the log before the pages go to the file, in batches of at most {@link
 * #IMAGE_BATCH_BYTES} of pages that hold nothing else. No checkpoint heeds the pages: before the
 * batch that refers to them is appended all are synced to the file, and whatever else is lost of
 * them with a crash is of a build that has not happened.
 *
 * <p>The next extent is asked for when the present one is begun, the second one when the first is
 * half used, and reserved and the writes synced by another thread, so that this one seldom waits.
 *
 * <p>Pages carry batch number 0, so their first change logs an image. Belongs to one engine-owned
 * thread.
 */
final class ExtentSink implements PageSink {
  private static final int MOST_BUFFER_PAGES = 32;

  /** A write of so many bytes is large enough: with large pages the buffer has fewer of them. */
  private static final int LARGE_BYTES = 256 << 10;

  /** So little holds the writer's slot for less than a millisecond. */
  private static final int IMAGE_BATCH_BYTES = 128 << 10;

  /** Little enough that the sync which the end of the build waits for is short. */
  static final long SYNC_BYTES = 16L << 20;

  private static final int FIRST_EXTENT_PAGES = 64;
  private static final int LARGEST_EXTENT_PAGES = 512;

  private final GinBuild build;
  private final PageFile file;
  private final int pageSizeBytes;
  private final int bufferPages;
  private final long buffer;
  private final boolean isLogged;
  private final boolean[] filled = new boolean[MOST_BUFFER_PAGES];
  private final ArrayDeque<Space.PageRange> ahead = new ArrayDeque<>();
  private final List<Space.PageRange> used = new ArrayList<>();
  private int extentPages = FIRST_EXTENT_PAGES;
  private int rangeFirst;
  private int rangePages;
  private int rangeUsed;
  private int bufferFirst = -1;
  private long unsyncedBytes;
  private boolean isAsking;
  private Throwable failure;

  ExtentSink(GinBuild build, PageStore store, long buffer, BuildLogging logging) {
    this.build = build;
    this.buffer = buffer;
    isLogged = logging == BuildLogging.FULL;
    file = store.pageFile();
    pageSizeBytes = store.pageSizeBytes();
    bufferPages = bufferPages(pageSizeBytes);
  }

  /** Pages that are gathered. */
  static int bufferPages(int pageSizeBytes) {
    return Math.min(MOST_BUFFER_PAGES, LARGE_BYTES / pageSizeBytes);
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
    // A build that one extent is enough for should not take two.
    if (rangeUsed == (used.isEmpty() ? rangePages / 2 : 0)) {
      ask();
    }
    return rangeFirst + rangeUsed++;
  }

  private void nextRange() {
    endRange();
    Space.PageRange next = poll();
    if (next == null) {
      ask();
      build.observer().during(BuildWait.RESERVE, () -> build.awaitExtent(this));
      next = poll();
    }
    rangeFirst = next.firstPageNo();
    rangePages = next.pages();
    rangeUsed = 0;
  }

  /** Asks for an extent, unless there is one or it was asked for. */
  private void ask() {
    synchronized (this) {
      if (isAsking || !ahead.isEmpty()) {
        return;
      }
      isAsking = true;
    }
    build.askForExtent(this);
  }

  private synchronized Space.PageRange poll() {
    if (ahead.isEmpty() && failure != null) {
      if (failure instanceof Error error) {
        throw error;
      }
      throw failure instanceof RuntimeException e ? e : new DjinnException("no extent", failure);
    }
    return ahead.poll();
  }

  /** Pages the next extent should have. */
  synchronized int extentPages() {
    return extentPages;
  }

  /** What was asked for is here, or can not be had. */
  synchronized void reserved(List<Space.PageRange> ranges, Throwable why) {
    isAsking = false;
    ahead.addAll(ranges);
    failure = why;
    extentPages = Math.min(LARGEST_EXTENT_PAGES, extentPages * 2);
  }

  /** Whether there is an extent, or none is to be had. */
  synchronized boolean isAnswered() {
    return !isAsking;
  }

  private synchronized void endRange() {
    if (rangeUsed > 0) {
      used.add(new Space.PageRange(rangeFirst, rangeUsed));
    }
    rangePages = 0;
    rangeUsed = 0;
  }

  @Override
  public void write(int pageNo, long page) {
    if (bufferFirst < 0 || pageNo < bufferFirst || pageNo >= bufferFirst + bufferPages) {
      flush(build.observer());
      bufferFirst = pageNo;
    }
    int at = pageNo - bufferFirst;
    long copy = buffer + (long) at * pageSizeBytes;
    NativeMemory.copy(page, copy, pageSizeBytes);
    Page.batch(copy, 0);
    file.seal(copy, pageNo);
    filled[at] = true;
  }

  /**
   * Writes what is gathered.
   *
   * @param heard hears of its way through the log
   */
  void flush(BuildObserver heard) {
    int at = 0;
    while (at < bufferPages) {
      int run = 0;
      while (at + run < bufferPages && filled[at + run]) {
        filled[at + run] = false;
        run++;
      }
      if (run > 0) {
        write(bufferFirst + at, buffer + (long) at * pageSizeBytes, run, heard);
      }
      at += run + 1;
    }
    bufferFirst = -1;
  }

  private void write(int firstPageNo, long address, int pages, BuildObserver heard) {
    if (isLogged) {
      int most = Math.max(1, IMAGE_BATCH_BYTES / pageSizeBytes);
      for (int at = 0; at < pages; at += most) {
        build.log(
            firstPageNo + at,
            address + (long) at * pageSizeBytes,
            Math.min(most, pages - at),
            heard);
      }
    }
    // The page file may have failed to grow, for an extent that is asked for ahead.
    build.requireWritable();
    try {
      file.write(firstPageNo, address, pages);
    } catch (IOException e) {
      throw new DjinnException("writing pages of a build failed: " + e.getMessage(), e);
    }
    unsyncedBytes += (long) pages * pageSizeBytes;
    if (unsyncedBytes >= SYNC_BYTES) {
      unsyncedBytes = 0;
      build.syncSoon();
    }
  }

  /** What this sink has handed out of the extents it took, each from its start. */
  synchronized List<Space.PageRange> used() {
    endRange();
    return List.copyOf(used);
  }
}
