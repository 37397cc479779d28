package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * The value of a leaf tuple: an encoded posting list as it is, or where the posting tree is.
 *
 * <pre>
 * posting list: the segments; their first byte is a segment's tag, never {@link #TREE_TAG}
 * posting tree: {@link #TREE_TAG} (1 byte), root page number (4), count of TIDs (6)
 * </pre>
 *
 * <p>The count of a list is that of its segments' headers.
 */
final class LeafValue {
  /** No segment has this tag: its first TID would take seven bytes. */
  private static final int TREE_TAG = 0xFF;

  private static final int ROOT = 1;
  private static final int COUNT = ROOT + 4;

  /** Bytes of the value of a key whose TIDs are in a posting tree. */
  static final int TREE_BYTES = COUNT + 6;

  private LeafValue() {}

  static boolean isTree(long value, int valueBytes) {
    return valueBytes == TREE_BYTES && NativeMemory.getUnsignedByte(value) == TREE_TAG;
  }

  static int root(long value) {
    return NativeMemory.getInt(value + ROOT);
  }

  static long treeCount(long value) {
    return NativeMemory.getUnsigned48(value + COUNT);
  }

  /** Writes where a posting tree is; returns the value's bytes. */
  static int writeTree(long out, int root, long count) {
    NativeMemory.putByte(out, TREE_TAG);
    NativeMemory.putInt(out + ROOT, root);
    NativeMemory.putUnsigned48(out + COUNT, count);
    return TREE_BYTES;
  }
}
