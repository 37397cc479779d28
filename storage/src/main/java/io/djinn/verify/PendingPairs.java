package io.djinn.verify;

import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingTids;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.ByteStrings;
import java.util.Arrays;

/** The pairs of key and TID that a pending list says something about. */
final class PendingPairs {
  private final PendingView pending;
  private byte[] lastKey;
  private PendingTids lastTids;

  PendingPairs(PendingView pending) {
    this.pending = pending;
  }

  /** Whether the pending list decides about a pair: the tree does not. */
  boolean has(byte[] key, long tid) {
    if (pending.isEmpty()) {
      return false;
    }
    if (!Arrays.equals(key, lastKey)) {
      lastKey = key;
      lastTids = pending.find(key);
    }
    return lastTids != null && lastTids.has(tid);
  }

  /** Visits the pairs that are inserted. */
  void forEachInsert(EntryTreeVerifier.TidVisitor visitor) {
    PendingCursor cursor = pending.cursor(new byte[0]);
    while (cursor.next()) {
      byte[] key = cursor.copyKey();
      PendingTids tids = cursor.tids();
      ByteStrings payloads = new ByteStrings();
      cursor.addPayloads(0, tids.count(), payloads);
      for (int i = 0; i < tids.count(); i++) {
        if (!tids.isDelete(i)) {
          visitor.tid(key, tids.tid(i), payloads.copy(i));
        }
      }
    }
  }
}
