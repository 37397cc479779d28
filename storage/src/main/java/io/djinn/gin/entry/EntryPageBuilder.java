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
   * Before a gathered tuple: bytes of the prefix left out, of the rest of the key, of the value.
   */
  private static final int GATHERED_PREFIX = 0;

  private static final int GATHERED_SUFFIX = GATHERED_PREFIX + 2;
  private static final int GATHERED_VALUE = GATHERED_SUFFIX + 2;
  private static final int GATHERED_HEADER_BYTES = GATHERED_VALUE + 2;

  /** Pages of memory for what is gathered. */
  private static final int GATHERED_PAGES = 3;

  /** Groups must save this part of a page, for which its keys are found in a few steps more. */
  private static final int GROUPS_WORTH_SHARE = 8;

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
  private final long firstKey;
  private final long suffixScratch;
  private final long lastKey;
  private final long gathered;
  private PageMeasure measure = new PageMeasure();
  private PageMeasure otherMeasure = new PageMeasure();
  private final KeyGrouping grouping = new KeyGrouping();
  private Groups groups = Groups.NONE;
  private boolean isGrouped;
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
    page = work;
    // Keys are a third of a page at most.
    firstKey = work + pageSizeBytes;
    suffixScratch = firstKey + pageSizeBytes / 3;
    lastKey = suffixScratch + pageSizeBytes / 3;
    gathered = firstKey + pageSizeBytes;
  }

  /**
   * Memory a builder works in: a page image, three keys, and what is gathered. That is at most four
   * bytes a tuple longer than what the page takes of tuples and slots, two bytes each or more; with
   * groups it takes less, and is full when there is no room to gather more.
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
    return isGrouped ? groupedBytes(measure, prefixBytes) : plainBytes(measure, prefixBytes);
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
    return tryAppend(key, keyLength, value, valueBytes, limitBytes, false);
  }

  /**
   * The same, of a page with groups that are given.
   *
   * @param beginsGroup whether the key is not in the group of the one before
   */
  boolean tryAppend(long key, int keyLength, long value, int valueBytes, boolean beginsGroup) {
    return tryAppend(key, keyLength, value, valueBytes, limitBytes, beginsGroup);
  }

  /**
   * Appends a tuple that does not fit the limit, if that leaves the page nearer to it than the page
   * is without; else nothing is changed. Pages of few long tuples then are as full as the limit
   * asks on average, and one of many short ones takes no more than a few bytes of the rest.
   */
  public boolean tryAppendBeyondLimit(long key, int keyLength, long value, int valueBytes) {
    int limit = Math.min(pageSizeBytes, 2 * limitBytes - usedBytes());
    return limit > limitBytes && tryAppend(key, keyLength, value, valueBytes, limit, false);
  }

  private boolean tryAppend(
      long key, int keyLength, long value, int valueBytes, int limit, boolean beginsGroup) {
    if (slots == 0) {
      NativeMemory.copy(key, firstKey, keyLength);
      prefixBytes = keyLength;
    }
    int prefix = NativeMemory.commonPrefix(key, keyLength, firstKey, prefixBytes);
    int suffixBytes = keyLength - prefix;
    boolean isShorter = prefix < prefixBytes;
    PageMeasure with = isShorter ? measureWithPrefix(prefix) : measure;
    with.add(suffixBytes, valueBytes);
    addToGroups(key, keyLength, prefix, beginsGroup);
    boolean fits = !isGrouped && plainBytes(with, prefix) <= limit;
    if (!fits) {
      fits = fitsInGroups(with, prefix, limit) && hasRoomFor(suffixBytes + valueBytes);
      isGrouped |= fits;
    }
    if (!fits) {
      with.remove(suffixBytes, valueBytes);
      if (groups != Groups.NONE) {
        grouping.removeLast();
      }
      prefixBytes = slots == 0 ? 0 : prefixBytes;
      return false;
    }
    if (groups != Groups.NONE) {
      NativeMemory.copy(key, lastKey, keyLength);
      lastKeyLength = keyLength;
    }
    if (isShorter) {
      otherMeasure = measure;
      measure = with;
      prefixBytes = prefix;
    }
    gather(key + prefix, suffixBytes, value, valueBytes);
    return true;
  }

  private void addToGroups(long key, int keyLength, int prefix, boolean begins) {
    if (groups == Groups.NONE) {
      return;
    }
    int common = slots == 0 ? 0 : NativeMemory.commonPrefix(key, keyLength, lastKey, lastKeyLength);
    if (groups == Groups.GIVEN) {
      grouping.add(common, keyLength, begins);
    } else {
      grouping.add(common, keyLength, prefix);
    }
  }

  private boolean fitsInGroups(PageMeasure with, int prefix, int limit) {
    if (groups == Groups.NONE) {
      return false;
    }
    boolean mustBeWorth = groups == Groups.FOUND && !isGrouped;
    int most = mustBeWorth ? limit - limit / GROUPS_WORTH_SHARE : limit;
    return groupedBytes(with, prefix) <= most;
  }

  private boolean hasRoomFor(int bytes) {
    return gatheredBytes + GATHERED_HEADER_BYTES + bytes <= GATHERED_PAGES * pageSizeBytes;
  }

  /** What the page would take with a shorter prefix. */
  private PageMeasure measureWithPrefix(int shorter) {
    otherMeasure.clear();
    for (long at = gathered; at < gathered + gatheredBytes; at = behind(at)) {
      otherMeasure.add(
          field(at, GATHERED_PREFIX) + field(at, GATHERED_SUFFIX) - shorter,
          field(at, GATHERED_VALUE));
    }
    return otherMeasure;
  }

  private void gather(long suffix, int suffixBytes, long value, int valueBytes) {
    long at = gathered + gatheredBytes;
    NativeMemory.putShort(at + GATHERED_PREFIX, prefixBytes);
    NativeMemory.putShort(at + GATHERED_SUFFIX, suffixBytes);
    NativeMemory.putShort(at + GATHERED_VALUE, valueBytes);
    NativeMemory.copy(suffix, at + GATHERED_HEADER_BYTES, suffixBytes);
    NativeMemory.copy(value, at + GATHERED_HEADER_BYTES + suffixBytes, valueBytes);
    gatheredBytes += GATHERED_HEADER_BYTES + suffixBytes + valueBytes;
    slots++;
    isLaidOut = false;
  }

  private static int field(long tuple, int field) {
    return NativeMemory.getUnsignedShort(tuple + field);
  }

  private static long behind(long tuple) {
    return tuple
        + GATHERED_HEADER_BYTES
        + field(tuple, GATHERED_SUFFIX)
        + field(tuple, GATHERED_VALUE);
  }

  private void layOut() {
    EntryPage.format(page, pageSizeBytes, 0, kind, level);
    NativeMemory.putInt(page + EntryPage.LEFTMOST, leftmost);
    NativeMemory.putShort(page + EntryPage.SLOT_COUNT, slots);
    NativeMemory.putShort(page + EntryPage.PREFIX_BYTES, prefixBytes);
    NativeMemory.copy(firstKey, page + EntryPage.PREFIX, prefixBytes);
    int behindPrefix = EntryPage.PREFIX + prefixBytes;
    if (isGrouped) {
      int groupsBytes = KeyGroups.bytes(grouping.count(), grouping.stemsBytes(prefixBytes));
      int slotsOffset = behindPrefix + groupsBytes;
      int headBytes = measureBehindStems().headBytes(pageSizeBytes - slotsOffset);
      layOut(SlotLayout.ofGrouped(headBytes), slotsOffset);
    } else {
      layOut(measure.layout(pageSizeBytes - behindPrefix), behindPrefix);
    }
    isLaidOut = true;
  }

  /** The tuples as they are behind the stems of their groups. */
  private PageMeasure measureBehindStems() {
    otherMeasure.clear();
    int tuple = 0;
    int group = -1;
    for (long at = gathered; at < gathered + gatheredBytes; at = behind(at)) {
      group += tuple == grouping.first(group + 1) ? 1 : 0;
      int keyBytes = field(at, GATHERED_PREFIX) + field(at, GATHERED_SUFFIX);
      otherMeasure.add(keyBytes - grouping.stem(group), field(at, GATHERED_VALUE));
      tuple++;
    }
    return otherMeasure;
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
      if (isGrouped && tuple == grouping.first(group + 1)) {
        group++;
        stem = grouping.stem(group);
        NativeMemory.copy(suffix(at, prefixBytes), stems + stemEnd, stem - prefixBytes);
        stemEnd += stem - prefixBytes;
        KeyGroups.putEntry(groupsTable, group, tuple, stemEnd);
      }
      int suffixBytes = field(at, GATHERED_PREFIX) + field(at, GATHERED_SUFFIX) - stem;
      int valueBytes = field(at, GATHERED_VALUE);
      long value = at + GATHERED_HEADER_BYTES + field(at, GATHERED_SUFFIX);
      long suffix = suffix(at, stem);
      upper -= EntryTuple.bytes(layout, suffixBytes, valueBytes);
      EntryTuple.write(layout, page + upper, suffix, suffixBytes, value, valueBytes);
      SlotLayout.putSlot(layout, page + lower, upper, SlotLayout.head(layout, suffix, suffixBytes));
      lower += slotBytes;
      tuple++;
    }
    if (isGrouped) {
      KeyGroups.putHeader(groupsTable, grouping.count(), stemEnd);
    }
    Page.lower(page, lower);
    Page.upper(page, upper);
  }

  /** Address of what stands behind so many bytes of the key of a gathered tuple. */
  private long suffix(long tuple, int bytes) {
    int leftOut = field(tuple, GATHERED_PREFIX);
    long suffix = tuple + GATHERED_HEADER_BYTES;
    if (leftOut <= bytes) {
      return suffix + bytes - leftOut;
    }
    // Gathered while the prefix was longer: the first key has what was left out.
    NativeMemory.copy(firstKey + bytes, suffixScratch, leftOut - bytes);
    NativeMemory.copy(suffix, suffixScratch + leftOut - bytes, field(tuple, GATHERED_SUFFIX));
    return suffixScratch;
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
