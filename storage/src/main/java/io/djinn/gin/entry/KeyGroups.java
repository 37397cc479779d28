package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;

/**
 * The groups of a leaf: neighbours whose keys share more than the page's prefix, a <em>stem</em>
 * that is stored once and elided from them.
 *
 * <pre>
 * byteOffset bytes field       meaning
 *          0     2 groupCount  1 or more
 *          2     2 stemsBytes  of all stems
 *          4     4 entries     of each group: firstSlot (2), and where its stem ends in the stems (2)
 *                  stems       without gaps, in the order of the groups
 * </pre>
 *
 * <p>The table stands between the page's prefix and its slots. A group ends where the next begins,
 * none is empty, and the first begins with slot 0. Whatever a page says is checked when a group is
 * {@link #enter entered}.
 */
final class KeyGroups {
  static final int HEADER_BYTES = 4;
  static final int ENTRY_BYTES = 4;

  /** What {@link #of} a neighbour that is not there is. */
  static final int NONE = -1;

  private static final int STEMS_BYTES = 2;
  private static final int STEM_END = 2;

  private final EntryPage page;
  private long table;
  private int count;
  private int slots;
  private int group;
  private int from;
  private int to;
  private int stemFrom;
  private int stemTo;

  KeyGroups(EntryPage page) {
    this.page = page;
  }

  /**
   * Takes a page's table.
   *
   * @param roomBytes that may be read at the address
   * @return the table's bytes, -1 where it does not fit
   */
  int wrap(long address, int roomBytes, int slotCount) {
    if (roomBytes < HEADER_BYTES) {
      return -1;
    }
    table = address;
    slots = slotCount;
    count = NativeMemory.getUnsignedShort(address);
    // No slot is in it: the next question enters a group.
    from = 0;
    to = 0;
    int bytes = bytes(count, NativeMemory.getUnsignedShort(address + STEMS_BYTES));
    return count < 1 || count > slotCount || bytes > roomBytes ? -1 : bytes;
  }

  /** Bytes of a table. */
  static int bytes(int count, int stemsBytes) {
    return HEADER_BYTES + count * ENTRY_BYTES + stemsBytes;
  }

  /** Writes the head of a table. */
  static void putHeader(long table, int count, int stemsBytes) {
    NativeMemory.putShort(table, count);
    NativeMemory.putShort(table + STEMS_BYTES, stemsBytes);
  }

  /** Writes what a table says of a group. */
  static void putEntry(long table, int group, int firstSlot, int stemEnd) {
    long entry = entry(table, group);
    NativeMemory.putShort(entry, firstSlot);
    NativeMemory.putShort(entry + STEM_END, stemEnd);
  }

  private static long entry(long table, int group) {
    return table + HEADER_BYTES + (long) group * ENTRY_BYTES;
  }

  int count() {
    return count;
  }

  private int firstSlot(int ofGroup) {
    return ofGroup == count ? slots : NativeMemory.getUnsignedShort(entry(table, ofGroup));
  }

  private int stemEnd(int ofGroup) {
    return ofGroup < 0 ? 0 : NativeMemory.getUnsignedShort(entry(table, ofGroup) + STEM_END);
  }

  private int stemsBytes() {
    return NativeMemory.getUnsignedShort(table + STEMS_BYTES);
  }

  /** Goes to a group and checks it. */
  void enter(int entered) {
    group = entered;
    from = firstSlot(entered);
    to = firstSlot(entered + 1);
    stemFrom = stemEnd(entered - 1);
    stemTo = stemEnd(entered);
    if (from >= to
        || to > slots
        || (entered == 0 && from > 0)
        || stemFrom > stemTo
        || stemTo > stemsBytes()
        || (entered == count - 1 && stemTo < stemsBytes())) {
      int wrongFrom = from;
      int wrongTo = to;
      from = 0;
      to = 0;
      throw page.corrupt(
          String.format(
              "group %d of %d: slots %d to %d of %d, stem from %d to %d of %d",
              entered, count, wrongFrom, wrongTo, slots, stemFrom, stemTo, stemsBytes()));
    }
  }

  /** Goes to the group of a slot and returns its number. */
  int of(int slot) {
    if (slot >= from && slot < to) {
      return group;
    }
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firstSlot(middle) <= slot) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    enter(low);
    if (slot < from || slot >= to) {
      throw page.corrupt("slot " + slot + " is in no group");
    }
    return low;
  }

  /** First slot of the group gone to. */
  int from() {
    return from;
  }

  /** The slot behind the group gone to. */
  int to() {
    return to;
  }

  int stemBytes() {
    return stemTo - stemFrom;
  }

  long stem() {
    return entry(table, count) + stemFrom;
  }

  /** Whether a key behind the page's prefix begins with the stem of the group gone to. */
  boolean begins(long suffix, int suffixBytes) {
    int bytes = stemBytes();
    return suffixBytes >= bytes && NativeMemory.commonPrefix(suffix, bytes, stem(), bytes) == bytes;
  }

  /**
   * The group that a key at a new slot comes to: of those that lie beside the slot the one with the
   * longest stem the key begins with; goes there.
   *
   * @param left the group of the slot before, or {@link #NONE}
   * @param right the group of the slot that will be behind, or {@link #NONE}
   * @return {@link #NONE} where the key begins with neither stem
   */
  int choose(int left, int right, long suffix, int suffixBytes) {
    int chosen = NONE;
    int longest = -1;
    if (left != NONE) {
      enter(left);
      if (begins(suffix, suffixBytes)) {
        chosen = left;
        longest = stemBytes();
      }
    }
    if (right != NONE && right != left) {
      enter(right);
      if (stemBytes() > longest && begins(suffix, suffixBytes)) {
        return right;
      }
    }
    if (chosen != NONE) {
      enter(chosen);
    }
    return chosen;
  }

  // ---- edits: the page has the slot already, or no longer ----

  /**
   * Tells a table that a slot has come to a group.
   *
   * @param pageAddress whose slots end where its lower says
   * @param joined the group, or {@link #NONE} for one of its own, without a stem
   * @param left the group of the slot before, or {@link #NONE}
   */
  void added(long pageAddress, int slot, int joined, int left) {
    if (joined != NONE) {
      shiftFirstSlots(joined + 1, 1);
      return;
    }
    int added = left + 1;
    shiftFirstSlots(added, 1);
    int stemEnd = stemEnd(added - 1);
    long at = entry(table, added);
    int lower = Page.lower(pageAddress);
    NativeMemory.copy(at, at + ENTRY_BYTES, pageAddress + lower - at);
    Page.lower(pageAddress, lower + ENTRY_BYTES);
    putEntry(table, added, slot, stemEnd);
    NativeMemory.putShort(table, count + 1);
  }

  /**
   * Tells a table that a slot has gone from a group, which goes with its last one; the table with
   * its last group.
   */
  void removed(long pageAddress, int left) {
    enter(left);
    shiftFirstSlots(left + 1, -1);
    if (to - from > 1) {
      return;
    }
    if (count == 1) {
      int lower = (int) (table - pageAddress);
      NativeMemory.fill(table, Page.lower(pageAddress) - lower, 0);
      Page.lower(pageAddress, lower);
      Page.flags(pageAddress, SlotLayout.withoutGroups(Page.flags(pageAddress)));
      return;
    }
    int stem = stemBytes();
    long stemAt = stem();
    for (int i = left + 1; i < count; i++) {
      NativeMemory.putShort(entry(table, i) + STEM_END, stemEnd(i) - stem);
    }
    putHeader(table, count - 1, stemsBytes() - stem);
    long end = pageAddress + Page.lower(pageAddress);
    // The stem first: it lies behind the entry.
    NativeMemory.copy(stemAt + stem, stemAt, end - stemAt - stem);
    end -= stem;
    long at = entry(table, left);
    NativeMemory.copy(at + ENTRY_BYTES, at, end - at - ENTRY_BYTES);
    end -= ENTRY_BYTES;
    NativeMemory.fill(end, stem + ENTRY_BYTES, 0);
    Page.lower(pageAddress, (int) (end - pageAddress));
  }

  private void shiftFirstSlots(int first, int by) {
    for (int i = first; i < count; i++) {
      NativeMemory.putShort(entry(table, i), firstSlot(i) + by);
    }
  }
}
