package io.djinn.gin.entry;

/** The edits of an entry page; op codes are never reused. */
enum EntryOp {
  INSERT(48),
  SPLICE(49),
  DELETE(50),
  LEFTMOST(51),
  MERGE(52);

  static final int FIRST_OP_CODE = 48;
  static final int LAST_OP_CODE = 52;

  private static final EntryOp[] BY_CODE = new EntryOp[LAST_OP_CODE - FIRST_OP_CODE + 1];

  static {
    for (EntryOp op : values()) {
      BY_CODE[op.opCode - FIRST_OP_CODE] = op;
    }
  }

  private final int opCode;

  EntryOp(int opCode) {
    this.opCode = opCode;
  }

  int opCode() {
    return opCode;
  }

  /** The edit with this op code, or null. */
  static EntryOp of(int opCode) {
    return opCode < FIRST_OP_CODE || opCode > LAST_OP_CODE ? null : BY_CODE[opCode - FIRST_OP_CODE];
  }
}
