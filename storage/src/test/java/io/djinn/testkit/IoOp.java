package io.djinn.testkit;

/** The kinds of calls a simulated directory takes. */
public enum IoOp {
  OPEN(false),
  CREATE(true),
  EXISTS(false),
  LIST(false),
  CREATE_DIRECTORY(true),
  RENAME(true),
  DELETE(true),
  SYNC_DIRECTORY(true),
  LOCK(false),
  FREE_BYTES(false),
  PREAD(false),
  PWRITE(true),
  SYNC(true),
  SIZE(false),
  TRUNCATE(true),
  ALLOCATE(true),
  MAP(false);

  private final boolean changes;

  IoOp(boolean changes) {
    this.changes = changes;
  }

  /** Whether the call may change what a crash leaves; such calls are numbered as operations. */
  public boolean changes() {
    return changes;
  }
}
