package io.djinn.opclass.builtin.json;

/** The types of JSON values that hold no others, with what marks them in keys. */
enum JsonbScalar {
  NULL(2),
  BOOLEAN(3),
  NUMBER(4),
  STRING(5);

  /** Marks the key of an object, and a string that is an element: both answer {@code ?}. */
  static final int KEY_FLAG = 1;

  /** Added where a hash stands in place of a long text. */
  static final int HASHED = 0x10;

  final int flag;

  JsonbScalar(int flag) {
    this.flag = flag;
  }
}
