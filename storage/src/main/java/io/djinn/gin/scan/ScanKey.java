package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryLookup;
import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.Segment;
import io.djinn.gin.posting.TidStream;
import io.djinn.page.PageKind;

/**
 * A key a scan looks up: the composite key, and where its TIDs are once it is found, or the TIDs
 * themselves where they are no more than a block.
 */
final class ScanKey {
  private final byte[] composite;
  private final PostingPlace place = new PostingPlace();
  private boolean isFound;
  private long[] tids;
  private int segments;

  ScanKey(int column, int category, byte[] key) {
    composite = EntryKeys.compose(column, category, key);
  }

  byte[] composite() {
    return composite;
  }

  /**
   * Takes what a lookup found, in the step in which it did.
   *
   * @param postings decodes a short list
   */
  void found(EntryLookup lookup, PostingList postings) {
    place.set(lookup.place());
    isFound = true;
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

  boolean isFound() {
    return isFound;
  }

  /** The TIDs of a short list, else null. */
  long[] tids() {
    return tids;
  }

  /** Segments that were decoded for {@link #tids()}. */
  int segments() {
    return segments;
  }

  /** Where the TIDs are, of a key that was found. */
  PostingPlace place() {
    return place;
  }
}
