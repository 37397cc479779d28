package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;

/**
 * Changes of one entry page, used by the batch and by redo alike: total, nothing is changed before
 * everything was checked.
 *
 * <p>Tuples stay in the order of their keys and without gaps, so that all free bytes lie in the
 * hole, and freed bytes are zeroed.
 */
final class EntryPageEdits {
  private EntryPageEdits() {}

  /** Puts a key and its value at a slot; that slot and those behind it move up by one. */
  static void insert(
      long page,
      int pageSizeBytes,
      int slot,
      long suffix,
      int suffixBytes,
      long value,
      int valueBytes) {
    EntryPage view = view(page, pageSizeBytes);
    int slots = view.slotCount();
    if (slot > slots) {
      throw view.corrupt("insert at slot " + slot + " of " + slots);
    }
    if (view.isGrouped()) {
      insertIntoGroup(view, slot, suffix, suffixBytes, value, valueBytes);
      return;
    }
    view.requireTaken(suffixBytes);
    int layout = view.layout();
    int needed = view.slotBytes() + EntryTuple.bytes(layout, suffix, suffixBytes, valueBytes);
    if (needed > view.freeBytes()) {
      throw view.corrupt("insert of " + needed + " bytes with " + view.freeBytes() + " free");
    }
    long head = SlotLayout.head(layout, suffix, suffixBytes);
    if ((slot > 0 && Long.compareUnsigned(view.head(slot - 1), head) > 0)
        || (slot < slots && Long.compareUnsigned(head, view.head(slot)) > 0)) {
      throw view.corrupt("insert out of order at slot " + slot);
    }
    view.tupleEnd(slot);
    insert(view, slot, head, suffix, suffixBytes, value, valueBytes);
  }

  /**
   * Puts a key and its value at a slot of a page with groups: into one beside the slot whose stem
   * the key begins with, else into a group of its own. The page is another one than the view's
   * then.
   */
  static void insertIntoGroup(
      EntryPage view, int slot, long suffix, int suffixBytes, long value, int valueBytes) {
    KeyGroups groups = view.groups();
    int left = slot > 0 ? groups.of(slot - 1) : KeyGroups.NONE;
    int right = slot < view.slotCount() ? groups.of(slot) : KeyGroups.NONE;
    int group = groups.choose(left, right, suffix, suffixBytes);
    int stem = group == KeyGroups.NONE ? 0 : groups.stemBytes();
    if (group == KeyGroups.NONE && left == right) {
      throw view.corrupt("insert at slot " + slot + " inside a group with another stem");
    }
    int layout = view.layout();
    int needed =
        view.slotBytes() + EntryTuple.bytes(layout, suffix + stem, suffixBytes - stem, valueBytes);
    needed += group == KeyGroups.NONE ? KeyGroups.ENTRY_BYTES : 0;
    if (needed > view.freeBytes()) {
      throw view.corrupt("insert of " + needed + " bytes with " + view.freeBytes() + " free");
    }
    long head = SlotLayout.head(layout, suffix + stem, suffixBytes - stem);
    if ((group != KeyGroups.NONE
            && group == left
            && Long.compareUnsigned(view.head(slot - 1), head) > 0)
        || (group != KeyGroups.NONE
            && group == right
            && Long.compareUnsigned(head, view.head(slot)) > 0)) {
      throw view.corrupt("insert out of order at slot " + slot);
    }
    insert(view, slot, head, suffix + stem, suffixBytes - stem, value, valueBytes);
    groups.added(view.address(), slot, group, left);
  }

  /**
   * Puts a key and its value at a slot, unchecked; the page is another one than the view's then.
   */
  static void insert(
      EntryPage view,
      int slot,
      long head,
      long suffix,
      int suffixBytes,
      long value,
      int valueBytes) {
    long page = view.address();
    int layout = view.layout();
    int slotBytes = view.slotBytes();
    int behind = view.slotCount() - slot;
    int tupleBytes = EntryTuple.bytes(layout, suffix, suffixBytes, valueBytes);
    boolean isWhole = SlotLayout.isWhole(layout, suffix, suffixBytes);
    int end = view.tupleEnd(slot);
    int upper = Page.upper(page);
    NativeMemory.copy(page + upper, page + upper - tupleBytes, end - upper);
    Page.upper(page, upper - tupleBytes);
    long at = view.slotAddress(slot);
    shift(at, slotBytes, behind, -tupleBytes);
    NativeMemory.copy(at, at + slotBytes, (long) behind * slotBytes);
    SlotLayout.putSlot(layout, at, end - tupleBytes, isWhole, head);
    EntryTuple.write(layout, page + end - tupleBytes, suffix, suffixBytes, value, valueBytes);
    slotCount(view, view.slotCount() + 1);
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
          view,
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

  /** Replaces a stretch of a tuple, unchecked; of the view only fields and slots' places count. */
  static void replace(EntryPage view, int slot, int from, int removed, long bytes, int added) {
    long page = view.address();
    long slotAddress = view.slotAddress(slot);
    int offset = view.offset(slotAddress);
    int growth = added - removed;
    if (growth != 0) {
      int upper = Page.upper(page);
      NativeMemory.copy(page + upper, page + upper - growth, offset + from - upper);
      shift(slotAddress, view.slotBytes(), view.slotCount() - slot, -growth);
      raiseUpper(page, upper, upper - growth);
    }
    NativeMemory.copy(bytes, page + offset + from - growth, added);
  }

  /** Removes a tuple and its slot. */
  static void delete(long page, int pageSizeBytes, int slot) {
    EntryPage view = view(page, pageSizeBytes);
    requireSlot(view, slot);
    view.slot(slot);
    remove(view, slot);
  }

  /** Removes a tuple and its slot, unchecked; the page is another one than the view's then. */
  static void remove(EntryPage view, int slot) {
    long page = view.address();
    int group = view.isGrouped() ? view.groups().of(slot) : KeyGroups.NONE;
    int slotBytes = view.slotBytes();
    int behind = view.slotCount() - 1 - slot;
    long at = view.slotAddress(slot);
    int offset = view.offset(at);
    int tupleBytes = view.tupleEnd(slot) - offset;
    int upper = Page.upper(page);
    NativeMemory.copy(page + upper, page + upper + tupleBytes, offset - upper);
    shift(at + slotBytes, slotBytes, behind, tupleBytes);
    raiseUpper(page, upper, upper + tupleBytes);
    NativeMemory.copy(at + slotBytes, at, (long) behind * slotBytes);
    NativeMemory.fill(at + (long) behind * slotBytes, slotBytes, 0);
    slotCount(view, view.slotCount() - 1);
    if (group != KeyGroups.NONE) {
      view.groups().removed(page, group);
    }
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

  /** Moves the recorded offsets of so many tuples, whose marks stay. */
  private static void shift(long slots, int slotBytes, int count, int bytes) {
    long field = slots;
    for (int i = 0; i < count; i++) {
      NativeMemory.putShort(field, NativeMemory.getUnsignedShort(field) + bytes);
      field += slotBytes;
    }
  }

  private static void raiseUpper(long page, int before, int after) {
    if (after > before) {
      NativeMemory.fill(page + before, after - before, 0);
    }
    Page.upper(page, after);
  }

  private static void slotCount(EntryPage view, int slots) {
    long page = view.address();
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    Page.lower(page, view.slotsOffset() + slots * view.slotBytes());
  }
}
