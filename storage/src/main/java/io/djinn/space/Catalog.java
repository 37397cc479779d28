package io.djinn.space;

import io.djinn.batch.OpenBatch;
import io.djinn.error.CorruptPageException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The list of indexes, in pages headed by the space page. */
public final class Catalog implements AutoCloseable {
  private final MemoryRegion scratch;

  public Catalog(MemoryAccount account) {
    scratch = MemoryRegion.allocate(account, (64 << 10) + 64);
  }

  /** All entries, in the order they were added. */
  public static List<CatalogEntry> entries(PageReader pages) {
    List<CatalogEntry> entries = new ArrayList<>();
    BitSet visited = new BitSet();
    for (int pageNo = head(pages); pageNo != 0; ) {
      long page = pages.page(pageNo);
      entries.addAll(CatalogPage.entries(page, pageNo));
      pageNo = next(page, pageNo, visited);
    }
    return entries;
  }

  /**
   * The entry with this name, or null; where an index is being built anew that of the one there is.
   */
  public static CatalogEntry find(PageReader pages, String name) {
    CatalogEntry found = null;
    for (CatalogEntry entry : entries(pages)) {
      if (entry.name().equals(name)
          && (found == null || entry.state() == CatalogEntry.State.READY)) {
        found = entry;
      }
    }
    return found;
  }

  /** The entry with this id, or null. */
  public static CatalogEntry find(PageReader pages, int id) {
    for (CatalogEntry entry : entries(pages)) {
      if (entry.id() == id) {
        return entry;
      }
    }
    return null;
  }

  /** The next page of the catalog, which must not be one that was visited: a loop has no end. */
  private static int next(long page, int pageNo, BitSet visited) {
    visited.set(pageNo);
    int next = CatalogPage.next(page);
    if (next < 0 || visited.get(next)) {
      throw new CorruptPageException(
          "pages", pageNo, "catalog", "next page found " + next + ", expected one not visited yet");
    }
    return next;
  }

  private static int head(PageReader pages) {
    return (int) SpacePage.Field.CATALOG.get(pages.page(SpacePage.PAGE_NO));
  }

  /** Adds an entry; inside an operation of the batch. */
  public void add(OpenBatch batch, CatalogEntry entry) {
    int length = entry.sizeBytes();
    int limit = CatalogPage.maxEntryBytes(batch.pageSizeBytes());
    if (length > limit) {
      throw new IllegalArgumentException(
          "index \""
              + entry.name()
              + "\": its catalog entry of "
              + length
              + " bytes is longer than the limit of "
              + limit
              + " bytes a page of this size gives; shorten names of columns or the source's path");
    }
    entry.encode(scratch.address());
    int pageNo = head(batch);
    BitSet visited = new BitSet();
    while (pageNo != 0
        && CatalogPage.roomBytes(batch.page(pageNo), batch.pageSizeBytes()) < length) {
      pageNo = next(batch.page(pageNo), pageNo, visited);
    }
    if (pageNo == 0) {
      int next = head(batch);
      pageNo = batch.allocate(PageKind.CATALOG, 0);
      CatalogPage.init(batch.page(pageNo), next);
      // Behind the encoded entry, which is still to be added.
      long behind = scratch.address() + ((length + 7) & -8);
      ExtentList.setField(batch, SpacePage.Field.CATALOG, pageNo, behind);
    }
    batch.edit(pageNo, CatalogRecords.ADD, scratch.address(), length);
  }

  /** Removes an entry; inside an operation of the batch. */
  public void remove(OpenBatch batch, CatalogEntry entry) {
    int pageNo = head(batch);
    BitSet visited = new BitSet();
    while (pageNo != 0) {
      long page = batch.page(pageNo);
      boolean[] found = new boolean[1];
      CatalogPage.forEach(
          page,
          pageNo,
          (address, length) -> {
            found[0] |= NativeMemory.getInt(address) == entry.id();
            return !found[0];
          });
      if (found[0]) {
        NativeMemory.putInt(scratch.address(), entry.id());
        batch.edit(pageNo, CatalogRecords.REMOVE, scratch.address(), Integer.BYTES);
        return;
      }
      pageNo = next(page, pageNo, visited);
    }
    throw new IllegalStateException("index \"" + entry.name() + "\" is not in the catalog");
  }

  /** Replaces the entry of an index; inside an operation of the batch. */
  public void replace(OpenBatch batch, CatalogEntry entry) {
    remove(batch, entry);
    add(batch, entry);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
