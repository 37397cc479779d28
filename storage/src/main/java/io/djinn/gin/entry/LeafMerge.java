package io.djinn.gin.entry;

import io.djinn.error.CorruptPageException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.BufferUtil;

/**
 * Applies changes of tuples of a leaf together, for the batch and for redo alike.
 *
 * <pre>
 * changes   (step, change)*   step: tuples passed over since the change before, times 4, plus kind
 * INSERT    suffix bytes, value bytes, suffix, value      a key comes before the tuple passed to
 * SPLICE    hunks, hunk*                                  stretches of the tuple's value are replaced
 * DELETE                                                  the tuple goes
 * hunk      kept, removed, added, bytes                   kept: bytes of the value before the hunk
 * </pre>
 *
 * <p>All numbers are {@link LengthField}s. A few changes are made in place; for many, and on a page
 * with groups, the new groups, slots and tuples are laid out in scratch memory and copied over the
 * page when all was checked. Neighbours that stay are copied as one.
 *
 * <p>Belongs to one thread at a time.
 */
final class LeafMerge {
  static final int INSERT = 0;
  static final int SPLICE = 1;
  static final int DELETE = 2;
  static final int KIND_BITS = 2;

  /** So many changes are made in place: each moves half of the page, and the many all of it. */
  private static final int FEW = 4;

  /** Changes of more bytes than this are taken to be more than a few, without counting them. */
  private static final int FEW_BYTES = 64 * FEW;

  /** Up to so many bytes are copied word by word: to call for a copy costs more. */
  private static final int WORDS_BYTES = 256;

  private static final int WORD_BYTES = 8;

  /**
   * What {@link #copyDown} copies at a time: so much below may be touched. A page's header is
   * longer, and so is what lies before the first tuple where they are laid out.
   */
  private static final int STEP_BYTES = 16;

  /** Kept, removed, added. */
  private static final int HUNK_LENGTHS = 3;

  private static final int KIND_MASK = (1 << KIND_BITS) - 1;

  /** In place of an old group's number: a group without a stem that inserted keys begin. */
  private static final int WITHOUT_STEM = -2;

  private final EntryPage view = new EntryPage();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /** Where the slots are laid out, and the tuples, each at the byteOffset they get in the page. */
  private long slotScratch;

  private long tupleScratch;
  private long groupScratch;
  private long page;
  private int pageSizeBytes;
  private int oldUpper;
  private int oldSlots;
  private int layout;
  private int slotBytes;

  /** End of the slots, and start of the tuples, laid out so far. */
  private int lower;

  private int upper;
  private int slots;
  private long lastHead;

  private int insertSuffixBytes;
  private int insertValueBytes;
  private long insertHead;

  /** Of the splice read last: where the bytes of each hunk are, and its three lengths. */
  private int[] hunkOffsets = new int[16];

  private int[] hunkLengths = new int[16 * HUNK_LENGTHS];
  private int hunkCount;

  /** By how much the value grows at most while the hunks are made one by one, 0 or more. */
  private long peakGrowth;

  /** Of a page with groups: those laid out so far, their first slots and which of the old ones. */
  private int[] groupFirsts = new int[16];

  private int[] groupOrigins = new int[16];
  private int groupCount;
  private int stemsBytes;

  private final int[] fewKinds = new int[FEW];
  private final int[] fewSlots = new int[FEW];
  private final long[] fewChanges = new long[FEW];

  private long at;
  private long end;

  /** Applies the changes at an address to a page. */
  void apply(long target, int targetBytes, long changes, int length) {
    view.wrap(target, targetBytes, Page.pageNo(target));
    if (!view.isLeaf()) {
      throw view.corrupt("changes of many tuples of an inner page");
    }
    page = target;
    pageSizeBytes = targetBytes;
    oldSlots = view.slotCount();
    layout = view.layout();
    slotBytes = view.slotBytes();
    end = changes + length;
    if (length > FEW_BYTES || view.isGrouped() || !applyFew(changes)) {
      applyMany(changes);
    }
  }

  // ---- in place ----

  /**
   * Makes a few changes one by one, from the last to the first, which is cheaper than to go over
   * the whole page; false, and nothing is changed, where there are more or the leaf has no room for
   * those that need some before others make it.
   */
  private boolean applyFew(long changes) {
    at = changes;
    int count = 0;
    int slot = 0;
    int needed = 0;
    // Where the tuple begins that was changed before: those changed later lie below.
    int above = pageSizeBytes;
    while (at < end) {
      if (count == FEW) {
        return false;
      }
      int step = number();
      slot = passed(slot, step);
      int kind = step & KIND_MASK;
      fewKinds[count] = kind;
      fewSlots[count] = slot;
      fewChanges[count] = at;
      if (kind == INSERT) {
        int tupleBytes = readInsert();
        boolean isBehindInsert = count > 0 && fewKinds[count - 1] == INSERT && step == INSERT;
        requireOrder(slot, slot > 0, slot > 0 ? view.head(slot - 1) : 0);
        requireOrder(slot, isBehindInsert, lastHead);
        lastHead = insertHead;
        above = requireBelow(slot, above);
        needed += slotBytes + tupleBytes;
        at += insertSuffixBytes + insertValueBytes;
      } else {
        requireTuple(kind, slot);
        requireBelow(slot, above);
        view.slot(slot);
        above = (int) (view.tupleAddress() - page);
        if (kind == SPLICE) {
          requireHunks(slot);
          needed += (int) peakGrowth;
        }
        slot++;
      }
      if (needed > view.freeBytes()) {
        return false;
      }
      count++;
    }
    while (count > 0) {
      count--;
      applyInPlace(fewKinds[count], fewSlots[count], fewChanges[count]);
    }
    return true;
  }

  /** Where the tuple of a slot ends, which is not above those of the slots before. */
  private int requireBelow(int slot, int above) {
    int tupleEnd = view.tupleEnd(slot);
    if (tupleEnd > above) {
      throw view.corrupt("slot " + slot + ": tuple to offset " + tupleEnd + " above " + above);
    }
    return tupleEnd;
  }

  private void applyInPlace(int kind, int slot, long change) {
    at = change;
    view.wrap(page, pageSizeBytes, Page.pageNo(page));
    if (kind == INSERT) {
      readInsert();
      EntryPageEdits.insert(
          view, slot, insertHead, at, insertSuffixBytes, at + insertSuffixBytes, insertValueBytes);
    } else if (kind == DELETE) {
      EntryPageEdits.remove(view, slot);
    } else {
      view.slot(slot);
      int from = (int) (view.valueAddress() - view.tupleAddress());
      for (int count = number(); count > 0; count--) {
        from += number();
        int removed = number();
        int added = number();
        EntryPageEdits.replace(view, slot, from, removed, at, added);
        from += added;
        at += added;
      }
    }
  }

  // ---- through the scratch memory ----

  private void applyMany(long changes) {
    start();
    at = changes;
    int slot = 0;
    while (at < end) {
      int step = number();
      int from = slot;
      slot = passed(from, step);
      keep(from, slot);
      int kind = step & KIND_MASK;
      if (kind == INSERT) {
        insert(slot);
        continue;
      }
      requireTuple(kind, slot);
      if (kind == SPLICE) {
        splice(slot);
      }
      slot++;
    }
    keep(slot, oldSlots);
    copyBack();
  }

  private int passed(int slot, int step) {
    int passed = step >>> KIND_BITS;
    if (passed > oldSlots - slot) {
      throw view.corrupt("change " + passed + " tuples behind tuple " + slot + " of " + oldSlots);
    }
    return slot + passed;
  }

  private void requireTuple(int kind, int slot) {
    if (slot == oldSlots || kind > DELETE) {
      throw view.corrupt("change of kind " + kind + " of tuple " + slot + " of " + oldSlots);
    }
  }

  private void start() {
    if (buffer.capacity() < 3 * pageSizeBytes) {
      buffer = ByteBuffer.allocateDirect(3 * pageSizeBytes).order(ByteOrder.nativeOrder());
    }
    slotScratch = BufferUtil.address(buffer);
    tupleScratch = slotScratch + pageSizeBytes;
    groupScratch = tupleScratch + pageSizeBytes;
    oldUpper = Page.upper(page);
    lower = groupsOffset() + (view.isGrouped() ? KeyGroups.HEADER_BYTES : 0);
    upper = pageSizeBytes;
    slots = 0;
    groupCount = 0;
    stemsBytes = 0;
    lastHead = 0;
  }

  /** Where groups begin, or slots where there are none. */
  private int groupsOffset() {
    return EntryPage.PREFIX + view.prefixBytes();
  }

  /** The next tuple is of a group of the page as it was, or of one without a stem. */
  private void goOnInGroup(int origin) {
    if (groupCount > 0 && groupOrigins[groupCount - 1] == origin) {
      return;
    }
    if (groupCount == groupFirsts.length) {
      groupFirsts = Arrays.copyOf(groupFirsts, 2 * groupCount);
      groupOrigins = Arrays.copyOf(groupOrigins, 2 * groupCount);
    }
    groupFirsts[groupCount] = slots;
    groupOrigins[groupCount] = origin;
    groupCount++;
    int stem = 0;
    if (origin != WITHOUT_STEM) {
      view.groups().enter(origin);
      stem = view.groups().stemBytes();
    }
    stemsBytes += stem;
    lower += KeyGroups.ENTRY_BYTES + stem;
    if (lower > upper) {
      throw view.corrupt("groups and slots to " + lower + ", tuples from " + upper);
    }
  }

  /** Lays the table of groups out. */
  private void putGroups() {
    KeyGroups.putHeader(groupScratch, groupCount, stemsBytes);
    long stem = groupScratch + KeyGroups.bytes(groupCount, 0);
    int stemEnd = 0;
    for (int i = 0; i < groupCount; i++) {
      if (groupOrigins[i] != WITHOUT_STEM) {
        view.groups().enter(groupOrigins[i]);
        int bytes = view.groups().stemBytes();
        NativeMemory.copy(view.groups().stem(), stem + stemEnd, bytes);
        stemEnd += bytes;
      }
      KeyGroups.putEntry(groupScratch, i, groupFirsts[i], stemEnd);
    }
  }

  private int number() {
    if (at < end) {
      int first = NativeMemory.getByte(at);
      if (first >= 0) {
        at++;
        return first;
      }
    }
    long field = LengthField.read(at, end);
    if (field == LengthField.BAD) {
      throw view.corrupt("change with a number that is cut off or too long");
    }
    at += LengthField.fieldBytes(field);
    return LengthField.value(field);
  }

  /** Takes the bytes of the next tuple, below those before; the caller then writes its slot. */
  private void reserve(long tupleBytes) {
    if (upper - tupleBytes < lower + slotBytes) {
      throw view.corrupt(
          "tuple of "
              + tupleBytes
              + " bytes with "
              + (upper - lower)
              + " left for it and its slot");
    }
    upper -= (int) tupleBytes;
  }

  private void putSlot(boolean isWhole, long head) {
    SlotLayout.putSlot(layout, slotScratch + (long) slots * slotBytes, upper, isWhole, head);
    lower += slotBytes;
    slots++;
    lastHead = head;
  }

  private void keep(int from, int to) {
    if (!view.isGrouped()) {
      if (from < to) {
        keepNeighbours(from, to);
      }
      return;
    }
    for (int at = from; at < to; ) {
      int group = view.groups().of(at);
      int end = Math.min(to, view.groups().to());
      goOnInGroup(group);
      keepNeighbours(at, end);
      at = end;
    }
  }

  /** Takes tuples over as they are: they lie side by side, and so do their slots. */
  private void keepNeighbours(int from, int to) {
    int kept = (to - from) * slotBytes;
    int tuplesEnd = view.tupleEnd(from);
    int below = tuplesEnd;
    int shift = upper - tuplesEnd;
    if (kept > upper - lower) {
      throw noRoom(from, to);
    }
    long slot = slotScratch + (long) slots * slotBytes;
    NativeMemory.copy(view.slotAddress(from), slot, kept);
    for (int i = from; i < to; i++) {
      int marked = NativeMemory.getUnsignedShort(slot);
      int offset = marked & view.offsetMask();
      if (offset > below || offset < oldUpper) {
        throw view.corrupt("slot " + i + ": tuple from offset " + offset + " to " + below);
      }
      NativeMemory.putShort(slot, marked + shift);
      below = offset;
      slot += slotBytes;
    }
    int bytes = tuplesEnd - below;
    if (kept > upper - lower - bytes) {
      throw noRoom(from, to);
    }
    upper -= bytes;
    lower += kept;
    copy(page + below, tupleScratch + upper, bytes);
    slots += to - from;
    lastHead = view.head(to - 1);
  }

  private CorruptPageException noRoom(int from, int to) {
    return view.corrupt(
        "tuples " + from + " to " + to + " with " + (upper - lower) + " bytes left for them");
  }

  /** Copies bytes to where they do not overlap; most are few. The last words overlap others. */
  private static void copy(long from, long to, int bytes) {
    if (bytes > WORDS_BYTES || bytes < 2 * WORD_BYTES) {
      NativeMemory.copy(from, to, bytes);
      return;
    }
    int last = bytes - 2 * WORD_BYTES;
    for (int i = 0; i < last; i += 2 * WORD_BYTES) {
      copyTwoWords(from + i, to + i);
    }
    copyTwoWords(from + last, to + last);
  }

  private static void copyTwoWords(long from, long to) {
    NativeMemory.putLong(to, NativeMemory.getLong(from));
    NativeMemory.putLong(to + WORD_BYTES, NativeMemory.getLong(from + WORD_BYTES));
  }

  private void insert(int slot) {
    int tupleBytes = readInsert();
    int stem = 0;
    if (view.isGrouped()) {
      stem = goOnInGroupOfInsert(slot);
      tupleBytes = EntryTuple.bytes(layout, at + stem, insertSuffixBytes - stem, insertValueBytes);
    } else {
      requireOrder(slot, slots > 0, lastHead);
    }
    reserve(tupleBytes);
    EntryTuple.write(
        layout,
        tupleScratch + upper,
        at + stem,
        insertSuffixBytes - stem,
        at + insertSuffixBytes,
        insertValueBytes);
    putSlot(SlotLayout.isWhole(layout, at + stem, insertSuffixBytes - stem), insertHead);
    at += insertSuffixBytes + insertValueBytes;
  }

  /**
   * Goes on in the group of the key inserted before a slot: that of the tuple before, or of the one
   * behind, or one without a stem. Makes the key's head the one it has there.
   *
   * @return bytes of the group's stem
   */
  private int goOnInGroupOfInsert(int slot) {
    KeyGroups groups = view.groups();
    int last = groupCount > 0 ? groupOrigins[groupCount - 1] : KeyGroups.NONE;
    int left = last == WITHOUT_STEM ? KeyGroups.NONE : last;
    int right = slot < oldSlots ? groups.of(slot) : KeyGroups.NONE;
    int chosen = groups.choose(left, right, at, insertSuffixBytes);
    int stem = chosen == KeyGroups.NONE ? 0 : groups.stemBytes();
    insertHead = SlotLayout.head(layout, at + stem, insertSuffixBytes - stem);
    int origin = chosen == KeyGroups.NONE ? WITHOUT_STEM : chosen;
    if ((origin == last && Long.compareUnsigned(lastHead, insertHead) > 0)
        || (origin == right && Long.compareUnsigned(insertHead, view.head(slot)) > 0)) {
      throw view.corrupt("insert out of order before tuple " + slot);
    }
    goOnInGroup(origin);
    return stem;
  }

  /** Reads what an insert brings, up to its suffix; returns the bytes of its tuple. */
  private int readInsert() {
    insertSuffixBytes = number();
    insertValueBytes = number();
    if ((long) insertSuffixBytes + insertValueBytes > end - at) {
      throw view.corrupt(
          "insert of " + insertSuffixBytes + " and " + insertValueBytes + " bytes is cut off");
    }
    view.requireTaken(insertSuffixBytes);
    insertHead = SlotLayout.head(layout, at, insertSuffixBytes);
    return EntryTuple.bytes(layout, at, insertSuffixBytes, insertValueBytes);
  }

  /** Throws where what is inserted before a tuple is above it, or below one before it. */
  private void requireOrder(int slot, boolean hasBefore, long headBefore) {
    if ((hasBefore && Long.compareUnsigned(headBefore, insertHead) > 0)
        || (slot < oldSlots && Long.compareUnsigned(insertHead, view.head(slot)) > 0)) {
      throw view.corrupt("insert out of order before tuple " + slot);
    }
  }

  /** One or two hunks is what TIDs at the end of a list make, and nearly all there is. */
  private void splice(int slot) {
    if (view.isGrouped()) {
      goOnInGroup(view.groups().of(slot));
    }
    view.slot(slot);
    long start = at;
    int count = number();
    if (count != 1 && count != 2) {
      at = start;
      spliceMany(slot);
      return;
    }
    int left = view.valueBytes();
    int kept = number();
    int removed = number();
    int added = number();
    long bytes = at;
    left = behindHunk(slot, left, kept, removed, added);
    int growth = added - removed;
    int secondKept = 0;
    int secondRemoved = 0;
    int secondAdded = 0;
    if (count == 2) {
      secondKept = number();
      secondRemoved = number();
      secondAdded = number();
      left = behindHunk(slot, left, secondKept, secondRemoved, secondAdded);
      growth += secondAdded - secondRemoved;
    }
    int tupleBytes = view.tupleBytes() + growth;
    long toEnd = tupleScratch + upper;
    reserve(tupleBytes);
    // From the end to the start: what a step touches below is written after it, or free.
    long fromEnd = view.tupleAddress() + view.tupleBytes();
    if (left > 0) {
      copyDown(fromEnd, toEnd, left);
      fromEnd -= left;
      toEnd -= left;
    }
    if (count == 2) {
      copyAdded(start, at, toEnd, secondAdded);
      fromEnd -= secondRemoved;
      toEnd -= secondAdded;
      copyDown(fromEnd, toEnd, secondKept);
      fromEnd -= secondKept;
      toEnd -= secondKept;
    }
    copyAdded(start, bytes + added, toEnd, added);
    fromEnd -= removed;
    copyDown(fromEnd, toEnd - added, (int) (fromEnd - view.tupleAddress()));
    putSlot(view.isWhole(slot), view.head(slot));
  }

  /** Copies a hunk's bytes, most of which are a word at most, and may touch a word below. */
  private static void copyAdded(long readable, long fromEnd, long toEnd, int bytes) {
    if (bytes <= Long.BYTES && fromEnd - Long.BYTES >= readable) {
      NativeMemory.putLong(toEnd - Long.BYTES, NativeMemory.getLong(fromEnd - Long.BYTES));
    } else {
      copy(fromEnd - bytes, toEnd - bytes, bytes);
    }
  }

  /**
   * Copies bytes of the page, from the last to the first, in whole steps: lengths that no processor
   * can guess cost more than the bytes.
   */
  private static void copyDown(long fromEnd, long toEnd, int bytes) {
    int done = 0;
    do {
      done += STEP_BYTES;
      copyTwoWords(fromEnd - done, toEnd - done);
    } while (done < bytes);
  }

  /**
   * Passes a hunk's bytes; returns what is left of the value behind it, and throws where it is
   * beyond.
   */
  private int behindHunk(int slot, int left, int kept, int removed, int added) {
    long rest = (long) left - kept - removed;
    if (rest < 0 || added > end - at) {
      throw badHunk(slot, kept, removed, added);
    }
    at += added;
    return (int) rest;
  }

  private CorruptPageException badHunk(int slot, int kept, int removed, int added) {
    return view.corrupt(
        String.format(
            "splice of slot %d: %d bytes for %d behind %d, beyond its value of %d",
            slot, added, removed, kept, view.valueBytes()));
  }

  private void spliceMany(int slot) {
    long hunk = at;
    int tupleBytes = view.tupleBytes() + requireHunks(slot);
    reserve(tupleBytes);
    long to = tupleScratch + upper;
    long from = view.tupleAddress();
    int kept = (int) (view.valueAddress() - from);
    for (int i = 0; i < hunkCount; i++) {
      int added = hunkLengths[HUNK_LENGTHS * i + 2];
      kept += hunkLengths[HUNK_LENGTHS * i];
      copy(from, to, kept);
      copy(hunk + hunkOffsets[i], to + kept, added);
      from += kept + hunkLengths[HUNK_LENGTHS * i + 1];
      to += kept + added;
      kept = 0;
    }
    copy(from, to, (int) (view.tupleAddress() + view.tupleBytes() - from));
    putSlot(view.isWhole(slot), view.head(slot));
  }

  /**
   * Reads the hunks of a slot; throws where one leaves the value or is cut off.
   *
   * @return by how much the value grows
   */
  private int requireHunks(int slot) {
    long start = at;
    int left = view.valueBytes();
    long growth = 0;
    hunkCount = 0;
    peakGrowth = 0;
    for (int count = number(); count > 0; count--) {
      int kept = number();
      int removed = number();
      int added = number();
      long bytes = at;
      left = behindHunk(slot, left, kept, removed, added);
      if (hunkCount == hunkOffsets.length) {
        hunkOffsets = Arrays.copyOf(hunkOffsets, 2 * hunkCount);
        hunkLengths = Arrays.copyOf(hunkLengths, 2 * hunkLengths.length);
      }
      hunkOffsets[hunkCount] = (int) (bytes - start);
      hunkLengths[HUNK_LENGTHS * hunkCount] = kept;
      hunkLengths[HUNK_LENGTHS * hunkCount + 1] = removed;
      hunkLengths[HUNK_LENGTHS * hunkCount + 2] = added;
      hunkCount++;
      growth += added - removed;
      peakGrowth = Math.max(peakGrowth, growth);
    }
    return (int) Math.min(growth, pageSizeBytes);
  }

  private void copyBack() {
    int oldLower = Page.lower(page);
    if (view.isGrouped()) {
      copyGroupsBack();
    }
    int slotsTotal = slots * slotBytes;
    NativeMemory.copy(slotScratch, page + lower - slotsTotal, slotsTotal);
    NativeMemory.copy(tupleScratch + upper, page + upper, pageSizeBytes - upper);
    // The rest of the hole is zeros already.
    zero(lower, Math.min(oldLower, upper));
    zero(Math.max(oldUpper, lower), upper);
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    Page.lower(page, lower);
    Page.upper(page, upper);
  }

  private void copyGroupsBack() {
    if (groupCount == 0) {
      lower = groupsOffset();
      Page.flags(page, SlotLayout.withoutGroups(layout));
      return;
    }
    putGroups();
    int bytes = KeyGroups.bytes(groupCount, stemsBytes);
    NativeMemory.copy(groupScratch, page + groupsOffset(), bytes);
  }

  private void zero(int from, int to) {
    if (from < to) {
      NativeMemory.fill(page + from, to - from, 0);
    }
  }

  /** The changes in words. */
  static String describe(long changes, int length) {
    StringBuilder words = new StringBuilder("entry merge");
    long end = changes + length;
    long at = changes;
    int slot = 0;
    while (at < end) {
      long field = LengthField.read(at, end);
      if (field == LengthField.BAD) {
        break;
      }
      at += LengthField.fieldBytes(field);
      slot += LengthField.value(field) >>> KIND_BITS;
      int kind = LengthField.value(field) & KIND_MASK;
      if (kind == INSERT) {
        long suffix = LengthField.read(at, end);
        at += suffix == LengthField.BAD ? 0 : LengthField.fieldBytes(suffix);
        long value = LengthField.read(at, end);
        if (suffix == LengthField.BAD || value == LengthField.BAD) {
          break;
        }
        at += LengthField.fieldBytes(value);
        at += (long) LengthField.value(suffix) + LengthField.value(value);
        words.append(", insert before slot ").append(slot).append(" suffix of ");
        words.append(LengthField.value(suffix)).append(" bytes value of ");
        words.append(LengthField.value(value));
      } else if (kind == SPLICE) {
        words.append(", splice slot ").append(slot++);
        at = describeHunks(at, end, words);
      } else {
        words.append(kind == DELETE ? ", delete slot " : ", unknown change of slot ");
        words.append(slot++);
      }
    }
    return words.append(at == end ? "" : ", cut off").toString();
  }

  private static long describeHunks(long hunks, long end, StringBuilder words) {
    long field = LengthField.read(hunks, end);
    if (field == LengthField.BAD) {
      return end + 1;
    }
    long at = hunks + LengthField.fieldBytes(field);
    int offset = 0;
    for (int count = LengthField.value(field); count > 0; count--) {
      int[] lengths = new int[HUNK_LENGTHS];
      for (int i = 0; i < lengths.length; i++) {
        field = LengthField.read(at, end);
        if (field == LengthField.BAD) {
          return end + 1;
        }
        lengths[i] = LengthField.value(field);
        at += LengthField.fieldBytes(field);
      }
      offset += lengths[0];
      words.append(" at ").append(offset).append(": ").append(lengths[1]);
      words.append(" bytes become ").append(lengths[2]);
      offset += lengths[2];
      at += lengths[2];
    }
    return at;
  }
}
