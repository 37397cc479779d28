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
  private final int column;
  private final int category;

  /** Of a single key its bytes; of a range the composite key it begins with. */
  private final byte[] bytes;

  private final byte[] end;

  /** Null where the tree does not have the key. */
  private PostingPlace place;

  private PendingKey pending;
  private long[] tids;
  private int segments;
  private long rangeTids;
  private int rangeKeys;

  private ScanKey(int column, int category, byte[] bytes, byte[] end) {
    this.column = column;
    this.category = category;
    this.bytes = bytes;
    this.end = end;
  }

  /**
   * One key.
   *
   * @param key kept and not changed
   */
  static ScanKey single(int column, int category, byte[] key) {
    return new ScanKey(column, category, key, null);
  }

  /**
   * All keys from one up to another.
   *
   * @param end not part of the range; null for all that follow
   */
  static ScanKey range(int column, byte[] from, byte[] end) {
    return between(
        EntryKeys.compose(column, GinQuery.NORMAL_KEY, from),
        end == null
            ? EntryKeys.compose(column, GinQuery.NORMAL_KEY + 1, new byte[0])
            : EntryKeys.compose(column, GinQuery.NORMAL_KEY, end));
  }

  /**
   * All composite keys from one up to another.
   *
   * @param from a composite key, or its first bytes
   * @param end likewise; not part of the range
   */
  static ScanKey between(byte[] from, byte[] end) {
    return new ScanKey(0, GinQuery.NORMAL_KEY, from, end);
  }

  /** The composite key, made anew, of a range the one it begins with. */
  byte[] composite() {
    return isRange() ? bytes : EntryKeys.compose(column, category, bytes);
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
   * @param mostHeld the most TIDs that may be held
   */
  void found(EntryLookup lookup, PostingList postings, long mostHeld) {
    place = new PostingPlace();
    place.set(lookup.place());
    if (!place.isTree() && place.tidCount() <= Math.min(mostHeld, TidStream.BLOCK)) {
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

  /**
   * Takes the pending operations on the key.
   *
   * @param composite the composite key
   */
  void find(PendingView view, byte[] composite) {
    pending = view.locate(composite);
  }

  /** Whether the key may have TIDs. */
  boolean isFound() {
    return isInTree() || pending != null || rangeTids > 0;
  }

  boolean isInTree() {
    return place != null;
  }

  /** The most TIDs the key may have. */
  long tidCount() {
    return rangeTids
        + (isInTree() ? place.tidCount() : 0)
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
