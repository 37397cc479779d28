package io.djinn.wal;

import io.djinn.error.DjinnException;

/**
 * The record table: which family knows each op code. Built once, by whoever knows all access
 * methods, and used by the batch and by recovery alike.
 */
public final class EditTable {
  private final EditFamily[] families = new EditFamily[256];

  /** Op codes may belong to one family only. */
  public EditTable(EditFamily... families) {
    for (EditFamily family : families) {
      for (int opCode = family.firstOpCode(); opCode <= family.lastOpCode(); opCode++) {
        if (opCode < 1 || opCode > 255 || this.families[opCode] != null) {
          throw new IllegalArgumentException("op code " + opCode + " is taken or out of range");
        }
        this.families[opCode] = family;
      }
    }
  }

  /** Whether an edit has this op code. */
  public boolean knows(int opCode) {
    return families[opCode & 0xFF] != null;
  }

  /** The family of an op code; an unknown one stops whoever asks. */
  public EditFamily family(int opCode) {
    EditFamily family = families[opCode & 0xFF];
    if (family == null) {
      throw new DjinnException("unknown op code " + opCode);
    }
    return family;
  }

  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    family(opCode).apply(opCode, page, pageSizeBytes, arguments, length);
  }
}
