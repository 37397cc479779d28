package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;

/** A stream of TIDs that says block by block whether their rows must be compared. */
interface CandidateStream extends TidStream {
  /** Whether a TID of the block given last may be of a row that does not match. */
  boolean needsRecheck();
}
