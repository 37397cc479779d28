package io.djinn.gin.pending;

import io.djinn.gin.posting.Segment;

/**
 * One operation on a TID as a number: the TID, and whether it is deleted in the lowest bit; so
 * operations of different TIDs compare as their TIDs do.
 */
final class PendingOperation {
  private PendingOperation() {}

  static long insert(long tid) {
    assert tid >= 0 && tid <= Segment.MAX_TID;
    return tid << 1;
  }

  static long delete(long tid) {
    assert tid >= 0 && tid <= Segment.MAX_TID;
    return tid << 1 | 1;
  }

  static long tid(long operation) {
    return operation >>> 1;
  }

  static boolean isDelete(long operation) {
    return (operation & 1) != 0;
  }
}
