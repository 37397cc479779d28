package io.djinn.opclass;

/**
 * Takes the keys of one row of one column.
 *
 * <p>The keys need be neither sorted nor distinct. A row gives either a null item, or an empty
 * item, or any number of keys and null elements. The bytes belong to the caller and are valid
 * during the call only.
 */
public interface KeySink {
  /** A normal key; unsigned byte order is the key order. */
  void key(byte[] bytes, int offset, int length);

  /**
   * A normal key with a payload, which the index keeps beside the row's TID where it keeps
   * payloads. A key is given at most once a row then; a payload of no bytes is the same as none,
   * and one over the store's limit, 1,024 bytes with pages of 8 KiB, makes the row invalid.
   */
  default void key(
      byte[] bytes, int offset, int length, byte[] payload, int payloadOffset, int payloadLength) {
    key(bytes, offset, length);
  }

  /** The row holds a null among its elements. */
  void nullElement();

  /** The value is there but has no keys. */
  void emptyItem();

  /** The value is SQL NULL. */
  void nullItem();
}
