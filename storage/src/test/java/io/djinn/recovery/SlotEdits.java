package io.djinn.recovery;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.wal.EditFamily;

/**
 * The edit of the pages that tests make: a header, eight numbers, and filler after them.
 *
 * <pre>
 * PUT  250  any page  slot u8, value i64
 * </pre>
 */
final class SlotEdits implements EditFamily {
  static final int PUT = 250;
  static final int SLOTS = 8;
  static final int PUT_BYTES = 9;
  static final int FILLER = Page.HEADER_BYTES + SLOTS * Long.BYTES;

  static long slot(long page, int slot) {
    return page + Page.HEADER_BYTES + (long) slot * Long.BYTES;
  }

  @Override
  public int firstOpCode() {
    return PUT;
  }

  @Override
  public int lastOpCode() {
    return PUT;
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    if (length != PUT_BYTES || NativeMemory.getUnsignedByte(arguments) >= SLOTS) {
      throw new DjinnException("PUT with " + length + " bytes");
    }
    NativeMemory.putLong(
        slot(page, NativeMemory.getUnsignedByte(arguments)), NativeMemory.getLong(arguments + 1));
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return "PUT slot "
        + NativeMemory.getUnsignedByte(arguments)
        + " = "
        + NativeMemory.getLong(arguments + 1);
  }
}
