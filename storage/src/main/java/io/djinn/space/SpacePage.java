package io.djinn.space;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * Page 0: where everything in the page file begins.
 *
 * <pre>
 * byteOffset bytes field         meaning
 *         32     8 storeId       as in the control file
 *         40     8 nextBuild     number of the next build
 *         48     4 pageCount     pages handed out so far, this one included
 *         52     4 freePages     pages in the free list, its own pages included
 *         56     4 freeList      first page of the free list, 0 where it is empty
 *         60     4 buildList     first page of the extents reserved by builds
 *         64     4 dropList      first page of the roots whose pages are to be freed
 *         68     4 catalog       first page of the catalog
 *         72     4 nextIndexId   id of the next index
 *         76     4 format        format version of the page file
 * </pre>
 */
public final class SpacePage {
  /** Its page number. */
  public static final int PAGE_NO = 0;

  /** Version of the page file's format. */
  public static final int FORMAT_VERSION = 1;

  /** The fields an edit can set; their ids stand in the log and are never reused. */
  public enum Field {
    NEXT_BUILD(1, 40, 8),
    PAGE_COUNT(2, 48, 4),
    FREE_PAGES(3, 52, 4),
    FREE_LIST(4, 56, 4),
    BUILD_LIST(5, 60, 4),
    DROP_LIST(6, 64, 4),
    CATALOG(7, 68, 4),
    NEXT_INDEX_ID(8, 72, 4);

    private final int id;
    private final int byteOffset;
    private final int bytes;

    Field(int id, int byteOffset, int bytes) {
      this.id = id;
      this.byteOffset = byteOffset;
      this.bytes = bytes;
    }

    public int id() {
      return id;
    }

    /** The field's value. */
    public long get(long page) {
      return bytes == Long.BYTES
          ? NativeMemory.getLong(page + byteOffset)
          : NativeMemory.getInt(page + byteOffset);
    }

    void set(long page, long value) {
      if (bytes == Long.BYTES) {
        NativeMemory.putLong(page + byteOffset, value);
      } else {
        NativeMemory.putInt(page + byteOffset, (int) value);
      }
    }

    /** The field with this id, or null. */
    static Field of(int id) {
      for (Field field : values()) {
        if (field.id == id) {
          return field;
        }
      }
      return null;
    }
  }

  private static final int STORE_ID = Page.HEADER_BYTES;
  private static final int FORMAT = 76;
  private static final int END = 80;

  private SpacePage() {}

  /** Lays out page 0 of a new store. */
  public static void format(long page, int pageSizeBytes, long storeId) {
    Page.format(page, pageSizeBytes, PAGE_NO, PageKind.SPACE.id(), 0);
    NativeMemory.putLong(page + STORE_ID, storeId);
    NativeMemory.putInt(page + FORMAT, FORMAT_VERSION);
    Page.lower(page, END);
    Field.NEXT_BUILD.set(page, 1);
    Field.PAGE_COUNT.set(page, 1);
    Field.NEXT_INDEX_ID.set(page, 1);
  }

  /** Throws where the page is not the space page of this store. */
  public static void check(long page, long storeId) {
    String wrong = null;
    if (Page.kind(page) != PageKind.SPACE.id()) {
      wrong = "kind found " + PageKind.describe(Page.kind(page)) + ", expected space";
    } else if (NativeMemory.getLong(page + STORE_ID) != storeId) {
      wrong = "store id found " + NativeMemory.getLong(page + STORE_ID) + ", expected " + storeId;
    } else if (NativeMemory.getInt(page + FORMAT) != FORMAT_VERSION) {
      wrong =
          "format version found "
              + NativeMemory.getInt(page + FORMAT)
              + ", expected "
              + FORMAT_VERSION;
    } else if (Field.PAGE_COUNT.get(page) < 1) {
      wrong = "page count found " + Field.PAGE_COUNT.get(page) + ", expected at least 1";
    }
    if (wrong != null) {
      throw new CorruptPageException("pages", PAGE_NO, "space", wrong);
    }
  }

  /** Throws where the page has not exactly the fields it should have. */
  public static void checkLayout(long page) {
    if (Page.lower(page) != END) {
      throw new CorruptPageException(
          "pages", PAGE_NO, "space", "lower found " + Page.lower(page) + ", expected " + END);
    }
    if (Field.NEXT_BUILD.get(page) < 1 || Field.NEXT_INDEX_ID.get(page) < 1) {
      throw new CorruptPageException(
          "pages",
          PAGE_NO,
          "space",
          "next build found "
              + Field.NEXT_BUILD.get(page)
              + ", next index id "
              + Field.NEXT_INDEX_ID.get(page)
              + ", expected at least 1");
    }
  }

  /** The page in words. */
  public static String describe(long page) {
    StringBuilder words = new StringBuilder();
    for (Field field : Field.values()) {
      words
          .append(field.name().toLowerCase(java.util.Locale.ROOT))
          .append(' ')
          .append(field.get(page))
          .append('\n');
    }
    return words.toString();
  }
}
