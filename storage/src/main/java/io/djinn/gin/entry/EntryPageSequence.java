package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;

/**
 * The tuples a page would have after one change: those of a copy of the page, with one inserted or
 * with another value.
 */
final class EntryPageSequence {
  private final int pageSizeBytes;
  private final long copy;
  private final long keyScratch;
  private final long otherKeyScratch;
  private final EntryPage page = new EntryPage();
  private final PageMeasure measure;

  private int count;
  private int changedIndex;
  private boolean isInsert;
  private long key;
  private int keyLength;
  private long value;
  private int valueBytes;

  EntryPageSequence(long work, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    measure = new PageMeasure(pageSizeBytes);
    copy = work;
    keyScratch = work + pageSizeBytes;
    otherKeyScratch = keyScratch + pageSizeBytes;
  }

  static int workBytes(int pageSizeBytes) {
    return 3 * pageSizeBytes;
  }

  /** The page's tuples with one more; key and value stay where they are until they are used. */
  void insert(EntryPage from, int slot, long key, int keyLength, long value, int valueBytes) {
    copy(from);
    isInsert = true;
    count = page.slotCount() + 1;
    changedIndex = slot;
    this.key = key;
    this.keyLength = keyLength;
    this.value = value;
    this.valueBytes = valueBytes;
  }

  /** The page's tuples, one of them with another value. */
  void replace(EntryPage from, int slot, long value, int valueBytes) {
    copy(from);
    isInsert = false;
    count = page.slotCount();
    changedIndex = slot;
    this.value = value;
    this.valueBytes = valueBytes;
  }

  private void copy(EntryPage from) {
    NativeMemory.copy(from.address(), copy, pageSizeBytes);
    page.wrap(copy, pageSizeBytes, from.pageNo());
  }

  int count() {
    return count;
  }

  /** Index of the tuple that is new or has another value. */
  int changedIndex() {
    return changedIndex;
  }

  int level() {
    return page.level();
  }

  /** Page number of the leftmost child, 0 of a leaf. */
  int leftmost() {
    return page.isLeaf() ? 0 : page.child(0);
  }

  /** Whether a page with all of them, laid out anew, may have room for them. */
  boolean mayFitPage() {
    int prefixBytes = measure();
    return page.isGrouped() || EntryPage.PREFIX + prefixBytes + measure.bytes() <= pageSizeBytes;
  }

  /** Measures all of them; returns the bytes of their common prefix. */
  private int measure() {
    int prefixBytes = commonPrefix();
    measure.clear();
    for (int i = 0; i < count; i++) {
      int suffixBytes = suffixBytes(i, prefixBytes);
      measure.add(suffixBytes, suffixBytes == 0 || lastByte(i) != 0, valueBytes(i));
    }
    return prefixBytes;
  }

  /** Goes to the tuple at an index; returns the bytes of its key behind the prefix. */
  private int suffixBytes(int index, int prefixBytes) {
    int slot = slot(index);
    int length = keyLength;
    if (slot >= 0) {
      requireKeyLength(slot);
      length = page.keyBytes();
    }
    // Less than none only where the page has its keys out of order.
    return Math.max(0, length - prefixBytes);
  }

  /** The last byte of the key at an index, which was gone to and is not empty. */
  private int lastByte(int index) {
    int slot = slot(index);
    return slot >= 0
        ? page.keyByte(slot, page.keyBytes() - 1)
        : NativeMemory.getByte(key + keyLength - 1);
  }

  /** Bytes of the value of the tuple gone to last, which is at this index. */
  private int valueBytes(int index) {
    return index == changedIndex ? valueBytes : page.valueBytes();
  }

  private int commonPrefix() {
    int firstLength = copyKey(0, keyScratch);
    int lastLength = copyKey(count - 1, otherKeyScratch);
    return NativeMemory.commonPrefix(keyScratch, firstLength, otherKeyScratch, lastLength);
  }

  /** Slot in the copy of the tuple at an index, -1 for the one inserted. */
  private int slot(int index) {
    if (!isInsert || index < changedIndex) {
      return index;
    }
    return index == changedIndex ? -1 : index - 1;
  }

  /** Copies the key at an index; returns its length. */
  int copyKey(int index, long out) {
    int slot = slot(index);
    if (slot >= 0) {
      requireKeyLength(slot);
      return page.copyKey(slot, out);
    }
    NativeMemory.copy(key, out, keyLength);
    return keyLength;
  }

  /** Keeps copies of keys inside their scratch whatever the page says. */
  private void requireKeyLength(int slot) {
    page.slot(slot);
    if (page.keyBytes() > EntryKeys.maxKeyBytes(pageSizeBytes)) {
      throw page.corrupt("slot " + slot + ": key of " + page.keyBytes() + " bytes");
    }
  }

  /** The child whose separator is at an index. */
  int child(int index) {
    int slot = slot(index);
    return slot >= 0 ? page.child(slot + 1) : NativeMemory.getInt(value);
  }

  /** The groups pages with these tuples get: those the page has. */
  EntryPageBuilder.Groups groups() {
    return page.isGrouped() ? EntryPageBuilder.Groups.GIVEN : EntryPageBuilder.Groups.NONE;
  }

  boolean appendTo(EntryPageBuilder builder, int index) {
    boolean beginsGroup = page.isGrouped() && beginsGroup(index);
    int stem = page.isGrouped() ? stem(index) : 0;
    int length = copyKey(index, keyScratch);
    boolean changed = index == changedIndex;
    return builder.tryAppend(
        keyScratch,
        length,
        changed ? value : page.valueAddress(),
        changed ? valueBytes : page.valueBytes(),
        beginsGroup,
        stem);
  }

  /** Bytes of the stem of a tuple's group, the page's prefix included; 0 of one with its own. */
  private int stem(int index) {
    int slot = slot(index);
    if (slot < 0) {
      if (beginsGroup(index)) {
        return 0;
      }
      slot = index;
    }
    page.groups().of(slot);
    return page.prefixBytes() + page.groups().stemBytes();
  }

  /**
   * Whether a tuple is the first of its group; one inserted between two groups has its own, without
   * a stem. So each part of the tuples takes no more than it took, but for that one.
   */
  private boolean beginsGroup(int index) {
    int slot = slot(index);
    if (slot >= 0) {
      page.groups().of(slot);
      return page.groups().from() == slot;
    }
    return index == 0
        || index == page.slotCount()
        || page.groups().of(index - 1) != page.groups().of(index);
  }

  /**
   * Writes the shortest key above the tuple before an index and not above the one at it; returns
   * its length.
   */
  int shortestSeparator(int index, long out) {
    int before = copyKey(index - 1, keyScratch);
    int length = copyKey(index, otherKeyScratch);
    int common = NativeMemory.commonPrefix(keyScratch, before, otherKeyScratch, length);
    if (common == length) {
      throw page.corrupt("keys " + (index - 1) + " and " + index + " are out of order");
    }
    NativeMemory.copy(otherKeyScratch, out, common + 1);
    return common + 1;
  }

  /**
   * Bytes of each tuple with its slot on a page with all of them, where no key is whole in its
   * head; the first of a group has those of the group.
   */
  void sizes(int[] sizes) {
    int prefixBytes = measure();
    boolean isEven = !page.isGrouped() && measure.isEven();
    int stem = 0;
    for (int i = 0; i < count; i++) {
      int suffixBytes = suffixBytes(i, prefixBytes);
      int ofGroup = 0;
      if (page.isGrouped()) {
        if (beginsGroup(i)) {
          stem = slot(i) < 0 ? suffixBytes : suffixBytes - page.suffixBytes();
          ofGroup = KeyGroups.ENTRY_BYTES + stem;
        }
        suffixBytes = Math.max(0, suffixBytes - stem);
      }
      sizes[i] =
          ofGroup
              + SlotLayout.OFFSET_BYTES
              + suffixBytes
              + (isEven ? 0 : LengthField.bytes(suffixBytes))
              + valueBytes(i);
    }
  }
}
