package io.djinn.space;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.EditFamily;

/**
 * The edits of catalog pages.
 *
 * <pre>
 * ADD     16  catalog page  the entry's bytes
 * REMOVE  17  catalog page  index id i32
 * </pre>
 */
public final class CatalogRecords implements EditFamily {
  static final int ADD = 16;
  static final int REMOVE = 17;

  @Override
  public int firstOpCode() {
    return ADD;
  }

  @Override
  public int lastOpCode() {
    return REMOVE;
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (opCode) {
      case ADD -> {
        CatalogEntry.decode(arguments, length);
        CatalogPage.append(page, pageSizeBytes, arguments, length);
      }
      case REMOVE -> {
        if (length != Integer.BYTES) {
          throw new DjinnException("REMOVE with " + length + " bytes, needs 4");
        }
        CatalogPage.remove(page, NativeMemory.getInt(arguments));
      }
      default -> throw new DjinnException("unknown op code " + opCode);
    }
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return switch (opCode) {
      case ADD -> "ADD " + CatalogEntry.decode(arguments, length);
      case REMOVE -> "REMOVE index id " + NativeMemory.getInt(arguments);
      default -> "unknown op code " + opCode;
    };
  }
}
