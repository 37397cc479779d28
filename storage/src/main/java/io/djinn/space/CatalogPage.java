package io.djinn.space;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of the catalog: entries back to back.
 *
 * <pre>
 * byteOffset bytes field    meaning
 *         32     4 next     next page of the catalog, 0 at its end
 *         36     4 unused   0
 *         40       entries  each: bytes u16, then the entry ({@link CatalogEntry})
 * </pre>
 *
 * Invariant: {@code lower} is the end of the last entry.
 */
public final class CatalogPage {
  private static final int NEXT = Page.HEADER_BYTES;
  private static final int ENTRIES = NEXT + 8;
  private static final int LENGTH_BYTES = 2;

  private CatalogPage() {}

  static void init(long page, int next) {
    NativeMemory.putInt(page + NEXT, next);
    Page.lower(page, ENTRIES);
  }

  /** The longest entry a page of this size holds. */
  static int maxEntryBytes(int pageSizeBytes) {
    return Math.min(0xFFFF, pageSizeBytes - ENTRIES - LENGTH_BYTES);
  }

  static int roomBytes(long page, int pageSizeBytes) {
    return pageSizeBytes - Page.lower(page) - LENGTH_BYTES;
  }

  public static int next(long page) {
    return NativeMemory.getInt(page + NEXT);
  }

  /** Takes the place of an entry in its page. */
  interface EntryVisitor {
    /** Address and length of the entry's bytes; false ends the walk. */
    boolean entry(long address, int length);
  }

  /** Visits every entry, checking the page on the way. */
  static void forEach(long page, int pageNo, EntryVisitor visitor) {
    if (Page.kind(page) != PageKind.CATALOG.id()) {
      throw corrupt(
          pageNo, "kind found " + PageKind.describe(Page.kind(page)) + ", expected catalog");
    }
    int end = Page.lower(page);
    int at = ENTRIES;
    while (at < end) {
      int length = NativeMemory.getUnsignedShort(page + at);
      if (length == 0 || at + LENGTH_BYTES + length > end) {
        throw corrupt(pageNo, "entry found with " + length + " bytes at " + at + " of " + end);
      }
      if (!visitor.entry(page + at + LENGTH_BYTES, length)) {
        return;
      }
      at += LENGTH_BYTES + length;
    }
  }

  /** The entries of a page. */
  public static List<CatalogEntry> entries(long page, int pageNo) {
    List<CatalogEntry> entries = new ArrayList<>();
    forEach(
        page,
        pageNo,
        (address, length) -> {
          try {
            entries.add(CatalogEntry.decode(address, length));
          } catch (DjinnException e) {
            throw corrupt(pageNo, e.getMessage());
          }
          return true;
        });
    return entries;
  }

  private static CorruptPageException corrupt(int pageNo, String detail) {
    return new CorruptPageException("pages", pageNo, "catalog", detail);
  }

  /** Puts an entry behind the others. */
  static void append(long page, int pageSizeBytes, long entry, int length) {
    if (length < 1 || length > roomBytes(page, pageSizeBytes)) {
      throw new DjinnException("no room for a catalog entry of " + length + " bytes");
    }
    int at = Page.lower(page);
    NativeMemory.putShort(page + at, length);
    NativeMemory.copy(entry, page + at + LENGTH_BYTES, length);
    Page.lower(page, at + LENGTH_BYTES + length);
  }

  /** Removes the entry of an index. */
  static void remove(long page, int id) {
    long[] found = new long[2];
    forEach(
        page,
        Page.pageNo(page),
        (address, length) -> {
          if (length >= Integer.BYTES && NativeMemory.getInt(address) == id) {
            found[0] = address - LENGTH_BYTES;
            found[1] = address + length;
            return false;
          }
          return true;
        });
    if (found[0] == 0) {
      throw new DjinnException("no catalog entry of index id " + id);
    }
    long end = page + Page.lower(page);
    NativeMemory.copy(found[1], found[0], end - found[1]);
    Page.lower(page, (int) (Page.lower(page) - (found[1] - found[0])));
  }

  /** The page in words. */
  public static String describe(long page, int pageNo) {
    StringBuilder words = new StringBuilder("next ").append(next(page)).append('\n');
    forEach(
        page,
        pageNo,
        (address, length) -> {
          words.append(CatalogEntry.decode(address, length)).append('\n');
          return true;
        });
    return words.toString();
  }
}
