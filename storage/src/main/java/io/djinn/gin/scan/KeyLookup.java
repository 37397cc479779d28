package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryCursor;
import io.djinn.gin.entry.EntryLookup;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.PostingList;
import io.djinn.page.StepReader;
import java.util.Arrays;
import java.util.List;

/**
 * Looks up the keys of a scan one after the other, in as many steps as it takes.
 *
 * <p>Of a range only the first keys are looked at, to tell whether it is empty and about how many
 * TIDs it has.
 */
final class KeyLookup {
  /** Entry pages that are read of a range at most. */
  private static final int RANGE_PAGES = 8;

  /** Pending keys that are looked at of a range at most. */
  private static final int RANGE_PENDING_KEYS = 256;

  /** TIDs of short lists that are held at most, so that they are not read again. */
  private static final long MAX_HELD = 1 << 17;

  private final List<ScanKey> keys;
  private final int root;
  private final PendingView pending;
  private final long tidsOfIndex;
  private final EntryLookup lookup = new EntryLookup();
  private final PostingList postings = new PostingList();
  private EntryCursor cursor;
  private int next;
  private byte[] composite;
  private long held;
  private boolean isLooking;
  private long pagesAtStart;
  private long rangeTids;
  private int rangeKeys;
  private long segmentsDecoded;

  /**
   * @param root root of the entry tree
   * @param tidsOfIndex the most TIDs all keys have together
   */
  KeyLookup(List<ScanKey> keys, int root, PendingView pending, long tidsOfIndex) {
    this.keys = keys;
    this.root = root;
    this.pending = pending;
    this.tidsOfIndex = tidsOfIndex;
  }

  /** Goes on to look; false where the step is spent. */
  boolean run(StepReader step) {
    if (cursor != null) {
      cursor.enter(step);
    }
    while (next < keys.size()) {
      ScanKey key = keys.get(next);
      if (!(key.isRange() ? findRange(step, key) : find(step, key))) {
        return false;
      }
      isLooking = false;
      next++;
    }
    return true;
  }

  private boolean find(StepReader step, ScanKey key) {
    if (!isLooking) {
      composite = key.composite();
      lookup.start(root, composite);
      isLooking = true;
    }
    int found = lookup.next(step);
    if (found == EntryLookup.PAUSED) {
      return false;
    }
    if (found == EntryLookup.FOUND) {
      key.found(lookup, postings, MAX_HELD - held);
      held += key.tids() == null ? 0 : key.tids().length;
      segmentsDecoded += key.segments();
    }
    key.find(pending, composite);
    return true;
  }

  private boolean findRange(StepReader step, ScanKey key) {
    if (!isLooking) {
      if (cursor == null) {
        cursor = new EntryCursor(step.pageSizeBytes());
        cursor.enter(step);
      }
      cursor.start(root, key.composite(), key.end());
      pagesAtStart = cursor.pagesRead();
      rangeTids = 0;
      rangeKeys = 0;
      isLooking = true;
    }
    boolean isWhole = true;
    for (int found = cursor.next(); found != EntryCursor.END; found = cursor.next()) {
      if (found == EntryCursor.PAUSED) {
        return false;
      }
      rangeTids += cursor.place().tidCount();
      rangeKeys++;
      if (cursor.pagesRead() - pagesAtStart > RANGE_PAGES) {
        isWhole = false;
        break;
      }
    }
    long operations = pendingOperations(key);
    if (isWhole && operations >= 0) {
      key.foundRange(rangeTids + operations, rangeKeys);
    } else {
      key.foundRange(tidsOfIndex, -1);
    }
    return true;
  }

  /**
   * Counts the pending keys of a range.
   *
   * @return the pending operations on them, -1 where there are more keys than are looked at
   */
  private long pendingOperations(ScanKey key) {
    if (pending.isEmpty()) {
      return 0;
    }
    PendingCursor all = pending.cursor(key.composite());
    long operations = 0;
    for (int i = 0; all.next(); i++) {
      boolean isBehind =
          Arrays.compareUnsigned(all.key(), 0, all.keyLength(), key.end(), 0, key.end().length)
              >= 0;
      if (isBehind) {
        return operations;
      }
      if (i == RANGE_PENDING_KEYS) {
        return -1;
      }
      operations += all.tids().count();
      rangeKeys++;
    }
    return operations;
  }

  /** Entry pages read so far. */
  long pagesRead() {
    return lookup.pagesRead() + (cursor == null ? 0 : cursor.pagesRead());
  }

  /** Segments decoded so far. */
  long segmentsDecoded() {
    return segmentsDecoded;
  }
}
