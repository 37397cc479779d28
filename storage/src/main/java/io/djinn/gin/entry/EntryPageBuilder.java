package io.djinn.gin.entry;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/**
 * Packs sorted tuples into an entry page, leaf or inner; splits, rebuilds and the bulk load use it.
 *
 * <p>The page's common prefix is that of its first and last key, and its {@link SlotLayout} follows
 * from the lengths of all its keys: tuples are gathered and measured, and laid out when the page is
 * asked for. A leaf may get {@link KeyGroups groups} where its tuples do not fit it without.
 */
public final class EntryPageBuilder {
  /** Bytes of a leaf tuple's value that says where a posting tree is. */
  public static final int TREE_VALUE_BYTES = LeafValue.TREE_BYTES;

  /**
   * Before a gathered tuple: bytes that its key has in common with the one before, of the rest of
   * the key, of the value.
   */
  private static final int GATHERED_COMMON = 0;

  private static final int GATHERED_REST = GATHERED_COMMON + 2;
  private static final int GATHERED_VALUE = GATHERED_REST + 2;
  private static final int GATHERED_HEADER_BYTES = GATHERED_VALUE + 2;

  /** Pages of memory for what is gathered. */
  private static final int GATHERED_PAGES = 3;

  /** Groups must save this part of a page, for which its keys are found in a few steps more. */
  private static final int GROUPS_WORTH_SHARE = 32;

  private static final int NOT_COUNTED = -1;

  /** Which groups keys may be put into. */
  public enum Groups {
    NONE,
    /** Those that are found to save most. */
    FOUND,
    /** Those that are told with the keys. */
    GIVEN
  }

  private final int pageSizeBytes;
  private final long page;
  private final long lastKey;
  private final long keyScratch;
  private final long gathered;
  private PageMeasure measure;
  private PageMeasure otherMeasure;
  private final PageMeasure behindStems;
  private final KeyGrouping grouping = new KeyGrouping();
  private Groups groups = Groups.NONE;
  private boolean isGrouped;

  /** No more bytes than these a page with groups takes, once they were counted exactly; else -1. */
  private int mostBytes = NOT_COUNTED;

  private int lastKeyLength;
  private PageKind kind = PageKind.ENTRY_LEAF;
  private int level;
  private int leftmost;
  private int limitBytes;
  private int slots;
  private int prefixBytes;
  private int gatheredBytes;
  private boolean isLaidOut;

  /**
   * @param work {@link #workBytes} bytes of memory, the builder's own
   */
  public EntryPageBuilder(long work, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    measure = new PageMeasure(pageSizeBytes);
    otherMeasure = new PageMeasure(pageSizeBytes);
    behindStems = new PageMeasure(pageSizeBytes);
    page = work;
    // Keys are a third of a page at most.
    lastKey = work + pageSizeBytes;
    keyScratch = lastKey + pageSizeBytes / 2;
    gathered = lastKey + pageSizeBytes;
  }

  /**
   * Memory a builder works in: a page image, two keys, and what is gathered. What of a key is not
   * in the one before is no more than what the page takes of it, and for a tuple's lengths there
   * are four bytes more at most than for its slot, of two bytes and more in tuple and slot.
   */
  public static int workBytes(int pageSizeBytes) {
    return (1 + 1 + GATHERED_PAGES) * pageSizeBytes;
  }

  /**
   * How full a page of a fill factor gets, bytes; every tuple fits an empty page.
   *
   * @param fillFactorPercent 50 to 100
   */
  public static int limitBytes(int pageSizeBytes, int fillFactorPercent) {
    if (fillFactorPercent < 50 || fillFactorPercent > 100) {
      throw new IllegalArgumentException(
          "fill factor of " + fillFactorPercent + " percent, expected 50 to 100");
    }
    int room = pageSizeBytes - EntryPage.PREFIX;
    return EntryPage.PREFIX + (int) ((long) room * fillFactorPercent / 100);
  }

  /** Writes the value of a key whose TIDs are in a posting tree; returns its bytes. */
  public static int treeValue(long out, int root, long tidCount) {
    return LeafValue.writeTree(out, root, tidCount);
  }

  /**
   * Begins a page.
   *
   * @param limitBytes how full it may get, page header included; at most the page size
   * @param groups of a leaf
   */
  public void start(PageKind kind, int level, int limitBytes, Groups groups) {
    this.kind = kind;
    this.groups = groups;
    isGrouped = false;
    mostBytes = NOT_COUNTED;
    grouping.clear();
    this.level = level;
    this.limitBytes = limitBytes;
    leftmost = 0;
    slots = 0;
    prefixBytes = 0;
    gatheredBytes = 0;
    measure.clear();
    isLaidOut = false;
  }

  /** Sets an inner page's leftmost child. */
  public void leftmost(int child) {
    leftmost = child;
    isLaidOut = false;
  }

  /** Tuples appended so far. */
  public int slotCount() {
    return slots;
  }

  /** Bytes the page takes so far, its header included, without what it has room for besides. */
  public int usedBytes() {
    if (!isGrouped) {
      return plainBytes(measure, prefixBytes);
    }
    measureBehindStems(prefixBytes);
    return groupedBytes(prefixBytes);
  }

  private static int plainBytes(PageMeasure measure, int prefix) {
    return EntryPage.PREFIX + prefix + measure.bytes();
  }

  private int groupedBytes(PageMeasure measure, int prefix) {
    return EntryPage.PREFIX + prefix + measure.bytesWithoutKeys() + grouping.bytes(prefix);
  }

  /**
   * Appends a tuple whose key is above all before, if it fits the limit; else nothing is changed.
   */
  public boolean tryAppend(long key, int keyLength, long value, int valueBytes) {
    return tryAppend(key, keyLength, value, valueBytes, limitBytes, false, 0);
  }

  /**
   * The same, of a page with groups that are given.
   *
   * @param beginsGroup whether the key is not in the group of the one before
   * @param stem bytes of the stem of the key's group
   */
  boolean tryAppend(
      long key, int keyLength, long value, int valueBytes, boolean beginsGroup, int stem) {
    return tryAppend(key, keyLength, value, valueBytes, limitBytes, beginsGroup, stem);
  }

  /**
   * Appends a tuple that does not fit the limit, if that leaves the page nearer to it than the page
   * is without; else nothing is changed. Pages of few long tuples then are as full as the limit
   * asks on average, and one of many short ones takes no more than a few bytes of the rest.
   */
  public boolean tryAppendBeyondLimit(long key, int keyLength, long value, int valueBytes) {
    int limit = Math.min(pageSizeBytes, 2 * limitBytes - usedBytes());
    return limit > limitBytes && tryAppend(key, keyLength, value, valueBytes, limit, false, 0);
  }

  private boolean tryAppend(
      long key,
      int keyLength,
      long value,
      int valueBytes,
      int limit,
      boolean beginsGroup,
      int stem) {
    int common =
        slots == 0 ? keyLength : NativeMemory.commonPrefix(key, keyLength, lastKey, lastKeyLength);
    int prefix = slots == 0 ? keyLength : Math.min(prefixBytes, common);
    boolean isShorter = prefix < prefixBytes;
    PageMeasure with = isShorter ? measureWithPrefix(prefix) : measure;
    boolean canBeWhole = canBeWhole(key, keyLength, prefix);
    with.add(keyLength - prefix, canBeWhole, valueBytes);
    if (groups == Groups.GIVEN) {
      grouping.add(keyLength, beginsGroup, stem);
    } else if (groups == Groups.FOUND) {
      grouping.add(slots == 0 ? 0 : common, keyLength, prefix);
    }
    boolean fits =
        !isGrouped
            && (EntryPage.PREFIX + prefix + with.plainBytes() <= limit
                || plainBytes(with, prefix) <= limit);
    if (!fits) {
      mostBytes = isShorter ? NOT_COUNTED : mostBytes;
      fits = fitsInGroups(with, prefix, limit, key, keyLength, valueBytes);
      isGrouped |= fits;
    }
    if (!fits) {
      with.remove(keyLength - prefix, canBeWhole, valueBytes);
      if (groups != Groups.NONE) {
        grouping.removeLast();
      }
      return false;
    }
    if (isShorter) {
      otherMeasure = measure;
      measure = with;
    }
    prefixBytes = prefix;
    gather(slots == 0 ? 0 : common, key, keyLength, value, valueBytes);
    return true;
  }

  private static boolean canBeWhole(long key, int keyLength, int stem) {
    return SlotLayout.canBeWhole(keyLength - stem, key + keyLength - 1);
  }

  private boolean fitsInGroups(
      PageMeasure with, int prefix, int limit, long key, int keyLength, int valueBytes) {
    if (groups == Groups.NONE) {
      return false;
    }
    boolean mustBeWorth = groups == Groups.FOUND && !isGrouped;
    int most = mustBeWorth ? limit - limit / GROUPS_WORTH_SHARE : limit;
    if (groupedBytes(with, prefix) <= most) {
      mostBytes = NOT_COUNTED;
      return true;
    }
    // Those were counted with a length field for each key, as long as without groups. To count what
    // it is takes a walk over all keys, for which a bound for what each adds stands as long as it
    // can.
    if (mostBytes != NOT_COUNTED) {
      int suffixBytes = keyLength - grouping.stem(grouping.count() - 1, prefix);
      mostBytes +=
          SlotLayout.OFFSET_BYTES
              + LengthField.bytes(suffixBytes)
              + Math.max(SlotLayout.MAX_HEAD_BYTES, suffixBytes)
              + valueBytes
              + grouping.growthBytes();
    }
    if (mostBytes == NOT_COUNTED || mostBytes > most) {
      mostBytes = exactBytes(prefix, key, keyLength, valueBytes);
    }
    if (mostBytes > most) {
      mostBytes = NOT_COUNTED;
      return false;
    }
    return true;
  }

  /** Bytes of a page with groups and with one more tuple, which they have already. */
  private int exactBytes(int prefix, long key, int keyLength, int valueBytes) {
    measureBehindStems(prefix);
    int stem = grouping.stem(grouping.count() - 1, prefix);
    behindStems.add(keyLength - stem, canBeWhole(key, keyLength, stem), valueBytes);
    return groupedBytes(prefix);
  }

  /** Bytes of a page with groups whose tuples were measured behind their stems. */
  private int groupedBytes(int prefix) {
    int groupsBytes = KeyGroups.bytes(grouping.count(), grouping.stemsBytes(prefix));
    return EntryPage.PREFIX + prefix + groupsBytes + behindStems.unevenBytes();
  }

  /** What the page would take with a shorter prefix. */
  private PageMeasure measureWithPrefix(int shorter) {
    otherMeasure.clear();
    for (long at = gathered; at < gathered + gatheredBytes; at = behind(at)) {
      addTo(otherMeasure, at, shorter);
    }
    return otherMeasure;
  }

  /** Adds a gathered tuple to a measure as it is behind a stem. */
  private static void addTo(PageMeasure measure, long tuple, int stem) {
    int rest = field(tuple, GATHERED_REST);
    int suffixBytes = field(tuple, GATHERED_COMMON) + rest - stem;
    long lastByte = tuple + GATHERED_HEADER_BYTES + rest - 1;
    measure.add(
        suffixBytes, SlotLayout.canBeWhole(suffixBytes, lastByte), field(tuple, GATHERED_VALUE));
  }

  private void gather(int common, long key, int keyLength, long value, int valueBytes) {
    long at = gathered + gatheredBytes;
    int rest = keyLength - common;
    int bytes = GATHERED_HEADER_BYTES + rest + valueBytes;
    assert gatheredBytes + bytes <= GATHERED_PAGES * pageSizeBytes : "no room for a tuple";
    NativeMemory.putShort(at + GATHERED_COMMON, common);
    NativeMemory.putShort(at + GATHERED_REST, rest);
    NativeMemory.putShort(at + GATHERED_VALUE, valueBytes);
    NativeMemory.copy(key + common, at + GATHERED_HEADER_BYTES, rest);
    NativeMemory.copy(value, at + GATHERED_HEADER_BYTES + rest, valueBytes);
    NativeMemory.copy(key + common, lastKey + common, rest);
    lastKeyLength = keyLength;
    gatheredBytes += bytes;
    slots++;
    isLaidOut = false;
  }

  private static int field(long tuple, int field) {
    return NativeMemory.getUnsignedShort(tuple + field);
  }

  private static long behind(long tuple) {
    return tuple
        + GATHERED_HEADER_BYTES
        + field(tuple, GATHERED_REST)
        + field(tuple, GATHERED_VALUE);
  }

  private void layOut() {
    EntryPage.format(page, pageSizeBytes, 0, kind, level);
    NativeMemory.putInt(page + EntryPage.LEFTMOST, leftmost);
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    NativeMemory.putShort(page + EntryPage.PREFIX_BYTES, prefixBytes);
    NativeMemory.copy(gathered + GATHERED_HEADER_BYTES, page + EntryPage.PREFIX, prefixBytes);
    int behindPrefix = EntryPage.PREFIX + prefixBytes;
    if (isGrouped) {
      int groupsBytes = KeyGroups.bytes(grouping.count(), grouping.stemsBytes(prefixBytes));
      int slotsOffset = behindPrefix + groupsBytes;
      measureBehindStems(prefixBytes);
      int headBytes = behindStems.headBytes(pageSizeBytes - slotsOffset);
      layOut(SlotLayout.marked(SlotLayout.ofGrouped(headBytes), pageSizeBytes), slotsOffset);
    } else {
      layOut(measure.layout(pageSizeBytes - behindPrefix), behindPrefix);
    }
    isLaidOut = true;
  }

  /** The tuples as they are behind the stems of their groups. */
  private void measureBehindStems(int prefix) {
    behindStems.clear();
    int tuple = 0;
    int group = -1;
    for (long at = gathered; at < gathered + gatheredBytes; at = behind(at)) {
      group += tuple == grouping.first(group + 1) ? 1 : 0;
      addTo(behindStems, at, grouping.stem(group, prefix));
      tuple++;
    }
  }

  private void layOut(int layout, int slotsOffset) {
    Page.flags(page, layout);
    int slotBytes = SlotLayout.slotBytes(layout);
    int lower = slotsOffset;
    int upper = pageSizeBytes;
    long groupsTable = page + EntryPage.PREFIX + prefixBytes;
    long stems = groupsTable + KeyGroups.bytes(grouping.count(), 0);
    int stemEnd = 0;
    int stem = prefixBytes;
    int group = -1;
    int tuple = 0;
    for (long at = gathered; at < gathered + gatheredBytes; at = behind(at)) {
      int common = field(at, GATHERED_COMMON);
      int rest = field(at, GATHERED_REST);
      NativeMemory.copy(at + GATHERED_HEADER_BYTES, keyScratch + common, rest);
      if (isGrouped && tuple == grouping.first(group + 1)) {
        group++;
        stem = grouping.stem(group, prefixBytes);
        NativeMemory.copy(keyScratch + prefixBytes, stems + stemEnd, stem - prefixBytes);
        stemEnd += stem - prefixBytes;
        KeyGroups.putEntry(groupsTable, group, tuple, stemEnd);
      }
      int suffixBytes = common + rest - stem;
      int valueBytes = field(at, GATHERED_VALUE);
      long value = at + GATHERED_HEADER_BYTES + rest;
      long suffix = keyScratch + stem;
      upper -= EntryTuple.bytes(layout, suffix, suffixBytes, valueBytes);
      boolean isWhole = SlotLayout.isWhole(layout, suffix, suffixBytes);
      long head = SlotLayout.head(layout, suffix, suffixBytes);
      EntryTuple.write(layout, page + upper, suffix, suffixBytes, value, valueBytes);
      SlotLayout.putSlot(layout, page + lower, upper, isWhole, head);
      lower += slotBytes;
      tuple++;
    }
    if (isGrouped) {
      KeyGroups.putHeader(groupsTable, grouping.count(), stemEnd);
    }
    Page.lower(page, lower);
    Page.upper(page, upper);
  }

  /** The page so far; its page number is 0 and its hole holds zeros. */
  public long page() {
    if (!isLaidOut) {
      layOut();
    }
    return page;
  }

  /** Sets the page number and returns the finished image. */
  public long finish(int pageNo) {
    Page.pageNo(page(), pageNo);
    return page;
  }

  /** Copies the page over another that keeps its own page number, batch and checksum. */
  void copyTo(long target) {
    EntryPage.copyContent(page(), target, pageSizeBytes);
  }
}
