package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * The bytes of a tuple of an entry page, leaf or inner, which has a {@link SlotLayout layout}.
 *
 * <pre>
 * bytes     field         meaning
 * 1 - 3     suffixBytes   length of the key behind prefix and stem  (not on an even page, nor of a whole key)
 * 0 - n     tail          what of it its slot's head does not hold  (not on an even page)
 * rest      value         of a leaf: {@link LeafValue}; of an inner page: page number of the child, 4 bytes
 * </pre>
 */
final class EntryTuple {
  /** The most bytes the length field has: suffixes are shorter than 2^16. */
  static final int MAX_LENGTH_FIELD_BYTES = 3;

  private EntryTuple() {}

  /** Bytes of a tuple. */
  static int bytes(int layout, long suffix, int suffixBytes, int valueBytes) {
    return SlotLayout.isWhole(layout, suffix, suffixBytes)
        ? valueBytes
        : mostBytes(layout, suffixBytes, valueBytes);
  }

  /** Bytes of a tuple whose key is of that length; one of a whole key has fewer. */
  static int mostBytes(int layout, int suffixBytes, int valueBytes) {
    return SlotLayout.isEven(layout)
        ? valueBytes
        : LengthField.bytes(suffixBytes) + tailBytes(layout, suffixBytes) + valueBytes;
  }

  static int tailBytes(int layout, int suffixBytes) {
    return Math.max(0, suffixBytes - SlotLayout.headBytes(layout));
  }

  /** Writes a tuple; returns its bytes. The value must not lie in the range written. */
  static int write(int layout, long out, long suffix, int suffixBytes, long value, int valueBytes) {
    long at = out;
    if (!SlotLayout.isEven(layout) && !SlotLayout.isWhole(layout, suffix, suffixBytes)) {
      at = LengthField.write(at, suffixBytes);
      int tailBytes = tailBytes(layout, suffixBytes);
      NativeMemory.copy(suffix + SlotLayout.headBytes(layout), at, tailBytes);
      at += tailBytes;
    }
    NativeMemory.copy(value, at, valueBytes);
    return (int) (at - out) + valueBytes;
  }
}
