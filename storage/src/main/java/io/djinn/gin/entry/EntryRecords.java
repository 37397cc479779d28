package io.djinn.gin.entry;

import io.djinn.batch.PageEditor;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.EditFamily;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Log records of entry pages, all of one page.
 *
 * <pre>
 * INSERT    slot (2), bytes of suffix (2), suffix, value (rest)       a tuple comes to a slot
 * SPLICE    slot (2), hunks (rest)              stretches of a value are replaced
 * DELETE    slot (2)                                                  a tuple and its slot go
 * LEFTMOST  child (4)                                                 an inner page's leftmost child
 * MERGE     {@link LeafMerge changes}                         many of a leaf's tuples come, go and change
 * </pre>
 *
 * <p>A suffix is the key behind the page's common prefix: how it is shared out between slot and
 * tuple is the page's affair. A hunk is {@code from (2), removed (2), added (2), bytes}, in order
 * from front to back; from is a byteOffset in the tuple as the hunks before leave it.
 *
 * <p>A change of a posting list is logged as the splice that makes the new value of the old one, so
 * redo needs no codec and a record is about as long as what changed.
 */
public final class EntryRecords implements EditFamily {
  private static final int INSERT_SUFFIX_BYTES = 2;
  private static final int INSERT_SUFFIX = INSERT_SUFFIX_BYTES + 2;
  private static final int SPLICE_HUNKS = 2;

  static final int HUNK_FROM = 0;
  static final int HUNK_REMOVED = HUNK_FROM + 2;
  static final int HUNK_ADDED = HUNK_REMOVED + 2;
  static final int HUNK_BYTES = HUNK_ADDED + 2;

  /** What a merge works with, while nobody does: edits are applied by any number of threads. */
  private final AtomicReference<LeafMerge> idleMerge = new AtomicReference<>();

  /** The most bytes a record's arguments have beside the key and value they carry. */
  static final int MAX_FIXED_BYTES = INSERT_SUFFIX;

  @Override
  public int firstOpCode() {
    return EntryOp.FIRST_OP_CODE;
  }

  @Override
  public int lastOpCode() {
    return EntryOp.LAST_OP_CODE;
  }

  /** Writes the arguments of {@link #insert}; returns their bytes. */
  static int putInsert(
      long arguments, int slot, long suffix, int suffixBytes, long value, int valueBytes) {
    NativeMemory.putShort(arguments, slot);
    NativeMemory.putShort(arguments + INSERT_SUFFIX_BYTES, suffixBytes);
    NativeMemory.copy(suffix, arguments + INSERT_SUFFIX, suffixBytes);
    NativeMemory.copy(value, arguments + INSERT_SUFFIX + suffixBytes, valueBytes);
    return INSERT_SUFFIX + suffixBytes + valueBytes;
  }

  /** Inserts what {@link #putInsert} has written. */
  static void insert(PageEditor editor, int pageNo, long arguments, int length) {
    editor.edit(pageNo, EntryOp.INSERT.opCode(), arguments, length);
  }

  /** Where the caller writes the hunks before {@link #splice}, from the start of the arguments. */
  static long spliceHunks(long arguments) {
    return arguments + SPLICE_HUNKS;
  }

  /** Writes a hunk; returns the address behind it. */
  static long putHunk(long at, int from, int removed, long bytes, int added) {
    NativeMemory.putShort(at + HUNK_FROM, from);
    NativeMemory.putShort(at + HUNK_REMOVED, removed);
    NativeMemory.putShort(at + HUNK_ADDED, added);
    NativeMemory.copy(bytes, at + HUNK_BYTES, added);
    return at + HUNK_BYTES + added;
  }

  /** Replaces what the hunks say that were written at {@link #spliceHunks}. */
  static void splice(PageEditor editor, int pageNo, int slot, long arguments, long end) {
    NativeMemory.putShort(arguments, slot);
    editor.edit(pageNo, EntryOp.SPLICE.opCode(), arguments, (int) (end - arguments));
  }

  static void delete(PageEditor editor, int pageNo, int slot, long arguments) {
    NativeMemory.putShort(arguments, slot);
    editor.edit(pageNo, EntryOp.DELETE.opCode(), arguments, 2);
  }

  static void leftmost(PageEditor editor, int pageNo, int child, long arguments) {
    NativeMemory.putInt(arguments, child);
    editor.edit(pageNo, EntryOp.LEFTMOST.opCode(), arguments, 4);
  }

  /** Makes the changes a writer holds. */
  static void merge(PageEditor editor, int pageNo, LeafMergeWriter changes) {
    editor.edit(pageNo, EntryOp.MERGE.opCode(), changes.arguments(), changes.length());
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (op(opCode, arguments, length)) {
      case INSERT ->
          EntryPageEdits.insert(
              page,
              pageSizeBytes,
              slot(arguments),
              arguments + INSERT_SUFFIX,
              suffixBytes(arguments),
              arguments + INSERT_SUFFIX + suffixBytes(arguments),
              length - INSERT_SUFFIX - suffixBytes(arguments));
      case SPLICE ->
          EntryPageEdits.splice(
              page,
              pageSizeBytes,
              slot(arguments),
              arguments + SPLICE_HUNKS,
              length - SPLICE_HUNKS);
      case DELETE -> EntryPageEdits.delete(page, pageSizeBytes, slot(arguments));
      case LEFTMOST -> EntryPageEdits.leftmost(page, pageSizeBytes, NativeMemory.getInt(arguments));
      case MERGE -> merge(page, pageSizeBytes, arguments, length);
    }
  }

  private void merge(long page, int pageSizeBytes, long arguments, int length) {
    LeafMerge idle = idleMerge.getAndSet(null);
    LeafMerge merge = idle == null ? new LeafMerge() : idle;
    try {
      merge.apply(page, pageSizeBytes, arguments, length);
    } finally {
      idleMerge.set(merge);
    }
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return switch (op(opCode, arguments, length)) {
      case INSERT ->
          String.format(
              "entry insert slot %d suffix of %d bytes value of %d bytes",
              slot(arguments),
              suffixBytes(arguments),
              length - INSERT_SUFFIX - suffixBytes(arguments));
      case SPLICE -> describeSplice(arguments, length);
      case DELETE -> "entry delete slot " + slot(arguments);
      case LEFTMOST -> "entry leftmost child " + NativeMemory.getInt(arguments);
      case MERGE -> LeafMerge.describe(arguments, length);
    };
  }

  private static String describeSplice(long arguments, int length) {
    StringBuilder words = new StringBuilder("entry splice slot ").append(slot(arguments));
    int at = SPLICE_HUNKS;
    while (at + HUNK_BYTES <= length) {
      int added = NativeMemory.getUnsignedShort(arguments + at + HUNK_ADDED);
      words
          .append(" at ")
          .append(NativeMemory.getUnsignedShort(arguments + at + HUNK_FROM))
          .append(": ")
          .append(NativeMemory.getUnsignedShort(arguments + at + HUNK_REMOVED))
          .append(" bytes become ")
          .append(added);
      at += HUNK_BYTES + added;
    }
    return words.toString();
  }

  private static int slot(long arguments) {
    return NativeMemory.getUnsignedShort(arguments);
  }

  private static int suffixBytes(long arguments) {
    return NativeMemory.getUnsignedShort(arguments + INSERT_SUFFIX_BYTES);
  }

  /** The edit of an op code, its arguments long enough for their fixed fields and the suffix. */
  private static EntryOp op(int opCode, long arguments, int length) {
    EntryOp op = EntryOp.of(opCode);
    if (op == null) {
      throw new DjinnException("no entry edit has op code " + opCode);
    }
    boolean fits =
        switch (op) {
          case INSERT -> length > INSERT_SUFFIX && length - INSERT_SUFFIX > suffixBytes(arguments);
          case SPLICE -> length >= SPLICE_HUNKS;
          case DELETE -> length == 2;
          case LEFTMOST -> length == 4;
          case MERGE -> length > 0;
        };
    if (!fits) {
      throw new DjinnException("entry edit " + op + " with arguments of " + length + " bytes");
    }
    return op;
  }
}
