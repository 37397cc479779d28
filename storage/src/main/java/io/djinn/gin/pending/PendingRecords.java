package io.djinn.gin.pending;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.EditFamily;

/**
 * The edits of the pages of a pending list.
 *
 * <pre>
 * APPEND  80  last page  whole records, each with its length field
 * LINK    81  last page  page number of the page behind it, i32
 * </pre>
 */
public final class PendingRecords implements EditFamily {
  static final int APPEND = 80;
  static final int LINK = 81;

  @Override
  public int firstOpCode() {
    return APPEND;
  }

  @Override
  public int lastOpCode() {
    return LINK;
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (opCode) {
      case APPEND -> PendingPage.append(page, pageSizeBytes, arguments, length);
      case LINK -> PendingPage.link(page, pageSizeBytes, pageNo(arguments, length));
      default -> throw unknown(opCode);
    }
  }

  private static int pageNo(long arguments, int length) {
    if (length != Integer.BYTES) {
      throw new DjinnException("LINK with " + length + " bytes, needs " + Integer.BYTES);
    }
    return NativeMemory.getInt(arguments);
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return switch (opCode) {
      case APPEND -> {
        StringBuilder words = new StringBuilder("pending APPEND");
        PendingRow row = new PendingRow();
        for (long at = arguments; at < arguments + length; ) {
          int bytes = PendingRow.lengthAt(at, arguments + length);
          if (bytes < 0) {
            yield words.append(" malformed at byte ").append(at - arguments).toString();
          }
          words.append(' ').append(row.wrap(at + PendingRow.LENGTH_BYTES, bytes).describe());
          at += PendingRow.LENGTH_BYTES + bytes;
        }
        yield words.toString();
      }
      case LINK -> "pending LINK page " + pageNo(arguments, length);
      default -> throw unknown(opCode);
    };
  }

  private static DjinnException unknown(int opCode) {
    return new DjinnException("no edit of a pending page has op code " + opCode);
  }
}
