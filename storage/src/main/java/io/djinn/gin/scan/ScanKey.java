package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryLookup;
import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.pending.PendingKey;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.page.PageKind;

/**
 * A key a scan looks up: the composite key, and once it is found where its TIDs are in the tree, or
 * the TIDs themselves where they are no more than a block, and its pending operations.
 *
 * <p>Or a range of keys: where it ends, and about how many TIDs it has.
 */
final class ScanKey {
  private final byte[] composite;
  private final byte[] end;
  private final PostingPlace place = new PostingPlace();
  private boolean isInTree;
  private PendingKey pending;
  private long[] tids;
  private int segments;
  private long rangeTids;
  private int rangeKeys;

  private ScanKey(byte[] composite, byte[] end) {
    this.composite = composite;
    this.end = end;
  }

  static ScanKey single(int column, int category, byte[] key) {
    return new ScanKey(EntryKeys.compose(column, category, key), null);
  }

  /**
   * All keys from one up to another.
   *
   * @param end not part of the range; null for all that follow
   */
  static ScanKey range(int column, byte[] from, byte[] end) {
    return new ScanKey(
        EntryKeys.compose(column, GinQuery.NORMAL_KEY, from),
        end == null
            ? EntryKeys.compose(column, GinQuery.NORMAL_KEY + 1, new byte[0])
            : EntryKeys.compose(column, GinQuery.NORMAL_KEY, end));
  }

  /** The composite key, of a range the one it begins with. */
  byte[] composite() {
    return composite;
  }

  boolean isRange() {
    return end != null;
  }

  /** The composite key a range ends before. */
  byte[] end() {
    return end;
  }

  /**
   * Takes what a look at a range found.
   *
   * @param tids the most TIDs its keys have, each for itself
   * @param keys how many keys there are at most; -1 where that is not known
   */
  void foundRange(long tids, int keys) {
    rangeTids = tids;
    rangeKeys = keys;
  }

  /** Whether a range is known to have few keys. */
  boolean isShort() {
    return rangeKeys >= 0;
  }

  /** How many keys a range that {@link #isShort} has at most. */
  int rangeKeys() {
    return rangeKeys;
  }

  /**
   * Takes what a lookup found, in the step in which it did.
   *
   * @param postings decodes a short list
   */
  void found(EntryLookup lookup, PostingList postings) {
    place.set(lookup.place());
    isInTree = true;
    if (!place.isTree() && place.tidCount() <= TidStream.BLOCK) {
      long list = lookup.listAddress();
      tids = new long[(int) place.tidCount()];
      try {
        postings.decode(list, place.listBytes(), tids);
      } catch (MalformedListException malformed) {
        throw malformed.onPage(place.pageNo(), PageKind.ENTRY_LEAF);
      }
      for (int at = 0; at < place.listBytes(); segments++) {
        at += Segment.totalBytes(list + at, place.listBytes() - at);
      }
    }
  }

  /** Takes the pending operations on the key. */
  void find(PendingView view) {
    pending = view.locate(composite);
  }

  /** Whether the key may have TIDs. */
  boolean isFound() {
    return isInTree || pending != null || rangeTids > 0;
  }

  boolean isInTree() {
    return isInTree;
  }

  /** The most TIDs the key may have. */
  long tidCount() {
    return rangeTids
        + (isInTree ? place.tidCount() : 0)
        + (pending == null ? 0 : pending.operations());
  }

  /** The pending operations on the key, null where there are none. */
  PendingKey pending() {
    return pending;
  }

  /** The TIDs of a short list, else null. */
  long[] tids() {
    return tids;
  }

  /** Segments that were decoded for {@link #tids()}. */
  int segments() {
    return segments;
  }

  /** Where the TIDs are, of a key that is in the tree. */
  PostingPlace place() {
    return place;
  }
}
