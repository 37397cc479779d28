package io.djinn.gin.scan;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.entry.EntryCursor;
import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingTids;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.PostingTreeStream;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.SegmentDecoder;
import io.djinn.gin.posting.TidStream;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;
import java.util.Arrays;

/**
 * Every TID of a column: all its keys are walked and their TIDs gathered in a bitmap, as many times
 * as the TIDs take windows of {@link #WINDOW} TIDs.
 *
 * <p>The keys of the tree and the pending ones are walked side by side: where both have a key, its
 * pending operations say which of the tree's TIDs are left.
 *
 * <p>Memory is bounded by the window and taken only where there are TIDs: at most 2 MiB.
 */
final class FullScanStream implements TidStream {
  private static final int CHUNK_BITS = 16;
  private static final int CHUNK_WORDS = 1 << (CHUNK_BITS - 6);
  private static final int CHUNKS = 256;

  /** Pending operations after which a step is left that reads nothing else. */
  private static final int PENDING_PER_STEP = 1 << 14;

  /** TIDs of one window. */
  static final long WINDOW = (long) CHUNKS << CHUNK_BITS;

  private final int root;
  private final PendingView pending;
  private final int column;
  private final int lastCategory;
  private final long tidCount;
  private final EntryCursor cursor;
  private final PostingTreeStream tree = new PostingTreeStream();
  private final long[] block = new long[BLOCK];
  private final long[] segment = new long[Segment.MAX_TIDS];
  private final long[][] chunks = new long[CHUNKS][];
  private final byte[] treeKey;

  /** On the first pending key that was not gathered; null where there is none in the column. */
  private PendingCursor pendingKeys;

  /** Pending operations on the key that is gathered from the tree; null where there are none. */
  private PendingTids operations;

  /** Index of the first of {@link #operations} that is not below the TIDs gathered last. */
  private int operation;

  private State state = State.BEGIN;
  private long start;
  private long floor;
  private long nextStart = Long.MAX_VALUE;
  private int wordIndex;
  private long postingPages;
  private long segmentsDecoded;
  private long segmentsSkipped;

  private enum State {
    /** Go before the first key of the column. */
    BEGIN,
    /** Go to the tree's next key and gather its list, and all pending keys up to it. */
    KEYS,
    /** Gather the posting tree of the current key. */
    TREE,
    /** Gather the pending keys behind the tree's last one. */
    PENDING,
    /** Give out the window. */
    DRAIN,
    END
  }

  /**
   * @param root root of the entry tree
   * @param pending the pending list
   * @param column whose keys
   * @param lastCategory the highest null category that counts
   * @param tidCount how many TIDs there are at most
   */
  FullScanStream(
      int root,
      PendingView pending,
      int column,
      int lastCategory,
      long tidCount,
      int pageSizeBytes) {
    this.root = root;
    this.pending = pending;
    this.column = column;
    this.lastCategory = lastCategory;
    this.tidCount = tidCount;
    cursor = new EntryCursor(pageSizeBytes);
    treeKey = new byte[EntryCursor.keyRoomBytes(pageSizeBytes)];
  }

  @Override
  public int next(StepReader step, long[] out) {
    cursor.enter(step);
    while (true) {
      switch (state) {
        case BEGIN -> {
          start = Math.max(start, floor);
          nextStart = Long.MAX_VALUE;
          byte[] from = {(byte) column};
          cursor.start(root, from);
          pendingKeys = pending.cursor(from);
          nextPendingKey();
          state = State.KEYS;
        }
        case KEYS -> {
          int found = cursor.next();
          if (found == EntryCursor.PAUSED) {
            return PAUSED;
          }
          boolean isOver =
              found == EntryCursor.END
                  || cursor.column() != column
                  || cursor.category() > lastCategory;
          if (isOver) {
            endKey();
            state = State.PENDING;
          } else {
            beginKey();
            gather(cursor.place());
          }
        }
        case TREE -> {
          if (!gatherTree(step)) {
            return PAUSED;
          }
          countTree();
          state = State.KEYS;
        }
        case PENDING -> {
          if (!gatherPending()) {
            return PAUSED;
          }
          wordIndex = 0;
          state = State.DRAIN;
        }
        case DRAIN -> {
          int taken = take(out);
          if (taken > 0) {
            return taken;
          }
          state = nextStart == Long.MAX_VALUE ? State.END : State.BEGIN;
          start = nextStart;
        }
        case END -> {
          return END;
        }
      }
    }
  }

  private void nextPendingKey() {
    boolean isInColumn =
        pendingKeys.next()
            && (pendingKeys.key()[0] & 0xFF) == column
            && (pendingKeys.key()[1] & 0xFF) <= lastCategory;
    if (!isInColumn) {
      pendingKeys = null;
    }
  }

  /** Gathers the pending keys up to the one the tree's cursor has gone to. */
  private void beginKey() {
    endKey();
    if (pendingKeys == null) {
      return;
    }
    int length = cursor.copyKey(treeKey);
    int order = comparePendingWith(length);
    while (order < 0) {
      addInserts();
      nextPendingKey();
      order = pendingKeys == null ? 1 : comparePendingWith(length);
    }
    if (order == 0) {
      addInserts();
      operations = pendingKeys.tids();
    }
  }

  /** The tree's key is gathered: goes behind the pending key that is equal to it. */
  private void endKey() {
    if (operations != null) {
      operations = null;
      operation = 0;
      nextPendingKey();
    }
  }

  private int comparePendingWith(int treeKeyLength) {
    return Arrays.compareUnsigned(
        pendingKeys.key(), 0, pendingKeys.keyLength(), treeKey, 0, treeKeyLength);
  }

  /** Gathers all pending keys that are left; false where they are too many for the step. */
  private boolean gatherPending() {
    int gathered = 0;
    while (pendingKeys != null && gathered < PENDING_PER_STEP) {
      gathered += pendingKeys.tids().count();
      addInserts();
      nextPendingKey();
    }
    return pendingKeys == null;
  }

  /** Adds the inserted TIDs of the pending key. */
  private void addInserts() {
    PendingTids tids = pendingKeys.tids();
    for (int i = tids.seek(0, start); i < tids.count(); i++) {
      if (!tids.isDelete(i)) {
        long tid = tids.tid(i);
        if (tid >= start + WINDOW) {
          nextStart = Math.min(nextStart, tid);
          return;
        }
        set(tid);
      }
    }
  }

  private void gather(PostingPlace place) {
    if (place.isTree()) {
      tree.reset(place.root(), place.tidCount());
      tree.advance(start);
      state = State.TREE;
      return;
    }
    long address = cursor.listAddress();
    int length = place.listBytes();
    for (int at = 0; at < length; ) {
      int bytes = Segment.totalBytes(address + at, length - at);
      if (bytes < 0) {
        throw malformed(place);
      }
      if (isBelowStart(address, at + bytes, length)) {
        segmentsSkipped++;
      } else {
        int count = SegmentDecoder.decode(address + at, length - at, segment);
        if (count < 0) {
          throw malformed(place);
        }
        segmentsDecoded++;
        add(segment, count);
      }
      at += bytes;
    }
  }

  /** Whether all TIDs before a byte offset of a list lie below the window. */
  private boolean isBelowStart(long address, int behind, int length) {
    return behind < length
        && Segment.totalBytes(address + behind, length - behind) >= 0
        && Segment.firstTid(address + behind) <= start;
  }

  private static CorruptPageException malformed(PostingPlace place) {
    return new CorruptPageException(
        "pages",
        place.pageNo(),
        PageKind.describe(PageKind.ENTRY_LEAF.id()),
        "posting list at offset " + place.listOffset() + " is malformed");
  }

  private boolean gatherTree(StepReader step) {
    while (true) {
      int taken = tree.next(step, block);
      if (taken == PAUSED) {
        return false;
      }
      if (taken == END) {
        return true;
      }
      add(block, taken);
      if (block[taken - 1] >= start + WINDOW) {
        return true;
      }
    }
  }

  /** Keeps what the stream of a tree has counted before it begins another. */
  private void countTree() {
    postingPages += tree.pagesRead();
    segmentsDecoded += tree.segmentsDecoded();
    segmentsSkipped += tree.segmentsSkipped();
  }

  /** Adds TIDs of the tree that no pending operation says anything about. */
  private void add(long[] tids, int count) {
    long end = start + WINDOW;
    for (int i = 0; i < count; i++) {
      long tid = tids[i];
      if (tid >= end) {
        nextStart = Math.min(nextStart, tid);
        return;
      }
      if (tid >= start && !isPending(tid)) {
        set(tid);
      }
    }
  }

  /** Whether there is a pending operation on a TID of the key; asked by ascending TIDs. */
  private boolean isPending(long tid) {
    if (operations == null) {
      return false;
    }
    operation = operations.seek(operation, tid);
    return operation < operations.count() && operations.tid(operation) == tid;
  }

  private void set(long tid) {
    int bit = (int) (tid - start);
    long[] chunk = chunks[bit >>> CHUNK_BITS];
    if (chunk == null) {
      chunk = new long[CHUNK_WORDS];
      chunks[bit >>> CHUNK_BITS] = chunk;
    }
    chunk[bit >>> 6 & (CHUNK_WORDS - 1)] |= 1L << bit;
  }

  private int take(long[] out) {
    int taken = 0;
    while (wordIndex < CHUNKS * CHUNK_WORDS) {
      long[] chunk = chunks[wordIndex / CHUNK_WORDS];
      if (chunk == null) {
        wordIndex = (wordIndex / CHUNK_WORDS + 1) * CHUNK_WORDS;
        continue;
      }
      long word = chunk[wordIndex % CHUNK_WORDS];
      while (word != 0 && taken < BLOCK) {
        long tid = start + ((long) wordIndex << 6) + Long.numberOfTrailingZeros(word);
        word &= word - 1;
        if (tid >= floor) {
          out[taken++] = tid;
        }
      }
      chunk[wordIndex % CHUNK_WORDS] = word;
      if (taken == BLOCK) {
        return taken;
      }
      wordIndex++;
    }
    return taken;
  }

  @Override
  public void advance(long tid) {
    floor = Math.max(floor, tid);
  }

  @Override
  public long tidCount() {
    return tidCount;
  }

  long entryPages() {
    return cursor.pagesRead();
  }

  long postingPages() {
    return postingPages;
  }

  long segmentsDecoded() {
    return segmentsDecoded;
  }

  long segmentsSkipped() {
    return segmentsSkipped;
  }
}
