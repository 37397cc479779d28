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
 * ADD  mask (1), difference (8) of each count whose bit is set, in the order of {@link GinCounts.Field}
 * </pre>
 */
public final class GinMetaRecords implements EditFamily {
  /** The most bytes a record's arguments have. */
  public static final int MAX_ARGUMENT_BYTES = 1 + 8 * GinCounts.FIELDS;

  private static final int FIRST_OP_CODE = 64;
  private static final int LAST_OP_CODE = 79;

  /** The edits; op codes are never reused. */
  private enum Op {
    ADD
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

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (op(opCode, arguments, length)) {
      case ADD -> applyAdd(page, arguments);
    }
  }

  private static void applyAdd(long page, long arguments) {
    int pageNo = Page.pageNo(page);
    GinMetaPage meta = new GinMetaPage().wrap(page, pageNo);
    for (int pass = 0; pass < 2; pass++) {
      int mask = NativeMemory.getUnsignedByte(arguments);
      long at = arguments + 1;
      long pages = 0;
      for (int i = 0; i < GinCounts.FIELDS; i++) {
        if ((mask & 1 << i) == 0) {
          continue;
        }
        GinCounts.Field field = GinCounts.Field.of(i);
        long difference = NativeMemory.getLong(at);
        at += 8;
        long sum = meta.count(field) + difference;
        if (pass == 0 && sum < 0) {
          throw GinMetaPage.corrupt(
              page, pageNo, field + " is " + meta.count(field) + ", difference " + difference);
        }
        if (pass == 1) {
          NativeMemory.putLong(page + GinMetaPage.COUNTS + 8L * i, sum);
        }
        pages += field.isPages() ? difference : 0;
      }
      if (pass == 0 && meta.totalPages() + pages < 1) {
        throw GinMetaPage.corrupt(page, pageNo, "totalPages is " + meta.totalPages());
      }
      if (pass == 1) {
        NativeMemory.putLong(page + GinMetaPage.TOTAL_PAGES, meta.totalPages() + pages);
      }
    }
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
    }
    return words.toString();
  }

  private static Op op(int opCode, long arguments, int length) {
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
