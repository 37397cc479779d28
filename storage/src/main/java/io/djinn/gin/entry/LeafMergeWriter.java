package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * Writes the arguments of a {@link LeafMerge}: the changes of one leaf's tuples, in the order of
 * their keys.
 */
final class LeafMergeWriter {
  /** A step, and the lengths of what is inserted or of a hunk: four fields at most. */
  private static final int MAX_FIELD_BYTES = 4 * 5;

  private final int pageSizeBytes;
  private final long arguments;
  private long at;

  /** The first slot that no change has passed. */
  private int slot;

  /** The key inserted last, where nothing was passed since: its suffix as it was written. */
  private long suffix;

  private int suffixBytes;

  LeafMergeWriter(long work, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    arguments = work;
  }

  /** A page of arguments and the longest change behind them. */
  static int workBytes(int pageSizeBytes) {
    // A hunk has at least as many bytes where it comes from as it gets here.
    return pageSizeBytes + MAX_FIELD_BYTES + ValueDifference.maxHunksBytes(pageSizeBytes);
  }

  /** Begins the changes of a leaf. */
  void start() {
    at = arguments;
    slot = 0;
    suffixBytes = -1;
  }

  boolean isEmpty() {
    return at == arguments;
  }

  /** Whether there is no room for one more change of any length. */
  boolean isFull() {
    return at - arguments > pageSizeBytes;
  }

  /** A key comes before the tuple at a slot of the leaf as it was at the start. */
  void insert(int before, long newSuffix, int newSuffixBytes, long value, int valueBytes) {
    if (before == slot
        && suffixBytes >= 0
        && NativeMemory.compare(suffix, suffixBytes, newSuffix, newSuffixBytes) >= 0) {
      throw notAscending();
    }
    step(before, LeafMerge.INSERT);
    at = LengthField.write(at, newSuffixBytes);
    at = LengthField.write(at, valueBytes);
    suffix = at;
    suffixBytes = newSuffixBytes;
    at = put(newSuffix, newSuffixBytes);
    at = put(value, valueBytes);
  }

  /**
   * The tuple at a slot gets another value.
   *
   * @param hunks as {@link ValueDifference} writes them for a value at byteOffset 0, up to {@code
   *     hunksEnd}
   */
  void splice(int changed, long hunks, long hunksEnd) {
    step(changed, LeafMerge.SPLICE);
    int count = 0;
    for (long hunk = hunks; hunk < hunksEnd; hunk = behind(hunk)) {
      count++;
    }
    at = LengthField.write(at, count);
    // Hunks say where they begin in the value as those before them leave it.
    int done = 0;
    for (long hunk = hunks; hunk < hunksEnd; hunk = behind(hunk)) {
      int from = NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_FROM);
      int added = NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_ADDED);
      at = LengthField.write(at, from - done);
      at = LengthField.write(at, NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_REMOVED));
      at = LengthField.write(at, added);
      at = put(hunk + EntryRecords.HUNK_BYTES, added);
      done = from + added;
    }
    pass();
  }

  private static long behind(long hunk) {
    return hunk
        + EntryRecords.HUNK_BYTES
        + NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_ADDED);
  }

  /** The tuple at a slot goes. */
  void delete(int removed) {
    step(removed, LeafMerge.DELETE);
    pass();
  }

  private void step(int to, int kind) {
    if (to < slot) {
      throw notAscending();
    }
    at = LengthField.write(at, to - slot << LeafMerge.KIND_BITS | kind);
    slot = to;
  }

  private void pass() {
    slot++;
    suffixBytes = -1;
  }

  private long put(long from, int bytes) {
    NativeMemory.copy(from, at, bytes);
    return at + bytes;
  }

  private static IllegalArgumentException notAscending() {
    return new IllegalArgumentException("keys to change are not in strictly ascending order");
  }

  long arguments() {
    return arguments;
  }

  int length() {
    return (int) (at - arguments);
  }
}
