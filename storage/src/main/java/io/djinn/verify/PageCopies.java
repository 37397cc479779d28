package io.djinn.verify;

import io.djinn.buffer.SnapshotReader;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageReader;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives private copies of a snapshot's pages, each made in a step of its own, so that checking a
 * whole store holds nobody up. The checksum of each page is computed anew, also where it was good
 * when the page was used first.
 *
 * <p>A copy stays until the next page of the same kind and level is asked for: whoever walks trees
 * depth first keeps one page of each.
 */
final class PageCopies implements PageReader, AutoCloseable {
  private static final int LEVELS = 256;

  private final SnapshotReader reader;
  private final MemoryAccount account;
  private final Map<Integer, MemoryRegion> copies = new HashMap<>();
  private final BitSet read = new BitSet();
  private final PageHeaders headers;

  PageCopies(SnapshotReader reader, MemoryAccount account) {
    this(reader, account, null);
  }

  /**
   * @param headers examines each page when it is first copied, or null
   */
  PageCopies(SnapshotReader reader, MemoryAccount account, PageHeaders headers) {
    this.reader = reader;
    this.account = account;
    this.headers = headers;
  }

  /** Whether a page was copied at least once. */
  boolean isRead(int pageNo) {
    return read.get(pageNo);
  }

  @Override
  public long page(int pageNo) {
    reader.enter();
    try {
      long page = pageNo >= 0 && read.get(pageNo) ? reader.page(pageNo) : reader.pageAnew(pageNo);
      int place = Page.kind(page) * LEVELS + Page.level(page);
      MemoryRegion copy =
          copies.computeIfAbsent(
              place, key -> MemoryRegion.allocate(account, reader.pageSizeBytes()));
      NativeMemory.copy(page, copy.address(), reader.pageSizeBytes());
      if (!read.get(pageNo)) {
        read.set(pageNo);
        if (headers != null) {
          headers.examine(copy.address(), pageNo);
        }
      }
      return copy.address();
    } finally {
      reader.leave();
    }
  }

  @Override
  public int pageSizeBytes() {
    return reader.pageSizeBytes();
  }

  @Override
  public void close() {
    copies.values().forEach(MemoryRegion::close);
    copies.clear();
  }
}
