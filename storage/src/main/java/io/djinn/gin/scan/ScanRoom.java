package io.djinn.gin.scan;

import java.util.List;

/**
 * How many streams may be open at once: what a stream takes is multiplied by it.
 *
 * @param keys streams of single keys, each of about 10 KiB once it is read
 * @param ranges streams of ranges, each of about two pages and a window
 */
record ScanRoom(int keys, int ranges) {
  /** For one purpose of one scan. */
  static final ScanRoom OF_SCAN = new ScanRoom(1024, 64);

  /** The part of one of several conditions, at least one stream of each kind. */
  ScanRoom share(int conditions) {
    return new ScanRoom(Math.max(1, keys / conditions), Math.max(1, ranges / conditions));
  }

  /** Whether all of some keys have room. */
  boolean takes(List<ScanKey> wanted) {
    long wantedRanges = wanted.stream().filter(ScanKey::isRange).count();
    return wantedRanges <= ranges && wanted.size() - wantedRanges <= keys;
  }

  /** The first of some keys that have room, in their order. */
  List<ScanKey> firstOf(List<ScanKey> wanted) {
    int[] taken = new int[2];
    return wanted.stream()
        .filter(key -> key.isRange() ? ++taken[0] <= ranges : ++taken[1] <= keys)
        .toList();
  }
}
