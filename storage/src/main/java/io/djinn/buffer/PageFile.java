package io.djinn.buffer;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreSealedException;
import io.djinn.file.RawFile;
import io.djinn.page.Page;
import io.djinn.page.PageChecksum;
import io.djinn.page.PageKind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * The file of pages: read through a read-only mapping, written by position.
 *
 * <p>A page's mapped bytes are verified when they are first used after opening and after each
 * write: the checksum is computed over a private copy, then the page's bit is set. Writing clears
 * the bit first. Growing writes zeros, syncs, maps, and only then raises the page count.
 */
public final class PageFile implements AutoCloseable {
  /** Name of the file in the store's directory, as errors give it. */
  public static final String NAME = "pages";

  private final RawFile file;
  private final int pageSizeBytes;
  private final long fileId;
  private final Consumer<Throwable> onFailure;
  private final int pagesPerChunk;
  private final ArrayDeque<PageChecksum> checksums = new ArrayDeque<>();
  private final Object syncing = new Object();

  /** The first sync that failed. */
  private IOException syncFailure;

  private volatile long[] chunks = new long[0];
  private volatile AtomicLongArray[] verified = new AtomicLongArray[0];
  private volatile int pageCount;

  /**
   * @param file the open file, owned from now on
   * @param fileId seed of the checksums
   * @param chunkBytes size of one mapping; a power of two, at least a page
   * @param onFailure takes a failed sync, after which nothing may be written any more
   */
  public PageFile(
      RawFile file, int pageSizeBytes, long fileId, long chunkBytes, Consumer<Throwable> onFailure)
      throws IOException {
    this.file = file;
    this.onFailure = onFailure;
    this.pageSizeBytes = pageSizeBytes;
    this.fileId = fileId;
    pagesPerChunk = (int) (chunkBytes / pageSizeBytes);
    try {
      int pages = (int) Math.min(Page.MAX_PAGE_NO, file.sizeBytes() / pageSizeBytes);
      mapThrough(pages);
      pageCount = pages;
    } catch (Throwable t) {
      try {
        file.close();
      } catch (IOException suppressed) {
        t.addSuppressed(suppressed);
      }
      throw t;
    }
  }

  public int pageSizeBytes() {
    return pageSizeBytes;
  }

  public long fileId() {
    return fileId;
  }

  /** Pages that have real blocks behind them and may be addressed. */
  public int pageCount() {
    return pageCount;
  }

  /**
   * Throws where the file was replaced or cut by somebody else: what is written then is lost, and
   * what is read may be beyond its end.
   */
  public void requireInPlace() throws IOException {
    if (!file.isInPlace((long) pageCount * pageSizeBytes)) {
      throw new DjinnException(
          "file "
              + NAME
              + " was replaced, or has less than its "
              + pageCount
              + " pages of "
              + pageSizeBytes
              + " bytes");
    }
  }

  /** Address of a page's verified mapped bytes. */
  public long mapped(int pageNo) {
    long address = unverified(pageNo);
    AtomicLongArray bits = verified[pageNo / pagesPerChunk];
    int bit = pageNo % pagesPerChunk;
    if ((bits.get(bit >>> 6) & 1L << bit) == 0) {
      try {
        verify(pageNo, address);
      } catch (InternalError e) {
        // The copy can not be made: that fails whoever wants the page, and nobody else.
        CorruptPageException unreadable =
            new CorruptPageException(
                NAME, pageNo, "unknown", "its bytes can not be read: " + e.getMessage());
        unreadable.initCause(e);
        throw unreadable;
      }
      bits.getAndUpdate(bit >>> 6, word -> word | 1L << bit);
    }
    return address;
  }

  /**
   * Verifies a page's mapped bytes, also where that was done before; bytes that have gone bad since
   * are verified, and refused, by whoever reads them next. Returns their address.
   */
  public long verifiedAnew(int pageNo) {
    long address = unverified(pageNo);
    try {
      verify(pageNo, address);
      return address;
    } catch (CorruptPageException damaged) {
      int bit = pageNo % pagesPerChunk;
      verified[pageNo / pagesPerChunk].getAndUpdate(bit >>> 6, word -> word & ~(1L << bit));
      throw damaged;
    }
  }

  /** Whether a page's mapped bytes verify. */
  boolean isSound(int pageNo) {
    try {
      mapped(pageNo);
      return true;
    } catch (CorruptPageException damaged) {
      return false;
    }
  }

  /** Address of a page's mapped bytes as they are; only its header's batch number may be used. */
  long unverified(int pageNo) {
    if (pageNo < 0 || pageNo >= pageCount) {
      throw new CorruptPageException(
          NAME, pageNo, "no page", "page number beyond the " + pageCount + " pages of the file");
    }
    return chunks[pageNo / pagesPerChunk] + (long) (pageNo % pagesPerChunk) * pageSizeBytes;
  }

  /** Throws where a page's bytes, in the mapping or in a frame, are not what was written. */
  void verify(int pageNo, long address) {
    PageChecksum checksum = borrow();
    try {
      int computed = checksum.compute(address, pageNo);
      long copy = checksum.copy();
      String kind = PageKind.describe(Page.kind(copy));
      if (computed != Page.checksum(copy)) {
        throw new CorruptPageException(
            NAME,
            pageNo,
            kind,
            String.format("checksum found 0x%08x, expected 0x%08x", Page.checksum(copy), computed));
      }
      check(pageNo, copy, kind);
    } finally {
      giveBack(checksum);
    }
  }

  private void check(int pageNo, long page, String kind) {
    String wrong = null;
    if (PageKind.of(Page.kind(page)) == null) {
      wrong = "kind found " + Page.kind(page) + ", expected a known one";
    } else if (Page.pageNo(page) != pageNo) {
      wrong = "page number found " + Page.pageNo(page) + ", expected " + pageNo;
    } else if (Page.lower(page) < Page.HEADER_BYTES
        || Page.upper(page) < Page.lower(page)
        || Page.upper(page) > pageSizeBytes) {
      wrong =
          "hole found "
              + Page.lower(page)
              + " to "
              + Page.upper(page)
              + ", expected within "
              + Page.HEADER_BYTES
              + " to "
              + pageSizeBytes;
    }
    if (wrong != null) {
      throw new CorruptPageException(NAME, pageNo, kind, wrong);
    }
  }

  /** Sets the checksum of a page that is about to leave its owner's hands. */
  public void seal(long page, int pageNo) {
    PageChecksum checksum = borrow();
    try {
      Page.checksum(page, checksum.compute(page, pageNo));
    } finally {
      giveBack(checksum);
    }
  }

  /**
   * Writes pages over the file; on engine-owned threads only.
   *
   * @param address bytes of the first page, the others behind it
   */
  public void write(int firstPageNo, long address, int pages) throws IOException {
    forgetVerified(firstPageNo, pages);
    file.writeFully((long) firstPageNo * pageSizeBytes, address, pages * pageSizeBytes);
  }

  private void forgetVerified(int firstPageNo, int pages) {
    int pageNo = firstPageNo;
    int end = firstPageNo + pages;
    while (pageNo < end) {
      int bit = pageNo % pagesPerChunk;
      int count = Math.min(end - pageNo, Math.min(Long.SIZE - (bit & 63), pagesPerChunk - bit));
      long kept = ~(-1L >>> (Long.SIZE - count) << bit);
      AtomicLongArray bits = verified[pageNo / pagesPerChunk];
      int at = bit >>> 6;
      long word = bits.get(at);
      // Most often nothing was verified; where something was, nobody else's bit may be lost.
      while ((word & ~kept) != 0 && !bits.compareAndSet(at, word, word & kept)) {
        word = bits.get(at);
      }
      pageNo += count;
    }
  }

  /** Makes written pages durable; failing seals the store, so it is no {@link IOException}. */
  public void sync() {
    try {
      sync(false);
    } catch (IOException e) {
      StoreSealedException failure =
          new StoreSealedException("syncing the page file failed: " + e.getMessage(), e);
      onFailure.accept(failure);
      throw failure;
    }
  }

  /**
   * Syncs, one thread at a time, until a sync fails: of several at a time the system may tell but
   * one that a write has failed, and the others would take it for durable.
   */
  private void sync(boolean metadata) throws IOException {
    synchronized (syncing) {
      if (syncFailure != null) {
        throw new IOException("an earlier sync failed: " + syncFailure.getMessage(), syncFailure);
      }
      try {
        file.sync(metadata);
      } catch (IOException e) {
        syncFailure = e;
        throw e;
      }
    }
  }

  /**
   * Makes everything durable that an earlier process left, the size above all: it may have been
   * killed between growing the file and syncing it.
   */
  public void syncAll() throws IOException {
    sync(true);
  }

  /**
   * Gives up pages that nothing uses, durably; only while the store is being opened. An earlier
   * process may have seen the sync of its growth fail, and no later sync would make it durable:
   * growing again does.
   */
  public void shrink(int pages) throws IOException {
    if (pages < pageCount) {
      pageCount = pages;
      file.truncate((long) pages * pageSizeBytes);
      sync(true);
    }
  }

  /**
   * Gives real blocks to more pages; on engine-owned threads only. Failing to get them is a {@link
   * NoSpaceException} and changes nothing.
   */
  public void grow(int wantedPages) throws IOException {
    if (wantedPages <= pageCount) {
      return;
    }
    try {
      file.allocate(
          (long) pageCount * pageSizeBytes, (long) (wantedPages - pageCount) * pageSizeBytes);
    } catch (NoSpaceException e) {
      throw new NoSpaceException(
          "the page file can not grow from "
              + pageCount
              + " to "
              + wantedPages
              + " pages of "
              + pageSizeBytes
              + " bytes: "
              + e.getMessage(),
          e);
    }
    sync(true);
    mapThrough(wantedPages);
    pageCount = wantedPages;
  }

  private void mapThrough(int pages) throws IOException {
    int wanted = (pages + pagesPerChunk - 1) / pagesPerChunk;
    int present = chunks.length;
    if (wanted > present) {
      long[] newChunks = Arrays.copyOf(chunks, wanted);
      AtomicLongArray[] newVerified = Arrays.copyOf(verified, wanted);
      long chunkBytes = (long) pagesPerChunk * pageSizeBytes;
      for (int i = present; i < wanted; i++) {
        newChunks[i] = file.map(i * chunkBytes, chunkBytes);
        newVerified[i] = new AtomicLongArray((pagesPerChunk + 63) >>> 6);
      }
      verified = newVerified;
      chunks = newChunks;
    }
  }

  private PageChecksum borrow() {
    synchronized (checksums) {
      PageChecksum checksum = checksums.poll();
      return checksum == null ? new PageChecksum(pageSizeBytes, fileId) : checksum;
    }
  }

  private void giveBack(PageChecksum checksum) {
    synchronized (checksums) {
      checksums.push(checksum);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
