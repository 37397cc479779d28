package io.djinn.gin.entry;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.posting.PostingList;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * View of an entry page, leaf or inner: slots in key order in front, tuples at the back.
 *
 * <pre>
 * byteOffset  bytes       field         meaning
 *          0     32       page header   lower: end of the slots; upper: start of the tuples;
 *                                       flags: {@link SlotLayout}
 *         32      2       slotCount     tuples of the page
 *         34      2       prefixBytes   length of the prefix common to all keys of the page
 *         36      4       leftmost      inner: page number of the child left of all separators; leaf: 0
 *         40      prefix  prefix        stored once, elided from all keys
 *         40 + prefix     groups        {@link KeyGroups}, where the layout says so
 *                         slots         2 to 10 bytes each, ascending by key: tuple's
 *                                       byteOffset, maybe marked (2), head (0 to 8)
 *      upper      ..      tuples        {@link EntryTuple}, from the page's end in the order of keys,
 *                                       without gaps
 * </pre>
 *
 * <p>A tuple ends where the one before it begins, the first at the page's end. A head is the first
 * bytes of the key behind the prefix, and behind the stem of its group, as a big-endian number,
 * padded with zeros: keys are compared by heads alone, and by tails and lengths only where heads
 * are equal. With groups the group is found first, by the stems and first keys.
 *
 * <p>A separator of an inner page is the lowest key its child may hold. {@link #wrap} checks the
 * fields of the page and {@link #slot} those of one tuple; nothing is read before it is checked.
 */
public final class EntryPage {
  static final int SLOT_COUNT = Page.HEADER_BYTES;
  static final int PREFIX_BYTES = SLOT_COUNT + 2;
  static final int LEFTMOST = PREFIX_BYTES + 2;
  static final int PREFIX = LEFTMOST + 4;

  /** Bytes of an inner tuple's value: a page number. */
  static final int CHILD_BYTES = 4;

  /** A tree this high would have more pages than there are page numbers. */
  static final int MAX_LEVEL = 31;

  private static final String FILE = "pages";

  private long page;
  private int pageNo;
  private int pageSizeBytes;
  private int slotCount;
  private int prefixBytes;
  private int upper;
  private int level;
  private int layout;
  private int headBytes;
  private int slotBytes;
  private int offsetMask;

  /** Keeps of eight bytes that end with a head, shifted, what is head. */
  private long headMask;

  private long slots;

  private final KeyGroups groups = new KeyGroups(this);
  private boolean isGrouped;

  /** The slot gone to last. */
  private int current;

  private long tuple;
  private int tupleBytes;
  private int suffixBytes;
  private long tail;

  /**
   * Takes a page and checks its fields.
   *
   * @throws CorruptPageException where it is no entry page or its fields do not fit together
   */
  public EntryPage wrap(long page, int pageSizeBytes, int pageNo) {
    int kind = Page.kind(page);
    level = Page.level(page);
    boolean leaf = kind == PageKind.ENTRY_LEAF.id();
    if (!leaf && kind != PageKind.ENTRY_INNER.id()) {
      throw corrupt(page, pageNo, "an entry page was expected");
    }
    if (Page.pageNo(page) != pageNo) {
      throw corrupt(page, pageNo, "its header says page " + Page.pageNo(page));
    }
    if (leaf ? level != 0 : level == 0 || level > MAX_LEVEL) {
      throw corrupt(page, pageNo, "level " + level);
    }
    slotCount = NativeMemory.getUnsignedShort(page + SLOT_COUNT);
    prefixBytes = NativeMemory.getUnsignedShort(page + PREFIX_BYTES);
    upper = Page.upper(page);
    layout = Page.flags(page);
    if (!SlotLayout.isValid(layout, pageSizeBytes)) {
      throw corrupt(page, pageNo, "layout " + layout);
    }
    headBytes = SlotLayout.headBytes(layout);
    slotBytes = SlotLayout.slotBytes(layout);
    offsetMask = SlotLayout.offsetMask(layout);
    headMask = SlotLayout.headMask(layout);
    int slotsOffset = PREFIX + prefixBytes;
    isGrouped = SlotLayout.isGrouped(layout);
    if (isGrouped) {
      int room = Math.min(upper, pageSizeBytes) - slotsOffset;
      int groupsBytes = leaf ? groups.wrap(page + slotsOffset, room, slotCount) : -1;
      if (groupsBytes < 0) {
        throw corrupt(
            page,
            pageNo,
            "groups of " + slotCount + " slots do not fit behind a prefix of " + prefixBytes);
      }
      slotsOffset += groupsBytes;
    }
    slots = page + slotsOffset;
    int lower = slotsOffset + slotCount * slotBytes;
    if (lower != Page.lower(page) || lower > upper || upper > pageSizeBytes) {
      throw corrupt(
          page,
          pageNo,
          slotCount
              + " slots and a prefix of "
              + prefixBytes
              + " bytes end at "
              + lower
              + ", but the hole is "
              + Page.lower(page)
              + " .. "
              + upper);
    }
    this.page = page;
    this.pageNo = pageNo;
    this.pageSizeBytes = pageSizeBytes;
    return this;
  }

  /** Lays out an empty entry page over a buffer that holds none yet. */
  static void format(long page, int pageSizeBytes, int pageNo, PageKind kind, int level) {
    Page.format(page, pageSizeBytes, pageNo, kind.id(), level);
    clear(page);
  }

  /** Lays out a page that {@link Page#format} formatted as an empty entry page. */
  static void clear(long page) {
    Page.flags(page, SlotLayout.OF_EMPTY_PAGE);
    Page.lower(page, PREFIX);
  }

  /**
   * Copies an entry page over another page's bytes, which keep page number, batch and checksum.
   *
   * @param from address of a whole page
   * @param to address of a whole page
   */
  static void copyContent(long from, long to, int pageSizeBytes) {
    int pageNo = Page.pageNo(to);
    long batch = Page.batch(to);
    int checksum = Page.checksum(to);
    NativeMemory.copy(from, to, pageSizeBytes);
    Page.pageNo(to, pageNo);
    Page.batch(to, batch);
    Page.checksum(to, checksum);
  }

  public boolean isLeaf() {
    return level == 0;
  }

  public int level() {
    return level;
  }

  public int pageNo() {
    return pageNo;
  }

  public int slotCount() {
    return slotCount;
  }

  int prefixBytes() {
    return prefixBytes;
  }

  int layout() {
    return layout;
  }

  int slotBytes() {
    return slotBytes;
  }

  boolean isGrouped() {
    return isGrouped;
  }

  /** The groups of a page that {@link #isGrouped has them}. */
  KeyGroups groups() {
    return groups;
  }

  /** Where the slots begin, byteOffset in the page. */
  int slotsOffset() {
    return (int) (slots - page);
  }

  long address() {
    return page;
  }

  /** The most bytes a tuple takes on this page, with its slot and a group of its own. */
  int bytesWithSlot(int ofSuffix, int ofValue) {
    int ofGroup = isGrouped ? KeyGroups.ENTRY_BYTES : 0;
    return ofGroup + slotBytes + EntryTuple.mostBytes(layout, ofSuffix, ofValue);
  }

  /**
   * The most bytes a tuple takes that comes to a slot: inside a group its key begins with the stem.
   *
   * @param ofSuffix bytes of its key behind the page's prefix
   */
  int bytesWithSlot(int slot, int ofSuffix, int ofValue) {
    if (!isGrouped || slot == 0 || slot == slotCount || groups.of(slot - 1) != groups.of(slot)) {
      return bytesWithSlot(ofSuffix, ofValue);
    }
    int behindStem = Math.max(0, ofSuffix - groups.stemBytes());
    return slotBytes + EntryTuple.mostBytes(layout, behindStem, ofValue);
  }

  /** Bytes left for a tuple and its slot. */
  int freeBytes() {
    return upper - Page.lower(page);
  }

  /** A slot's head; what is loaded before it is the page's too. */
  long head(int slot) {
    long end = slots + (long) (slot + 1) * slotBytes;
    long bytes = Long.reverseBytes(NativeMemory.getLong(end - Long.BYTES));
    return bytes << -8 * headBytes & headMask;
  }

  /** The byteOffset of the tuple whose slot is at an address. */
  int offset(long slotAddress) {
    return NativeMemory.getUnsignedShort(slotAddress) & offsetMask;
  }

  int offsetMask() {
    return offsetMask;
  }

  /** Whether a slot is marked: its key is whole in its head. */
  boolean isWhole(int slot) {
    return (NativeMemory.getUnsignedShort(slotAddress(slot)) & ~offsetMask) != 0;
  }

  long slotAddress(int slot) {
    return slots + (long) slot * slotBytes;
  }

  /**
   * Where the tuple of a slot ends, byteOffset in the page.
   *
   * @param slot 0 to {@link #slotCount()}: that of the next tuple there would be, too
   */
  int tupleEnd(int slot) {
    int end = slot == 0 ? pageSizeBytes : offset(slotAddress(slot) - slotBytes);
    if (end < upper || end > pageSizeBytes) {
      throw corrupt("slot " + (slot - 1) + ": tuple at offset " + end);
    }
    return end;
  }

  /** Children of an inner page: one more than separators. */
  public int childCount() {
    return slotCount + 1;
  }

  /**
   * Page number of a child.
   *
   * @param index 0 for the leftmost, else one more than the slot of its separator
   */
  public int child(int index) {
    int child;
    if (index == 0) {
      child = NativeMemory.getInt(page + LEFTMOST);
    } else {
      slot(index - 1);
      if (valueBytes() != CHILD_BYTES) {
        throw corrupt("slot " + (index - 1) + ": downlink of " + valueBytes() + " bytes");
      }
      child = NativeMemory.getInt(valueAddress());
    }
    if (child <= 0 || child > Page.MAX_PAGE_NO) {
      throw corrupt("child " + index + ": page number " + child);
    }
    return child;
  }

  /** Which child may hold a key. */
  int childIndex(long key, int length) {
    int found = find(key, length);
    return found >= 0 ? found + 1 : ~found;
  }

  int childIndex(byte[] key, int length) {
    int found = find(key, length);
    return found >= 0 ? found + 1 : ~found;
  }

  /** Slot of a key, or the complement of the slot it would get. */
  int find(long key, int length) {
    int common = NativeMemory.commonPrefix(key, length, page + PREFIX, prefixBytes);
    if (common < prefixBytes) {
      boolean before =
          common == length
              || NativeMemory.getUnsignedByte(key + common)
                  < NativeMemory.getUnsignedByte(page + PREFIX + common);
      return before ? ~0 : ~slotCount;
    }
    return find(key + prefixBytes, null, prefixBytes, length - prefixBytes);
  }

  /** Slot of a key, or the complement of the slot it would get. */
  int find(byte[] key, int length) {
    for (int i = 0; i < prefixBytes; i++) {
      int difference =
          i == length ? -1 : (key[i] & 0xFF) - NativeMemory.getUnsignedByte(page + PREFIX + i);
      if (difference != 0) {
        return difference < 0 ? ~0 : ~slotCount;
      }
    }
    return find(0, key, prefixBytes, length - prefixBytes);
  }

  /**
   * Finds a key behind the page's prefix, given at an address or in an array from an index on,
   * which counts where there is no address.
   */
  private int find(long suffix, byte[] key, int from, int suffixLength) {
    return isGrouped
        ? findInGroups(suffix, key, from, suffixLength)
        : search(0, slotCount - 1, suffix, key, from, suffixLength);
  }

  private int findInGroups(long suffix, byte[] key, int from, int suffixLength) {
    // The last group whose first key is not above this one.
    int low = 0;
    int high = groups.count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      groups.enter(middle);
      int order = compareFirst(suffix, key, from, suffixLength);
      if (order == 0) {
        return groups.from();
      }
      if (order > 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    if (high < 0) {
      return ~0;
    }
    groups.enter(high);
    if (compareStem(suffix, key, from, suffixLength) != 0) {
      return ~groups.to();
    }
    int stem = groups.stemBytes();
    return search(
        groups.from(), groups.to() - 1, suffix + stem, key, from + stem, suffixLength - stem);
  }

  /** Compares a key with the first of the group gone to. */
  private int compareFirst(long suffix, byte[] key, int from, int suffixLength) {
    int order = compareStem(suffix, key, from, suffixLength);
    if (order != 0) {
      return order;
    }
    int stem = groups.stemBytes();
    int first = groups.from();
    long head = head(suffix + stem, key, from + stem, suffixLength - stem);
    order = Long.compareUnsigned(head, head(first));
    return order != 0
        ? order
        : -compareTail(first, suffix + stem, key, from + stem, suffixLength - stem);
  }

  /** Compares a key with the stem of the group gone to; 0 where it begins with it. */
  private int compareStem(long suffix, byte[] key, int from, int suffixLength) {
    long stem = groups.stem();
    int stemBytes = groups.stemBytes();
    int length = Math.min(stemBytes, suffixLength);
    if (key == null) {
      return NativeMemory.compare(suffix, length, stem, stemBytes);
    }
    for (int i = 0; i < length; i++) {
      int difference = (key[from + i] & 0xFF) - NativeMemory.getUnsignedByte(stem + i);
      if (difference != 0) {
        return difference;
      }
    }
    return length - stemBytes;
  }

  private long head(long suffix, byte[] key, int from, int suffixLength) {
    if (key == null) {
      return SlotLayout.head(layout, suffix, suffixLength);
    }
    long head = 0;
    for (int i = 0; i < headBytes && i < suffixLength; i++) {
      head |= (key[from + i] & 0xFFL) << (56 - 8 * i);
    }
    return head;
  }

  private int search(int first, int last, long suffix, byte[] key, int from, int suffixLength) {
    long head = head(suffix, key, from, suffixLength);
    int low = first;
    int high = last;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(head(middle), head);
      if (order == 0) {
        order = compareTail(middle, suffix, key, from, suffixLength);
        if (order == 0) {
          return middle;
        }
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ~low;
  }

  /** Compares a slot's key with one of the same head, given at an address or in an array. */
  private int compareTail(int slot, long suffix, byte[] key, int from, int suffixLength) {
    slot(slot);
    int tailBytes = Math.min(suffixBytes, suffixLength) - headBytes;
    if (tailBytes > 0) {
      if (key == null) {
        return NativeMemory.compare(
            tail, suffixBytes - headBytes, suffix + headBytes, suffixLength - headBytes);
      }
      for (int i = 0; i < tailBytes; i++) {
        int difference =
            NativeMemory.getUnsignedByte(tail + i) - (key[from + headBytes + i] & 0xFF);
        if (difference != 0) {
          return difference;
        }
      }
    }
    return suffixBytes - suffixLength;
  }

  /** Throws where a key does not fit the layout by its length behind the prefix. */
  void requireTaken(int suffix) {
    if (!SlotLayout.takes(layout, suffix)) {
      throw corrupt("suffix of " + suffix + " bytes on a page with " + describeLayout());
    }
  }

  /**
   * Bytes the tuples grow by at most when a key of this length comes to the page: those of an even
   * page get a length field, of one byte, where its length is another one.
   */
  int growthBytes(int keyLength) {
    return SlotLayout.takes(layout, keyLength - prefixBytes) ? 0 : slotCount;
  }

  /** Whether a key has the page's common prefix and fits its layout. */
  boolean takes(long key, int length) {
    return length >= prefixBytes
        && SlotLayout.takes(layout, length - prefixBytes)
        && NativeMemory.commonPrefix(key, prefixBytes, page + PREFIX, prefixBytes) == prefixBytes;
  }

  /**
   * Goes to a tuple and checks its fields.
   *
   * @param slot 0 to {@link #slotCount()} - 1
   */
  public void slot(int slot) {
    current = slot;
    long slotAddress = slotAddress(slot);
    int marked = NativeMemory.getUnsignedShort(slotAddress);
    int offset = marked & offsetMask;
    int end = slot == 0 ? pageSizeBytes : offset(slotAddress - slotBytes);
    tupleBytes = end - offset;
    tuple = page + offset;
    if (offset < upper || tupleBytes < 0 || end > pageSizeBytes) {
      throw corrupt("slot " + slot + ": tuple from offset " + offset + " to " + end);
    }
    if (SlotLayout.isEven(layout)) {
      suffixBytes = headBytes;
      tail = tuple;
      return;
    }
    if (marked != offset) {
      suffixBytes = SlotLayout.wholeBytes(head(slot));
      tail = tuple;
      return;
    }
    int first = tupleBytes > 0 ? NativeMemory.getByte(tuple) : -1;
    if (first >= 0 && Math.max(0, first - headBytes) < tupleBytes) {
      // One byte of length, as nearly all have.
      suffixBytes = first;
      tail = tuple + 1;
      return;
    }
    long field = LengthField.read(tuple, tuple + tupleBytes);
    suffixBytes = LengthField.value(field);
    if (field == LengthField.BAD
        || suffixBytes > pageSizeBytes
        || LengthField.fieldBytes(field) + tailBytes() > tupleBytes) {
      throw corrupt("slot " + slot + ": key suffix does not fit its tuple");
    }
    tail = tuple + LengthField.fieldBytes(field);
  }

  /** Whether the tuple of a slot has a length field though its key is whole in its head. */
  boolean hasNeedlessLength(int slot) {
    slot(slot);
    return SlotLayout.isMarked(layout)
        && !isWhole(slot)
        && suffixBytes <= headBytes
        && SlotLayout.wholeBytes(head(slot)) == suffixBytes;
  }

  private int tailBytes() {
    return Math.max(0, suffixBytes - headBytes);
  }

  long tupleAddress() {
    return tuple;
  }

  int tupleBytes() {
    return tupleBytes;
  }

  int suffixBytes() {
    return suffixBytes;
  }

  /** Address of the current tuple's value. */
  long valueAddress() {
    return tail + tailBytes();
  }

  /** Bytes of the current tuple's value. */
  int valueBytes() {
    return tupleBytes - (int) (valueAddress() - tuple);
  }

  /** A byte of the key at a slot, 0 where the key is shorter. */
  int keyByte(int slot, int index) {
    if (index < prefixBytes) {
      return NativeMemory.getUnsignedByte(page + PREFIX + index);
    }
    int inSuffix = index - prefixBytes;
    if (isGrouped) {
      groups.of(slot);
      if (inSuffix < groups.stemBytes()) {
        return NativeMemory.getUnsignedByte(groups.stem() + inSuffix);
      }
      inSuffix -= groups.stemBytes();
    }
    if (inSuffix < headBytes) {
      return NativeMemory.getUnsignedByte(slotAddress(slot) + SlotLayout.HEAD + inSuffix);
    }
    slot(slot);
    return inSuffix < suffixBytes ? NativeMemory.getUnsignedByte(tail + inSuffix - headBytes) : 0;
  }

  /** Length of the key at the slot gone to last, bytes. */
  public int keyBytes() {
    return prefixBytes + stemBytes() + suffixBytes;
  }

  /** Goes to the group of the slot gone to last; bytes of its stem, 0 where there are no groups. */
  private int stemBytes() {
    if (!isGrouped) {
      return 0;
    }
    groups.of(current);
    return groups.stemBytes();
  }

  /**
   * Copies the key at a slot.
   *
   * @param out room for {@link #keyBytes()} and eight bytes more
   * @return its length
   */
  int copyKey(int slot, long out) {
    slot(slot);
    NativeMemory.copy(page + PREFIX, out, prefixBytes);
    long behind = out + prefixBytes;
    int stemBytes = stemBytes();
    if (stemBytes > 0) {
      NativeMemory.copy(groups.stem(), behind, stemBytes);
      behind += stemBytes;
    }
    NativeMemory.putLong(behind, Long.reverseBytes(head(slot)));
    NativeMemory.copy(tail, behind + headBytes, tailBytes());
    return prefixBytes + stemBytes + suffixBytes;
  }

  /** The key at a slot. */
  public byte[] key(int slot) {
    slot(slot);
    byte[] key = new byte[keyBytes()];
    copyKey(slot, key);
    return key;
  }

  /** Copies the key at a slot into an array that is long enough; returns its length. */
  int copyKey(int slot, byte[] out) {
    slot(slot);
    NativeMemory.copyToArray(page + PREFIX, out, 0, prefixBytes);
    int behind = prefixBytes;
    if (isGrouped) {
      int stemBytes = stemBytes();
      NativeMemory.copyToArray(groups.stem(), out, prefixBytes, stemBytes);
      behind += stemBytes;
    }
    long head = head(slot);
    for (int i = 0; i < headBytes && i < suffixBytes; i++) {
      out[behind + i] = (byte) (head >>> (56 - 8 * i));
    }
    if (suffixBytes > headBytes) {
      NativeMemory.copyToArray(tail, out, behind + headBytes, suffixBytes - headBytes);
    }
    return behind + suffixBytes;
  }

  /** Root of the posting tree of the leaf tuple gone to last, 0 where its list is inline. */
  public int postingRoot() {
    return LeafValue.isTree(valueAddress(), valueBytes()) ? LeafValue.root(valueAddress()) : 0;
  }

  /** The layout in words. */
  String describeLayout() {
    return (SlotLayout.isEven(layout) ? "even heads of " : "heads of ")
        + headBytes
        + (isGrouped ? " bytes in " + groups.count() + " groups" : " bytes");
  }

  /** The page in words, a line a slot. */
  public String describe() {
    StringBuilder words = new StringBuilder();
    words.append(slotCount).append(" slots, prefix of ").append(prefixBytes).append(" bytes, ");
    words.append(describeLayout()).append('\n');
    if (!isLeaf()) {
      words.append("child ").append(child(0)).append('\n');
    }
    PostingPlace place = new PostingPlace();
    PostingList list = new PostingList();
    for (int slot = 0; slot < slotCount; slot++) {
      words.append(slot).append(": ").append(EntryKeys.describe(key(slot)));
      if (!isLeaf()) {
        words.append(" -> child ").append(child(slot + 1)).append('\n');
        continue;
      }
      place.read(this, slot);
      if (place.isTree()) {
        words.append(" -> posting tree ").append(place.root()).append(", ");
        words.append(place.tidCount()).append(" TIDs\n");
      } else {
        long address = place.listAddress(page);
        words.append(" -> ").append(list.describe(address, place.listBytes())).append('\n');
      }
    }
    return words.toString();
  }

  CorruptPageException corrupt(String detail) {
    return corrupt(page, pageNo, detail);
  }

  static CorruptPageException corrupt(long page, int pageNo, String detail) {
    return new CorruptPageException(FILE, pageNo, PageKind.describe(Page.kind(page)), detail);
  }
}
