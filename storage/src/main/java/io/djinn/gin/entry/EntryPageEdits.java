package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;

/**
 * Changes of one entry page, used by the batch and by redo alike: total, nothing is changed before
 * everything was checked.
 *
 * <p>Tuples stay without gaps, so that all free bytes lie in the hole, and freed bytes are zeroed.
 */
final class EntryPageEdits {
  private EntryPageEdits() {}

  /** Puts a tuple at a slot; that slot and those behind it move up by one. */
  static void insert(
      long page, int pageSizeBytes, int slot, long head, long tuple, int tupleBytes) {
    EntryPage view = view(page, pageSizeBytes);
    int slots = view.slotCount();
    if (slot > slots) {
      throw view.corrupt("insert at slot " + slot + " of " + slots);
    }
    int needed = EntryPage.SLOT_BYTES + tupleBytes;
    if (needed > view.freeBytes()) {
      throw view.corrupt("insert of " + needed + " bytes with " + view.freeBytes() + " free");
    }
    long field = LengthField.read(tuple, tuple + tupleBytes);
    if (field == LengthField.BAD
        || LengthField.fieldBytes(field) + (long) EntryTuple.tailBytes(LengthField.value(field))
            > tupleBytes) {
      throw view.corrupt("insert of a tuple whose key suffix does not fit");
    }
    if ((slot > 0 && Long.compareUnsigned(view.head(slot - 1), head) > 0)
        || (slot < slots && Long.compareUnsigned(head, view.head(slot)) > 0)) {
      throw view.corrupt("insert out of order at slot " + slot);
    }
    NativeMemory.copy(tuple, page + addSlot(page, slot, head, tupleBytes), tupleBytes);
  }

  /** Makes room for a tuple, unchecked; returns the byteOffset at which it is to be written. */
  static int addSlot(long page, int slot, long head, int tupleBytes) {
    int slots = NativeMemory.getUnsignedShort(page + EntryPage.SLOT_COUNT);
    int offset = Page.upper(page) - tupleBytes;
    Page.upper(page, offset);
    long at = slotAddress(page, slot);
    NativeMemory.copy(at, at + EntryPage.SLOT_BYTES, (long) (slots - slot) * EntryPage.SLOT_BYTES);
    NativeMemory.putLong(at + EntryPage.HEAD, head);
    NativeMemory.putShort(at + EntryPage.TUPLE_OFFSET, offset);
    NativeMemory.putShort(at + EntryPage.TUPLE_BYTES, tupleBytes);
    slotCount(page, slots + 1);
    return offset;
  }

  /** Replaces stretches of a tuple's value by others, which may be longer or shorter. */
  static void splice(long page, int pageSizeBytes, int slot, long hunks, int hunksBytes) {
    EntryPage view = view(page, pageSizeBytes);
    requireSlot(view, slot);
    view.slot(slot);
    requireHunks(view, slot, hunks, hunksBytes);
    int at = 0;
    while (at < hunksBytes) {
      long hunk = hunks + at;
      int added = NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_ADDED);
      replace(
          page,
          slot,
          NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_FROM),
          NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_REMOVED),
          hunk + EntryRecords.HUNK_BYTES,
          added);
      at += EntryRecords.HUNK_BYTES + added;
    }
  }

  /**
   * Throws where a hunk is cut off, leaves the value, is out of order, or does not fit the page.
   */
  private static void requireHunks(EntryPage view, int slot, long hunks, int hunksBytes) {
    int tupleBytes = view.tupleBytes();
    int behind = (int) (view.valueAddress() - view.tupleAddress());
    int free = view.freeBytes();
    int at = 0;
    while (at < hunksBytes) {
      long hunk = hunks + at;
      boolean fits = hunksBytes - at >= EntryRecords.HUNK_BYTES;
      int from = fits ? NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_FROM) : 0;
      int removed = fits ? NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_REMOVED) : 0;
      int added = fits ? NativeMemory.getUnsignedShort(hunk + EntryRecords.HUNK_ADDED) : 0;
      at += EntryRecords.HUNK_BYTES + added;
      free -= added - removed;
      if (!fits || at > hunksBytes || from < behind || from + removed > tupleBytes || free < 0) {
        throw view.corrupt(
            String.format(
                "splice of slot %d: %d bytes for %d at %d in a tuple of %d with %d free",
                slot, added, removed, from, tupleBytes, view.freeBytes()));
      }
      behind = from + added;
      tupleBytes += added - removed;
    }
  }

  /** Replaces a stretch of a tuple, unchecked. */
  static void replace(long page, int slot, int from, int removed, long bytes, int added) {
    long slotAddress = slotAddress(page, slot);
    int offset = NativeMemory.getUnsignedShort(slotAddress + EntryPage.TUPLE_OFFSET);
    int growth = added - removed;
    if (growth != 0) {
      int upper = Page.upper(page);
      NativeMemory.copy(page + upper, page + upper - growth, offset + from - upper);
      shift(page, NativeMemory.getUnsignedShort(page + EntryPage.SLOT_COUNT), offset, -growth);
      int tupleBytes = NativeMemory.getUnsignedShort(slotAddress + EntryPage.TUPLE_BYTES);
      NativeMemory.putShort(slotAddress + EntryPage.TUPLE_BYTES, tupleBytes + growth);
      raiseUpper(page, upper, upper - growth);
    }
    NativeMemory.copy(bytes, page + offset + from - growth, added);
  }

  /** Removes a tuple and its slot. */
  static void delete(long page, int pageSizeBytes, int slot) {
    EntryPage view = view(page, pageSizeBytes);
    requireSlot(view, slot);
    view.slot(slot);
    remove(page, slot);
  }

  /** Removes a tuple and its slot, unchecked. */
  static void remove(long page, int slot) {
    int slots = NativeMemory.getUnsignedShort(page + EntryPage.SLOT_COUNT);
    long field = slotAddress(page, slot);
    int offset = NativeMemory.getUnsignedShort(field + EntryPage.TUPLE_OFFSET);
    int tupleBytes = NativeMemory.getUnsignedShort(field + EntryPage.TUPLE_BYTES);
    int upper = Page.upper(page);
    NativeMemory.copy(page + upper, page + upper + tupleBytes, offset - upper);
    shift(page, slots, offset - 1, tupleBytes);
    raiseUpper(page, upper, upper + tupleBytes);
    long at = slotAddress(page, slot);
    NativeMemory.copy(
        at + EntryPage.SLOT_BYTES, at, (long) (slots - 1 - slot) * EntryPage.SLOT_BYTES);
    NativeMemory.fill(slotAddress(page, slots - 1), EntryPage.SLOT_BYTES, 0);
    slotCount(page, slots - 1);
  }

  /** Sets the child left of all separators. */
  static void leftmost(long page, int pageSizeBytes, int child) {
    EntryPage view = view(page, pageSizeBytes);
    if (view.isLeaf() || child <= 0 || child > Page.MAX_PAGE_NO) {
      throw view.corrupt("leftmost child " + child);
    }
    NativeMemory.putInt(page + EntryPage.LEFTMOST, child);
  }

  private static EntryPage view(long page, int pageSizeBytes) {
    return new EntryPage().wrap(page, pageSizeBytes, Page.pageNo(page));
  }

  private static void requireSlot(EntryPage view, int slot) {
    if (slot >= view.slotCount()) {
      throw view.corrupt("slot " + slot + " of " + view.slotCount());
    }
  }

  /**
   * Moves the recorded offsets of all tuples that begin at or before a byte offset. Slots are in
   * key order and tuples in the order they came, so a branch here would be guessed wrong half the
   * time.
   */
  private static void shift(long page, int slots, int lastOffset, int bytes) {
    long field = slotAddress(page, 0) + EntryPage.TUPLE_OFFSET;
    for (int i = 0; i < slots; i++) {
      int offset = NativeMemory.getUnsignedShort(field);
      int mask = (offset - lastOffset - 1) >> (Integer.SIZE - 1);
      NativeMemory.putShort(field, offset + (bytes & mask));
      field += EntryPage.SLOT_BYTES;
    }
  }

  private static void raiseUpper(long page, int before, int after) {
    if (after > before) {
      NativeMemory.fill(page + before, after - before, 0);
    }
    Page.upper(page, after);
  }

  private static void slotCount(long page, int slots) {
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    int prefixBytes = NativeMemory.getUnsignedShort(page + EntryPage.PREFIX_BYTES);
    Page.lower(page, EntryPage.PREFIX + prefixBytes + slots * EntryPage.SLOT_BYTES);
  }

  private static long slotAddress(long page, int slot) {
    int prefixBytes = NativeMemory.getUnsignedShort(page + EntryPage.PREFIX_BYTES);
    return page + EntryPage.PREFIX + prefixBytes + (long) slot * EntryPage.SLOT_BYTES;
  }
}
