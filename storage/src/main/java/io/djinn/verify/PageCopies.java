package io.djinn.verify;

import io.djinn.buffer.SnapshotReader;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageReader;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives private copies of a snapshot's pages, each made in a step of its own, so that checking a
 * whole store holds nobody up.
 *
 * <p>A copy stays until the next page of the same kind and level is asked for: whoever walks trees
 * depth first keeps one page of each.
 */
final class PageCopies implements PageReader, AutoCloseable {
  private static final int LEVELS = 256;

  private final SnapshotReader reader;
  private final MemoryAccount account;
  private final Map<Integer, MemoryRegion> copies = new HashMap<>();

  PageCopies(SnapshotReader reader, MemoryAccount account) {
    this.reader = reader;
    this.account = account;
  }

  @Override
  public long page(int pageNo) {
    reader.enter();
    try {
      long page = reader.page(pageNo);
      int place = Page.kind(page) * LEVELS + Page.level(page);
      MemoryRegion copy =
          copies.computeIfAbsent(
              place, key -> MemoryRegion.allocate(account, reader.pageSizeBytes()));
      NativeMemory.copy(page, copy.address(), reader.pageSizeBytes());
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
