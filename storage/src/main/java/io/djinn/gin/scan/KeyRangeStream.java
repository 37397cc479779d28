package io.djinn.gin.scan;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.entry.EntryCursor;
import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingTids;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.PostingListStream;
import io.djinn.gin.posting.PostingTreeStream;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.SegmentDecoder;
import io.djinn.gin.posting.TidStream;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;
import java.util.Arrays;
import java.util.List;

/**
 * The TIDs of all keys of a range, or of some ranges and single keys together: partial match, a
 * whole column, or more keys than are held open.
 *
 * <p>In one of two ways:
 *
 * <ul>
 *   <li>gathering: the keys are walked and their TIDs gathered in a {@link TidWindow}, once where
 *       its memory takes them all, else again for the TIDs behind it;
 *   <li>probing, after {@link #expect}: the keys are walked for one block of TIDs, and of their
 *       lists only those segments decoded that may hold one of them.
 * </ul>
 *
 * <p>The keys of the tree and the pending ones are walked side by side: where both have a key, its
 * pending operations say which of the tree's TIDs are left.
 */
final class KeyRangeStream implements TidStream {
  /** So many times the keys are walked at most for probing, however few TIDs that decodes. */
  private static final int MAX_WALKS = 4;

  /** Likewise where the keys are few. */
  private static final int MAX_SHORT_WALKS = 64;

  /** Probing must decode so many times less than gathering may. */
  private static final int GAIN = 4;

  /** Pending operations, and TIDs at hand, after which a step is left that reads nothing else. */
  private static final int PENDING_PER_STEP = 1 << 14;

  private final int root;
  private final PendingView pending;

  /** Walked one after the other. */
  private List<ScanKey> parts;

  private final long tidCount;
  private final boolean isShort;
  private final EntryCursor cursor;
  private final PostingTreeStream tree = new PostingTreeStream();
  private final PostingListStream list = new PostingListStream();
  private final long[] block = new long[BLOCK];
  private final long[] segment = new long[Segment.MAX_TIDS];
  private final TidWindow window;
  private final byte[] treeKey;
  private int treeKeyLength;

  /** What is asked for where the stream is probed, else null. */
  private ExpectedTids expected;

  /** Index of the first expected TID that the current key's list may still have. */
  private int wanted;

  /** On the first pending key that was not gathered; null where there is none in the range. */
  private PendingCursor pendingKeys;

  private int pendingLeft;

  /** Pending operations on the key that is gathered from the tree; null where there are none. */
  private PendingTids operations;

  /** Index of the first of {@link #operations} that is not below the TIDs gathered last. */
  private int operation;

  private State state = State.BEGIN;

  /** Index of the part that is walked. */
  private int part;

  private long start;
  private long floor;
  private long postingPages;
  private long listPages;
  private long segmentsDecoded;
  private long segmentsSkipped;

  private enum State {
    /** Go before the first part. */
    BEGIN,
    /** Go to the next part: before the first key of a range, or to the list of a single key. */
    PART,
    /** Go to the tree's next key. */
    KEYS,
    /** Gather the pending keys up to the tree's, after a pause. */
    BELOW,
    /** Gather the list of the tree's key, after a pause. */
    LIST,
    /** Gather the posting tree of the current key. */
    TREE,
    /** Gather the pending keys behind the tree's last one. */
    PENDING,
    /** Give out what was gathered. */
    DRAIN,
    END
  }

  /**
   * @param root root of the entry tree
   * @param pending the pending list
   * @param from composite key, or its first bytes, with which the range begins
   * @param to likewise, at which it ends
   * @param tidCount how many TIDs there are at most
   * @param isShort whether the range is known to have few keys
   * @param windowBytes memory that gathering may take
   */
  KeyRangeStream(
      int root,
      PendingView pending,
      byte[] from,
      byte[] to,
      long tidCount,
      boolean isShort,
      long windowBytes,
      int pageSizeBytes) {
    this(
        root,
        pending,
        List.of(ScanKey.between(from, to)),
        tidCount,
        isShort,
        windowBytes,
        pageSizeBytes);
  }

  /**
   * @param root root of the entry tree
   * @param pending the pending list
   * @param parts ranges, and single keys that were found
   * @param tidCount how many TIDs there are at most
   * @param isShort whether the parts are known to have few keys
   * @param windowBytes memory that gathering may take
   */
  KeyRangeStream(
      int root,
      PendingView pending,
      List<ScanKey> parts,
      long tidCount,
      boolean isShort,
      long windowBytes,
      int pageSizeBytes) {
    this.root = root;
    this.pending = pending;
    this.parts = parts;
    this.tidCount = tidCount;
    this.isShort = isShort;
    window = new TidWindow(windowBytes);
    cursor = new EntryCursor(pageSizeBytes);
    treeKey = new byte[EntryCursor.keyRoomBytes(pageSizeBytes)];
  }

  /** Whether probing for so many TIDs is worth its walks. */
  boolean isBestProbed(long candidates) {
    long walks = (candidates + BLOCK - 1) / BLOCK;
    return walks <= (isShort ? MAX_SHORT_WALKS : MAX_WALKS) && candidates <= tidCount / GAIN;
  }

  /**
   * Only these TIDs are asked for until this is called again, with TIDs above them: {@link #next}
   * gives those of them the range has, then END.
   *
   * @param tids not changed until then
   */
  void expect(ExpectedTids tids) {
    expected = tids;
    state = State.BEGIN;
  }

  /** The same of one part, in place of those there were: TIDs asked for before may come again. */
  void expect(ExpectedTids tids, ScanKey only) {
    parts = List.of(only);
    expect(tids);
  }

  @Override
  public int next(StepReader step, long[] out) {
    cursor.enter(step);
    pendingLeft = PENDING_PER_STEP;
    while (true) {
      switch (state) {
        case BEGIN -> begin();
        case PART -> {
          if (pendingLeft <= 0) {
            return PAUSED;
          }
          beginPart();
        }
        case KEYS -> {
          int found = cursor.next();
          if (found == EntryCursor.PAUSED) {
            return PAUSED;
          }
          if (found == EntryCursor.END) {
            state = State.PENDING;
          } else if (beginKey()) {
            gather(cursor.place());
          } else {
            return PAUSED;
          }
        }
        case BELOW -> {
          if (!gatherBelow()) {
            return PAUSED;
          }
          resume(cursor.place());
        }
        case LIST -> {
          if (!gatherStream(step, list)) {
            return PAUSED;
          }
          listPages += list.pagesRead();
          count(list.segmentsDecoded(), list.segmentsSkipped());
          endKey();
        }
        case TREE -> {
          if (!gatherStream(step, tree)) {
            return PAUSED;
          }
          postingPages += tree.pagesRead();
          count(tree.segmentsDecoded(), tree.segmentsSkipped());
          endKey();
        }
        case PENDING -> {
          if (!gatherPending()) {
            return PAUSED;
          }
          endPart();
        }
        case DRAIN -> {
          int taken = expected != null ? expected.take(out, floor) : window.take(out, floor);
          if (taken > 0) {
            return taken;
          }
          state = expected == null && window.hasMore() ? State.BEGIN : State.END;
        }
        case END -> {
          return END;
        }
      }
    }
  }

  private void begin() {
    if (expected == null) {
      start = Math.max(window.hasMore() ? window.end() : 0, floor);
      window.start();
    } else {
      wanted = expected.seek(0, floor);
      if (wanted == expected.count()) {
        state = State.END;
        return;
      }
      start = expected.tid(wanted);
    }
    part = 0;
    state = State.PART;
  }

  private void beginPart() {
    ScanKey key = parts.get(part);
    wanted = 0;
    if (!key.isRange()) {
      beginSingle(key);
      return;
    }
    cursor.start(root, key.composite(), key.end());
    pendingKeys = pending.cursor(key.composite());
    operations = null;
    nextPendingKey();
    state = State.KEYS;
  }

  /** Gathers a single key: from its place, without a walk. */
  private void beginSingle(ScanKey key) {
    pendingLeft--;
    pendingKeys = null;
    operations = key.pending() == null ? null : key.pending().tids();
    operation = 0;
    if (operations != null) {
      addInserts(operations);
    }
    if (key.tids() != null) {
      pendingLeft -= key.tids().length;
      add(key.tids(), key.tids().length);
      endKey();
    } else if (key.isInTree()) {
      resume(key.place());
    } else {
      endKey();
    }
  }

  private void endPart() {
    state = ++part == parts.size() || isComplete() ? State.DRAIN : State.PART;
  }

  private boolean isComplete() {
    return expected != null && expected.isComplete();
  }

  private void nextPendingKey() {
    byte[] to = parts.get(part).end();
    boolean isInRange =
        pendingKeys.next()
            && Arrays.compareUnsigned(
                    pendingKeys.key(), 0, pendingKeys.keyLength(), to, 0, to.length)
                < 0;
    if (!isInRange) {
      pendingKeys = null;
    }
  }

  /**
   * Gathers the pending keys up to the one the tree's cursor has gone to; false, in another state,
   * where that are too many for a step.
   */
  private boolean beginKey() {
    wanted = 0;
    if (pendingKeys == null) {
      return true;
    }
    treeKeyLength = cursor.copyKey(treeKey);
    if (gatherBelow()) {
      return true;
    }
    state = State.BELOW;
    return false;
  }

  /** Gathers pending keys up to the tree's key; false where the step has had enough of them. */
  private boolean gatherBelow() {
    while (pendingKeys != null) {
      int order =
          Arrays.compareUnsigned(
              pendingKeys.key(), 0, pendingKeys.keyLength(), treeKey, 0, treeKeyLength);
      if (order > 0) {
        return true;
      }
      if (pendingLeft <= 0) {
        return false;
      }
      addInserts(pendingKeys.tids());
      if (order == 0) {
        operations = pendingKeys.tids();
        operation = 0;
        return true;
      }
      nextPendingKey();
    }
    return true;
  }

  /** The tree's key is gathered: goes behind the pending key that is equal to it. */
  private void endKey() {
    boolean hadOperations = operations != null;
    operations = null;
    if (!parts.get(part).isRange()) {
      endPart();
      return;
    }
    if (hadOperations) {
      nextPendingKey();
    }
    state = isComplete() ? State.DRAIN : State.KEYS;
  }

  private boolean gatherPending() {
    while (pendingKeys != null && pendingLeft > 0) {
      addInserts(pendingKeys.tids());
      nextPendingKey();
    }
    return pendingKeys == null;
  }

  /** Adds the inserted TIDs of a key with pending operations. */
  private void addInserts(PendingTids tids) {
    pendingLeft -= 1 + tids.count();
    if (expected != null) {
      for (int e = expected.seek(0, start), i = 0; e < expected.count(); e++) {
        i = tids.seek(i, expected.tid(e));
        if (i == tids.count()) {
          return;
        }
        if (tids.tid(i) == expected.tid(e) && !tids.isDelete(i)) {
          expected.found(e);
        }
      }
      return;
    }
    for (int i = tids.seek(0, start); i < tids.count(); i++) {
      if (!tids.isDelete(i)) {
        long tid = tids.tid(i);
        window.add(tid);
        if (tid >= window.end()) {
          return;
        }
      }
    }
  }

  /** Gathers the list of the key the cursor has gone to in this step, or begins its tree. */
  private void gather(PostingPlace place) {
    if (place.isTree()) {
      resume(place);
      return;
    }
    long address = cursor.listAddress();
    int length = place.listBytes();
    for (int at = 0; at < length; ) {
      int bytes = Segment.totalBytes(address + at, length - at);
      if (bytes < 0) {
        throw malformed(place);
      }
      if (isWanted(address, at, at + bytes, length)) {
        int count = SegmentDecoder.decode(address + at, length - at, segment);
        if (count < 0) {
          throw malformed(place);
        }
        segmentsDecoded++;
        add(segment, count);
      } else {
        segmentsSkipped++;
      }
      at += bytes;
    }
    endKey();
  }

  /** Begins to gather list or tree of a key in any step. */
  private void resume(PostingPlace place) {
    if (place.isTree()) {
      tree.reset(place.root(), place.tidCount());
      tree.advance(start);
      state = State.TREE;
    } else {
      list.reset(place.pageNo(), place.listOffset(), place.listBytes(), place.tidCount());
      list.advance(start);
      state = State.LIST;
    }
  }

  /**
   * Whether a segment may hold a TID that is asked for.
   *
   * @param at byte offset of the segment in its list
   * @param behind byte offset of what follows it
   */
  private boolean isWanted(long address, int at, int behind, int length) {
    boolean isLast = behind >= length || Segment.totalBytes(address + behind, length - behind) < 0;
    long next = isLast ? Long.MAX_VALUE : Segment.firstTid(address + behind);
    if (expected == null) {
      return next > start && Segment.firstTid(address + at) < window.end();
    }
    wanted = expected.seek(wanted, Math.max(start, Segment.firstTid(address + at)));
    return wanted < expected.count() && expected.tid(wanted) < next;
  }

  private static CorruptPageException malformed(PostingPlace place) {
    return new CorruptPageException(
        "pages",
        place.pageNo(),
        PageKind.describe(PageKind.ENTRY_LEAF.id()),
        "posting list at offset " + place.listOffset() + " is malformed");
  }

  /** Gathers a list or a tree; false where the step is spent. */
  private boolean gatherStream(StepReader step, TidStream stream) {
    while (true) {
      if (expected != null) {
        wanted = expected.seek(wanted, start);
        if (wanted == expected.count()) {
          return true;
        }
        stream.advance(expected.tid(wanted));
      }
      int taken = stream.next(step, block);
      if (taken == PAUSED) {
        return false;
      }
      if (taken == END) {
        return true;
      }
      add(block, taken);
      if (expected != null) {
        wanted = expected.seek(wanted, block[taken - 1] + 1);
      } else if (block[taken - 1] >= window.end()) {
        return true;
      }
    }
  }

  private void count(long decoded, long skipped) {
    segmentsDecoded += decoded;
    segmentsSkipped += skipped;
  }

  /** Adds TIDs of the tree that no pending operation says anything about. */
  private void add(long[] tids, int count) {
    if (expected != null) {
      addExpected(tids, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      long tid = tids[i];
      if (tid >= start && !isPending(tid)) {
        window.add(tid);
        if (tid >= window.end()) {
          return;
        }
      }
    }
  }

  private void addExpected(long[] tids, int count) {
    int at = 0;
    for (int e = expected.seek(wanted, tids[0]);
        e < expected.count() && expected.tid(e) <= tids[count - 1];
        e = expected.seek(e + 1, 0)) {
      at = Arrays.binarySearch(tids, at, count, expected.tid(e));
      if (at >= 0 && !isPending(tids[at])) {
        expected.found(e);
      }
      at = at < 0 ? ~at : at;
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

  @Override
  public void advance(long tid) {
    floor = Math.max(floor, tid);
  }

  @Override
  public long tidCount() {
    return tidCount;
  }

  long entryPages() {
    return cursor.pagesRead() + listPages + (state == State.LIST ? list.pagesRead() : 0);
  }

  long postingPages() {
    return postingPages + (state == State.TREE ? tree.pagesRead() : 0);
  }

  long segmentsDecoded() {
    return segmentsDecoded
        + (state == State.TREE ? tree.segmentsDecoded() : 0)
        + (state == State.LIST ? list.segmentsDecoded() : 0);
  }

  long segmentsSkipped() {
    return segmentsSkipped
        + (state == State.TREE ? tree.segmentsSkipped() : 0)
        + (state == State.LIST ? list.segmentsSkipped() : 0);
  }
}
