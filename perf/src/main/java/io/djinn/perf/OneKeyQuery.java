package io.djinn.perf;

import io.djinn.opclass.GinQuery;

/** The rows that have one normal key, of whatever operator class. */
record OneKeyQuery(byte[] bytes) implements GinQuery {
  @Override
  public Mode mode() {
    return Mode.DEFAULT;
  }

  @Override
  public int keyCount() {
    return 1;
  }

  @Override
  public byte[] key(int index) {
    return bytes;
  }

  @Override
  public int category(int index) {
    return NORMAL_KEY;
  }

  @Override
  public int consistent(byte[] presence) {
    return presence[0];
  }

  @Override
  public boolean needsRecheck() {
    return false;
  }

  @Override
  public boolean matches(Object value) {
    throw new UnsupportedOperationException("the index decides each row");
  }
}
