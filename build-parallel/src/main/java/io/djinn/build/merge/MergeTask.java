package io.djinn.build.merge;

import io.djinn.sort.RunCursor;

/**
 * Work for one thread: a range of keys, or some TIDs of a key that is merged in parts.
 *
 * @param part counts the parts of the key in the order of their TIDs, from 0
 * @param fromTid of the part
 * @param belowTid behind the part
 * @param partBytes of records in the part, roughly; 0 for a whole range, which knows itself
 */
public record MergeTask(KeyRange range, int part, long fromTid, long belowTid, long partBytes) {
  static MergeTask of(KeyRange range) {
    return new MergeTask(range, 0, 0, RunCursor.END, 0);
  }

  /** Bytes of records, roughly. */
  public long weightBytes() {
    return range.isOneKey() ? partBytes : range.weightBytes();
  }
}
