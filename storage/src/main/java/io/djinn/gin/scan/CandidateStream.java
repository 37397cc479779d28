package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;

/** A stream of TIDs that says of each whether their rows must be compared. */
interface CandidateStream extends TidStream {
  /** Whether the TID at an index of the block given last may be of a row that does not match. */
  boolean needsRecheck(int index);
}
