package io.djinn.gin.load;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryPageBuilder;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.posting.PayloadPart;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.PostingTreeLoader;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.SegmentDecoder;
import io.djinn.gin.posting.SegmentEncoder;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import java.util.Arrays;

/**
 * Loads the keys of one range, in ascending order, into the leaves of an entry tree and into
 * posting trees, and lists the leaves for {@link UpperLevelLoader}.
 *
 * <p>For each key: {@link #key}, {@link #tids} as often as needed with ascending TIDs, {@link
 * #endKey}; after the last key {@link #finish}. TIDs are encoded as they come; a list that grows
 * beyond what a leaf tuple may hold becomes a posting tree.
 */
public final class EntryLeafLoader {
  private final int pageSizeBytes;
  private final int leafLimitBytes;
  private final PageSink sink;
  private final CountingPageSink postingSink;
  private final SeparatorList leaves;
  private final GinCounts counts = new GinCounts();
  private final EntryPageBuilder leaf;
  private final PostingTreeLoader treeLoader;
  private final SegmentEncoder encoder = new SegmentEncoder();
  private final long[] pending = new long[Segment.MAX_TIDS];
  private final long[] decoded = new long[Segment.MAX_TIDS];
  private final PostingList postings = new PostingList();

  /** Payloads of the TIDs that wait, and of those decoded; used where the key has any. */
  private final ByteStrings pendingPayloads = new ByteStrings();

  private final ByteStrings decodedPayloads = new ByteStrings();

  private final long list;
  private final long treeValue;
  private final long separator;
  private long key;
  private long lastKey;
  private int keyLength;
  private int lastKeyLength = -1;
  private int separatorLength;

  private boolean isKeyOpen;
  private boolean isTree;
  private boolean hasPayloads;
  private int listLimitBytes;
  private int listBytes;
  private int pendingCount;
  private long lastTid;
  private long tidCount;

  /**
   * @param sink where pages of leaves and posting trees go
   * @param fillFactorPercent how full leaves get, on average where tuples are long, 50 to 100
   * @param work {@link #workBytes} bytes of memory, the loader's own
   * @param leaves takes the leaves
   */
  public EntryLeafLoader(PageSink sink, int fillFactorPercent, long work, SeparatorList leaves) {
    this.sink = sink;
    this.leaves = leaves;
    pageSizeBytes = sink.pageSizeBytes();
    leafLimitBytes = EntryPageBuilder.limitBytes(pageSizeBytes, fillFactorPercent);
    postingSink = new CountingPageSink(sink);
    long at = work;
    leaf = new EntryPageBuilder(at, pageSizeBytes);
    at += EntryPageBuilder.workBytes(pageSizeBytes);
    treeLoader = new PostingTreeLoader(postingSink, fillFactorPercent, at);
    at += PostingTreeLoader.workBytes(pageSizeBytes);
    list = at;
    at += pageSizeBytes;
    key = at;
    at += pageSizeBytes;
    lastKey = at;
    at += pageSizeBytes;
    separator = at;
    at += pageSizeBytes;
    treeValue = at;
  }

  /** Memory a loader works in. */
  public static int workBytes(int pageSizeBytes) {
    return EntryPageBuilder.workBytes(pageSizeBytes)
        + PostingTreeLoader.workBytes(pageSizeBytes)
        + 4 * pageSizeBytes
        + EntryPageBuilder.TREE_VALUE_BYTES;
  }

  /**
   * Begins a key, which must be above the key before.
   *
   * @param address of the composite key
   * @param length its bytes, at most {@link EntryKeys#maxKeyBytes}
   */
  public void key(long address, int length) {
    requireKey(length);
    if (NativeMemory.compare(lastKey, Math.max(0, lastKeyLength), address, length) >= 0) {
      throw new IllegalArgumentException("a key is not above the key before");
    }
    NativeMemory.copy(address, key, length);
    begin(length);
  }

  /**
   * Begins a key whose column has another number in the index than in the key as it is given.
   *
   * @param column in the index; the key with it must be above the key before
   */
  public void key(long address, int length, int column) {
    requireKey(length);
    NativeMemory.copy(address, key, length);
    NativeMemory.putByte(key, column);
    if (NativeMemory.compare(lastKey, Math.max(0, lastKeyLength), key, length) >= 0) {
      throw new IllegalArgumentException("a key is not above the key before");
    }
    begin(length);
  }

  /** Begins a key that is the first one. */
  void key(byte[] bytes) {
    requireKey(bytes.length);
    NativeMemory.copyFromArray(bytes, 0, key, bytes.length);
    begin(bytes.length);
  }

  private void requireKey(int length) {
    requireOpen(false);
    if (length < EntryKeys.HEADER_BYTES || length > EntryKeys.maxKeyBytes(pageSizeBytes)) {
      throw new IllegalArgumentException(
          "composite key of "
              + length
              + " bytes, expected "
              + EntryKeys.HEADER_BYTES
              + " to "
              + EntryKeys.maxKeyBytes(pageSizeBytes));
    }
  }

  private void begin(int length) {
    keyLength = length;
    isKeyOpen = true;
    isTree = false;
    listLimitBytes = EntryKeys.maxInlineListBytes(pageSizeBytes, length);
    listBytes = 0;
    pendingCount = 0;
    pendingPayloads.clear();
    hasPayloads = false;
    lastTid = -1;
    tidCount = 0;
  }

  /**
   * Adds TIDs to the key.
   *
   * @param tids {@code count} of them, ascending and above all before
   */
  public void tids(long[] tids, int count) {
    tids(tids, count, null);
  }

  /**
   * Adds TIDs with payloads to the key.
   *
   * @param tids {@code count} of them, ascending and above all before
   * @param payloads one a TID, by its index, each within {@link EntryKeys#maxPayloadBytes}; null
   *     where there are none, which must be so for all or for none of a key's TIDs
   */
  public void tids(long[] tids, int count, ByteStrings payloads) {
    requireOpen(true);
    if (isTree) {
      treeLoader.add(tids, payloads, count);
      tidCount += count;
      return;
    }
    hasPayloads = payloads != null;
    for (int i = 0; i < count; i++) {
      long tid = tids[i];
      if (tid <= lastTid || tid > Segment.MAX_TID) {
        throw new IllegalArgumentException("TID " + tid + " after TID " + lastTid);
      }
      lastTid = tid;
      pending[pendingCount++] = tid;
      tidCount++;
      if (hasPayloads) {
        pendingPayloads.addAll(payloads, i, i + 1);
      }
      boolean isFull =
          pendingCount == pending.length
              || pendingPayloads.totalBytes() > PayloadPart.PENDING_BYTES;
      if (isFull && !encodePending()) {
        moveToTree();
        treeLoader.add(
            Arrays.copyOfRange(tids, i + 1, count), behind(payloads, i + 1, count), count - i - 1);
        tidCount += count - i - 1;
        return;
      }
    }
  }

  private static ByteStrings behind(ByteStrings payloads, int from, int count) {
    if (payloads == null) {
      return null;
    }
    ByteStrings rest = new ByteStrings();
    rest.addAll(payloads, from, count);
    return rest;
  }

  /** Encodes a segment of the TIDs that wait; false where the list has no room for even one. */
  private boolean encodePending() {
    int taken =
        encoder.encode(
            pending,
            hasPayloads ? pendingPayloads : null,
            0,
            pendingCount,
            list + listBytes,
            listLimitBytes - listBytes);
    if (taken == 0) {
      return false;
    }
    listBytes += encoder.bytesWritten();
    pendingCount -= taken;
    System.arraycopy(pending, taken, pending, 0, pendingCount);
    if (hasPayloads) {
      pendingPayloads.removeFirst(taken);
    }
    return true;
  }

  private void moveToTree() {
    isTree = true;
    treeLoader.begin();
    for (int at = 0; at < listBytes; ) {
      int bytes = Segment.totalBytes(list + at, listBytes - at);
      if (hasPayloads) {
        int count = postings.decode(list + at, bytes, decoded, decodedPayloads);
        treeLoader.add(decoded, decodedPayloads, count);
      } else {
        treeLoader.add(decoded, SegmentDecoder.decode(list + at, bytes, decoded));
      }
      at += bytes;
    }
    treeLoader.add(pending, hasPayloads ? pendingPayloads : null, pendingCount);
    pendingCount = 0;
    pendingPayloads.clear();
  }

  /** Ends the key, which must have a TID. */
  public void endKey() {
    requireOpen(true);
    if (tidCount == 0) {
      throw new IllegalStateException("a key without TIDs");
    }
    while (pendingCount > 0 && !isTree) {
      if (!encodePending()) {
        moveToTree();
      }
    }
    if (isTree) {
      append(treeValue, EntryPageBuilder.treeValue(treeValue, treeLoader.end(), tidCount));
    } else {
      append(list, listBytes);
    }
  }

  /**
   * Ends the key with a posting tree that was loaded elsewhere in place of TIDs given here.
   *
   * @param root the tree's root
   * @param count its TIDs
   * @param pages its pages
   */
  public void endKeyWithTree(int root, long count, long pages) {
    requireOpen(true);
    if (tidCount > 0) {
      throw new IllegalStateException("the key has " + tidCount + " TIDs already");
    }
    tidCount = count;
    counts.add(Field.POSTING_PAGES, pages);
    append(treeValue, EntryPageBuilder.treeValue(treeValue, root, count));
  }

  private void append(long value, int valueBytes) {
    if (leaf.slotCount() == 0) {
      startLeaf();
    }
    if (!leaf.tryAppend(key, keyLength, value, valueBytes)
        && !leaf.tryAppendBeyondLimit(key, keyLength, value, valueBytes)) {
      finishLeaf();
      startLeaf();
      boolean fits = leaf.tryAppend(key, keyLength, value, valueBytes);
      assert fits : "a tuple of " + valueBytes + " bytes and its key do not fit an empty leaf";
    }
    counts.add(Field.KEYS, 1);
    counts.add(Field.TIDS, tidCount);
    long swap = lastKey;
    lastKey = key;
    lastKeyLength = keyLength;
    key = swap;
    isKeyOpen = false;
  }

  private void startLeaf() {
    leaf.start(PageKind.ENTRY_LEAF, 0, leafLimitBytes, EntryPageBuilder.Groups.FOUND);
    // The range before is not known here: the first leaf's separator is its whole first key.
    separatorLength =
        lastKeyLength < 0
            ? keyLength
            : NativeMemory.commonPrefix(lastKey, lastKeyLength, key, keyLength) + 1;
    NativeMemory.copy(key, separator, separatorLength);
  }

  private void finishLeaf() {
    int pageNo = sink.allocate();
    sink.write(pageNo, leaf.finish(pageNo));
    counts.add(Field.ENTRY_PAGES, 1);
    leaves.add(separator, separatorLength, pageNo);
  }

  /** Writes the last leaf; returns the counts of the range. */
  public GinCounts finish() {
    requireOpen(false);
    if (leaf.slotCount() > 0) {
      finishLeaf();
      leaf.start(PageKind.ENTRY_LEAF, 0, leafLimitBytes, EntryPageBuilder.Groups.FOUND);
    }
    counts.add(Field.POSTING_PAGES, postingSink.pages());
    return counts;
  }

  private void requireOpen(boolean open) {
    if (isKeyOpen != open) {
      throw new IllegalStateException(open ? "no key was begun" : "the last key was not ended");
    }
  }
}
