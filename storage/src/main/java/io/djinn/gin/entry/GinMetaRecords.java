package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.wal.EditFamily;

/**
 * Log records of the metapage of a GIN index.
 *
 * <pre>
 * ADD      mask (1), difference (8) of each count whose bit is set, in the order of {@link GinCounts.Field}
 * PENDING  pendingHead (4), pendingTail (4), frozenTail (4), isMerged (4)
 * </pre>
 */
public final class GinMetaRecords implements EditFamily {
  /** The most bytes a record's arguments have. */
  public static final int MAX_ARGUMENT_BYTES = 1 + 8 * GinCounts.FIELDS;

  private static final int FIRST_OP_CODE = 64;
  private static final int LAST_OP_CODE = 65;
  private static final int PENDING_BYTES = 16;

  /** The edits; op codes are never reused. */
  private enum Op {
    ADD,
    PENDING
  }

  @Override
  public int firstOpCode() {
    return FIRST_OP_CODE;
  }

  @Override
  public int lastOpCode() {
    return LAST_OP_CODE;
  }

  static void add(PageEditor editor, int metaPageNo, GinCounts counts, long arguments) {
    int mask = 0;
    int length = 1;
    for (int i = 0; i < GinCounts.FIELDS; i++) {
      if (counts.get(i) != 0) {
        mask |= 1 << i;
        NativeMemory.putLong(arguments + length, counts.get(i));
        length += 8;
      }
    }
    NativeMemory.putByte(arguments, mask);
    editor.edit(metaPageNo, FIRST_OP_CODE + Op.ADD.ordinal(), arguments, length);
  }

  static void setPending(
      PageEditor editor,
      int metaPageNo,
      int head,
      int tail,
      int frozenTail,
      boolean isMerged,
      long arguments) {
    NativeMemory.putInt(arguments, head);
    NativeMemory.putInt(arguments + 4, tail);
    NativeMemory.putInt(arguments + 8, frozenTail);
    NativeMemory.putInt(arguments + 12, isMerged ? 1 : 0);
    editor.edit(metaPageNo, FIRST_OP_CODE + Op.PENDING.ordinal(), arguments, PENDING_BYTES);
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (op(opCode, arguments, length)) {
      case ADD -> applyAdd(page, arguments);
      case PENDING -> applyPending(page, arguments);
    }
  }

  private static void applyPending(long page, long arguments) {
    new GinMetaPage().wrap(page, Page.pageNo(page));
    boolean isEmpty = NativeMemory.getInt(arguments) == 0;
    int frozenTail = NativeMemory.getInt(arguments + 8);
    int isMerged = NativeMemory.getInt(arguments + 12);
    for (int at = 0; at < PENDING_BYTES; at += 4) {
      if (NativeMemory.getInt(arguments + at) < 0) {
        throw new DjinnException(
            "edit of a GIN metapage: negative page number in " + words(arguments));
      }
    }
    if (isEmpty != (NativeMemory.getInt(arguments + 4) == 0)
        || (isEmpty && frozenTail != 0)
        || isMerged > 1
        || (isMerged == 1 && frozenTail == 0)) {
      throw new DjinnException("edit of a GIN metapage: no pending list has " + words(arguments));
    }
    NativeMemory.copy(arguments, page + GinMetaPage.PENDING_HEAD, PENDING_BYTES);
  }

  private static String words(long arguments) {
    return String.format(
        "pendingHead %d pendingTail %d frozenTail %d isMerged %d",
        NativeMemory.getInt(arguments),
        NativeMemory.getInt(arguments + 4),
        NativeMemory.getInt(arguments + 8),
        NativeMemory.getInt(arguments + 12));
  }

  private static void applyAdd(long page, long arguments) {
    GinMetaPage meta = new GinMetaPage().wrap(page, Page.pageNo(page));
    long pages = 0;
    long at = arguments + 1;
    for (int i = 0; i < GinCounts.FIELDS; i++) {
      if (hasCount(arguments, i)) {
        GinCounts.Field field = GinCounts.Field.of(i);
        requireNotNegative(page, field.toString(), meta.count(field), NativeMemory.getLong(at));
        pages += field.isPages() ? NativeMemory.getLong(at) : 0;
        at += 8;
      }
    }
    requireNotNegative(page, "totalPages", meta.totalPages() - 1, pages);
    at = arguments + 1;
    for (int i = 0; i < GinCounts.FIELDS; i++) {
      if (hasCount(arguments, i)) {
        addTo(page + GinMetaPage.COUNTS + 8L * i, NativeMemory.getLong(at));
        at += 8;
      }
    }
    addTo(page + GinMetaPage.TOTAL_PAGES, pages);
  }

  private static boolean hasCount(long arguments, int ordinal) {
    return (NativeMemory.getUnsignedByte(arguments) & 1 << ordinal) != 0;
  }

  private static void requireNotNegative(long page, String name, long count, long difference) {
    if (count + difference < 0) {
      throw GinMetaPage.corrupt(
          page,
          Page.pageNo(page),
          name + " is " + count + ", a difference of " + difference + " does not fit");
    }
  }

  private static void addTo(long field, long difference) {
    NativeMemory.putLong(field, NativeMemory.getLong(field) + difference);
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    StringBuilder words = new StringBuilder("gin metapage");
    switch (op(opCode, arguments, length)) {
      case ADD -> {
        int mask = NativeMemory.getUnsignedByte(arguments);
        long at = arguments + 1;
        for (GinCounts.Field field : GinCounts.Field.values()) {
          if ((mask & 1 << field.ordinal()) != 0) {
            words.append(String.format(" %s %+d", field, NativeMemory.getLong(at)));
            at += 8;
          }
        }
      }
      case PENDING -> words.append(' ').append(words(arguments));
    }
    return words.toString();
  }

  private static Op op(int opCode, long arguments, int length) {
    if (opCode == FIRST_OP_CODE + Op.PENDING.ordinal()) {
      if (length != PENDING_BYTES) {
        throw new DjinnException(
            "edit of a GIN metapage: " + length + " bytes, needs " + PENDING_BYTES);
      }
      return Op.PENDING;
    }
    if (opCode != FIRST_OP_CODE + Op.ADD.ordinal()) {
      throw new DjinnException("no edit of a GIN metapage has op code " + opCode);
    }
    int mask = length == 0 ? 0 : NativeMemory.getUnsignedByte(arguments);
    if (mask == 0 || mask >= 1 << GinCounts.FIELDS || length != 1 + 8 * Integer.bitCount(mask)) {
      throw new DjinnException(
          "edit of a GIN metapage: mask " + mask + " with arguments of " + length + " bytes");
    }
    return Op.ADD;
  }
}
