package io.djinn.gin.pending;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * A page of a pending list: records of rows in the order they were committed.
 *
 * <pre>
 * byteOffset bytes field     meaning
 *         32     4 next      next page of the list, 0 at its end
 *         36     4 unused    0
 *         40     8 sequence  one more than that of the page before, so that a list can not loop
 *         48       records   each: bytes u16, then the record ({@link PendingRow})
 * </pre>
 *
 * Invariant: {@code lower} is the end of the last record.
 */
public final class PendingPage {
  static final int NEXT = Page.HEADER_BYTES;
  static final int SEQUENCE = NEXT + 8;
  static final int RECORDS = SEQUENCE + 8;

  private PendingPage() {}

  /** Takes one record of a page. */
  public interface RecordVisitor {
    /** Address and length of a record, its length field not included. */
    void record(long record, int length);
  }

  static void init(long page, long sequence) {
    NativeMemory.putInt(page + NEXT, 0);
    NativeMemory.putInt(page + NEXT + 4, 0);
    NativeMemory.putLong(page + SEQUENCE, sequence);
    Page.lower(page, RECORDS);
  }

  /** Bytes of records, with their length fields, that a page takes. */
  static int capacityBytes(int pageSizeBytes) {
    return pageSizeBytes - RECORDS;
  }

  static int roomBytes(long page, int pageSizeBytes) {
    return pageSizeBytes - Page.lower(page);
  }

  public static int next(long page) {
    return NativeMemory.getInt(page + NEXT);
  }

  public static long sequence(long page) {
    return NativeMemory.getLong(page + SEQUENCE);
  }

  /** Bytes of all records with their length fields. */
  public static int recordBytes(long page) {
    return Page.lower(page) - RECORDS;
  }

  /**
   * Checks what is not a record.
   *
   * @throws CorruptPageException where it is no page of a pending list
   */
  public static void check(long page, int pageNo, int pageSizeBytes) {
    if (Page.kind(page) != PageKind.GIN_PENDING.id()) {
      throw corrupt(page, pageNo, "a page of a pending list was expected");
    }
    int lower = Page.lower(page);
    if (lower < RECORDS || lower > pageSizeBytes) {
      throw corrupt(page, pageNo, "lower is " + lower);
    }
    if (next(page) < 0 || sequence(page) < 1) {
      throw corrupt(page, pageNo, "next is " + next(page) + ", sequence " + sequence(page));
    }
  }

  /** Visits the records in order, having checked each. */
  public static void forEach(long page, int pageNo, int pageSizeBytes, RecordVisitor visitor) {
    forEach(page, pageNo, pageSizeBytes, 0, visitor);
  }

  /** As the other method, for the records behind the first bytes of them. */
  static void forEach(
      long page, int pageNo, int pageSizeBytes, int fromBytes, RecordVisitor visitor) {
    check(page, pageNo, pageSizeBytes);
    long end = page + Page.lower(page);
    long at = page + RECORDS + fromBytes;
    while (at < end) {
      int length = PendingRow.lengthAt(at, end);
      if (length < 0) {
        throw corrupt(
            page, pageNo, "record at byte offset " + (at - page) + " is malformed or cut off");
      }
      visitor.record(at + PendingRow.LENGTH_BYTES, length);
      at += PendingRow.LENGTH_BYTES + length;
    }
  }

  /** Whether the first record goes on with the row of the page before. */
  static boolean isContinuing(long page, int pageNo, int pageSizeBytes) {
    check(page, pageNo, pageSizeBytes);
    long first = page + RECORDS;
    int length = PendingRow.lengthAt(first, page + Page.lower(page));
    return length >= 0
        && new PendingRow().wrap(first + PendingRow.LENGTH_BYTES, length).isContinued();
  }

  /** Puts whole records behind the others; changes nothing where they do not fit or are none. */
  static void append(long page, int pageSizeBytes, long records, int bytes) {
    check(page, Page.pageNo(page), pageSizeBytes);
    if (bytes < 1 || bytes > roomBytes(page, pageSizeBytes)) {
      throw corrupt(
          page,
          Page.pageNo(page),
          "append of " + bytes + " bytes with room for " + roomBytes(page, pageSizeBytes));
    }
    for (long at = records; at < records + bytes; ) {
      int length = PendingRow.lengthAt(at, records + bytes);
      if (length < 0) {
        throw new DjinnException("append of a malformed record at byte " + (at - records));
      }
      at += PendingRow.LENGTH_BYTES + length;
    }
    int lower = Page.lower(page);
    NativeMemory.copy(records, page + lower, bytes);
    Page.lower(page, lower + bytes);
  }

  /** Links the page behind this one, which must be the last. */
  static void link(long page, int pageSizeBytes, int next) {
    check(page, Page.pageNo(page), pageSizeBytes);
    if (next(page) != 0 || next <= 0) {
      throw corrupt(
          page, Page.pageNo(page), "link to page " + next + " where next is " + next(page));
    }
    NativeMemory.putInt(page + NEXT, next);
  }

  /** The page in words. */
  public static String describe(long page, int pageNo, int pageSizeBytes) {
    StringBuilder words = new StringBuilder();
    words.append("next ").append(next(page)).append('\n');
    words.append("sequence ").append(sequence(page)).append('\n');
    PendingRow row = new PendingRow();
    forEach(
        page,
        pageNo,
        pageSizeBytes,
        (record, length) -> words.append(row.wrap(record, length).describe()).append('\n'));
    return words.toString();
  }

  static CorruptPageException corrupt(long page, int pageNo, String detail) {
    return new CorruptPageException("pages", pageNo, PageKind.describe(Page.kind(page)), detail);
  }
}
