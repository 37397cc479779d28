package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.PostingPlace;

/** A key a scan looks up: the composite key, and where its TIDs are once it is found. */
final class ScanKey {
  private final byte[] composite;
  private final PostingPlace place = new PostingPlace();
  private boolean isFound;

  ScanKey(int column, int category, byte[] key) {
    composite = EntryKeys.compose(column, category, key);
  }

  byte[] composite() {
    return composite;
  }

  void found(PostingPlace at) {
    place.set(at);
    isFound = true;
  }

  boolean isFound() {
    return isFound;
  }

  /** Where the TIDs are, of a key that was found. */
  PostingPlace place() {
    return place;
  }
}
