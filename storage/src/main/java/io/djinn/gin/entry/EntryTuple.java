package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * The bytes of a tuple of an entry page, leaf or inner.
 *
 * <pre>
 * bytes     field         meaning
 * 1 - 3     suffixBytes   length of the key behind the page's common prefix
 * 0 - n     tail          what of the suffix its slot's head does not hold: all but its first 8 bytes
 * rest      value         of a leaf: {@link LeafValue}; of an inner page: page number of the child, 4 bytes
 * </pre>
 */
final class EntryTuple {
  /** The most bytes the length field has: suffixes are shorter than 2^16. */
  static final int MAX_LENGTH_FIELD_BYTES = 3;

  private EntryTuple() {}

  /** Bytes of a tuple. */
  static int bytes(int suffixBytes, int valueBytes) {
    return LengthField.bytes(suffixBytes) + tailBytes(suffixBytes) + valueBytes;
  }

  static int tailBytes(int suffixBytes) {
    return Math.max(0, suffixBytes - EntryPage.HEAD_BYTES);
  }

  /** Writes a tuple; returns its bytes. The value must not lie in the range written. */
  static int write(long out, long suffix, int suffixBytes, long value, int valueBytes) {
    long tail = LengthField.write(out, suffixBytes);
    int tailBytes = tailBytes(suffixBytes);
    NativeMemory.copy(suffix + EntryPage.HEAD_BYTES, tail, tailBytes);
    NativeMemory.copy(value, tail + tailBytes, valueBytes);
    return (int) (tail + tailBytes - out) + valueBytes;
  }
}
