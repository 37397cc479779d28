package io.djinn.gin.posting;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.wal.EditFamily;
import java.util.Arrays;

/**
 * The edits of posting tree pages, for the batch and for redo alike.
 *
 * <pre>
 * op code           page    arguments
 * 32 LEAF_INSERT    leaf    encoded list of the TIDs to add; those already there get its payloads
 * 33 LEAF_REMOVE    leaf    encoded list of the TIDs to take away; those not there do not matter
 * 34 INNER_INSERT   inner   index u16, separator u48, child u32
 * 35 INNER_DELETE   inner   index u16
 * 36 REST_REMOVE    inner   as LEAF_REMOVE, of the rest; some of it stays
 * </pre>
 *
 * Splits, a root that moves down or up, and new pages are images.
 */
public final class PostingRecords implements EditFamily {
  /** The edits; ids are never reused. */
  enum Op {
    LEAF_INSERT(32),
    LEAF_REMOVE(33),
    INNER_INSERT(34),
    INNER_DELETE(35),
    REST_REMOVE(36);

    private static final Op[] VALUES = values();

    final int code;

    Op(int code) {
      this.code = code;
    }

    static Op of(int code) {
      int index = code - FIRST_OP_CODE;
      if (index < 0 || index >= VALUES.length) {
        throw new DjinnException("op code " + code + " is no edit of posting pages");
      }
      return VALUES[index];
    }
  }

  static final int FIRST_OP_CODE = 32;
  static final int LAST_OP_CODE = 36;

  static final int INDEX = 0;
  static final int SEPARATOR = INDEX + 2;
  static final int CHILD = SEPARATOR + 6;
  static final int INNER_INSERT_BYTES = CHILD + 4;
  static final int INNER_DELETE_BYTES = INDEX + 2;

  @Override
  public int firstOpCode() {
    return FIRST_OP_CODE;
  }

  @Override
  public int lastOpCode() {
    return LAST_OP_CODE;
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    Op op = Op.of(opCode);
    int pageNo = Page.pageNo(page);
    switch (op) {
      case LEAF_INSERT -> insertTids(page, pageSizeBytes, pageNo, arguments, length);
      case LEAF_REMOVE -> removeTids(page, pageSizeBytes, pageNo, arguments, length);
      case INNER_INSERT -> insertChild(page, pageSizeBytes, pageNo, arguments, length);
      case INNER_DELETE -> deleteChild(page, pageSizeBytes, pageNo, arguments, length);
      case REST_REMOVE -> removeFromRest(page, pageSizeBytes, pageNo, arguments, length);
    }
  }

  private static void insertTids(
      long page, int pageSizeBytes, int pageNo, long arguments, int length) {
    PostingLeafPage.check(page, pageSizeBytes, pageNo);
    PostingWorkspace work = PostingWorkspace.ofThread();
    try {
      int count = work.decode(arguments, length);
      int bytes =
          work.list.insert(
              PostingLeafPage.list(page),
              PostingLeafPage.listBytes(page),
              work.tids(count),
              work.payloads(),
              0,
              count,
              work.listAddress(),
              PostingLeafPage.capacityBytes(pageSizeBytes));
      if (bytes == PostingList.DOES_NOT_FIT) {
        throw refuse(page, pageNo, count + " TIDs to insert do not fit");
      }
      if (bytes != PostingList.NO_CHANGE) {
        int tidCount = PostingLeafPage.tidCount(page) + work.list.changed();
        PostingLeafPage.replaceList(page, work.listAddress(), bytes, tidCount);
      }
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pageNo, PageKind.POSTING_LEAF);
    }
  }

  private static void removeTids(
      long page, int pageSizeBytes, int pageNo, long arguments, int length) {
    PostingLeafPage.check(page, pageSizeBytes, pageNo);
    PostingWorkspace work = PostingWorkspace.ofThread();
    try {
      int count = work.decode(arguments, length);
      int listBytes = PostingLeafPage.listBytes(page);
      int bytes =
          work.list.remove(
              PostingLeafPage.list(page),
              listBytes,
              work.tids(count),
              0,
              count,
              work.listAddress(),
              listBytes);
      if (bytes != PostingList.NO_CHANGE) {
        int tidCount = PostingLeafPage.tidCount(page) - work.list.changed();
        PostingLeafPage.replaceList(page, work.listAddress(), bytes, tidCount);
      }
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pageNo, PageKind.POSTING_LEAF);
    }
  }

  private static void removeFromRest(
      long page, int pageSizeBytes, int pageNo, long arguments, int length) {
    PostingInnerPage.check(page, pageSizeBytes, pageNo);
    if (!PostingInnerPage.hasRest(page, pageSizeBytes)) {
      throw refuse(page, pageNo, "no rest to remove TIDs from");
    }
    PostingWorkspace work = PostingWorkspace.ofThread();
    try {
      int count = work.decode(arguments, length);
      int restBytes = PostingInnerPage.restBytes(page, pageSizeBytes);
      int bytes =
          work.list.remove(
              PostingInnerPage.rest(page),
              restBytes,
              work.tids(count),
              0,
              count,
              work.listAddress(),
              restBytes);
      if (bytes == 0) {
        throw refuse(page, pageNo, "nothing of the rest would stay");
      }
      if (bytes != PostingList.NO_CHANGE) {
        PostingInnerPage.replaceRest(page, pageSizeBytes, work.listAddress(), bytes);
      }
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pageNo, PageKind.POSTING_INNER);
    }
  }

  private static void insertChild(
      long page, int pageSizeBytes, int pageNo, long arguments, int length) {
    PostingInnerPage.check(page, pageSizeBytes, pageNo);
    requireLength(page, pageNo, length, INNER_INSERT_BYTES);
    int count = PostingInnerPage.count(page);
    int index = NativeMemory.getUnsignedShort(arguments + INDEX);
    long separator = NativeMemory.getUnsigned48(arguments + SEPARATOR);
    int child = NativeMemory.getInt(arguments + CHILD);
    if (index < 1 || index > count) {
      throw refuse(page, pageNo, "child index " + index + ", expected 1 .. " + count);
    }
    if (count >= PostingInnerPage.capacity(pageSizeBytes)
        || PostingInnerPage.hasRest(page, pageSizeBytes)) {
      throw refuse(page, pageNo, "no room for another child beside " + count);
    }
    if (separator <= PostingInnerPage.separator(page, index - 1)
        || index < count && separator >= PostingInnerPage.separator(page, index)) {
      throw refuse(page, pageNo, "separator " + separator + " is out of order at index " + index);
    }
    if (child < 1 || child > Page.MAX_PAGE_NO) {
      throw refuse(page, pageNo, "child " + child + " is no page number");
    }
    PostingInnerPage.insert(page, index, separator, child);
  }

  private static void deleteChild(
      long page, int pageSizeBytes, int pageNo, long arguments, int length) {
    PostingInnerPage.check(page, pageSizeBytes, pageNo);
    requireLength(page, pageNo, length, INNER_DELETE_BYTES);
    int count = PostingInnerPage.count(page);
    int index = NativeMemory.getUnsignedShort(arguments + INDEX);
    if (index >= count || count == 1) {
      throw refuse(page, pageNo, "child index " + index + " to delete among " + count);
    }
    PostingInnerPage.delete(page, index);
  }

  private static void requireLength(long page, int pageNo, int length, int expected) {
    if (length != expected) {
      throw refuse(page, pageNo, "arguments of " + length + " bytes, expected " + expected);
    }
  }

  private static CorruptPageException refuse(long page, int pageNo, String detail) {
    return new CorruptPageException("pages", pageNo, PageKind.describe(Page.kind(page)), detail);
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return switch (Op.of(opCode)) {
      case LEAF_INSERT -> "posting leaf insert " + describeTids(arguments, length);
      case LEAF_REMOVE -> "posting leaf remove " + describeTids(arguments, length);
      case INNER_INSERT ->
          length != INNER_INSERT_BYTES
              ? "posting inner insert, arguments of " + length + " bytes"
              : "posting inner insert at "
                  + NativeMemory.getUnsignedShort(arguments + INDEX)
                  + " separator "
                  + NativeMemory.getUnsigned48(arguments + SEPARATOR)
                  + " child "
                  + NativeMemory.getInt(arguments + CHILD);
      case REST_REMOVE -> "posting rest remove " + describeTids(arguments, length);
      case INNER_DELETE ->
          length != INNER_DELETE_BYTES
              ? "posting inner delete, arguments of " + length + " bytes"
              : "posting inner delete at " + NativeMemory.getUnsignedShort(arguments + INDEX);
    };
  }

  private static String describeTids(long arguments, int length) {
    PostingWorkspace work = PostingWorkspace.ofThread();
    try {
      int count = work.decode(arguments, length);
      String words = "TIDs " + Arrays.toString(Arrays.copyOf(work.tids(count), count));
      ByteStrings payloads = work.payloads();
      return payloads == null
          ? words
          : words + " with " + payloads.totalBytes() + " bytes of payloads";
    } catch (MalformedListException malformed) {
      return malformed.getMessage();
    }
  }
}
