package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.memory.ByteStrings;
import io.djinn.page.StepReader;

/** Finds the payloads that a key of a query has for given rows. */
interface PayloadSource {
  /** What {@link #find} says: all payloads the row has under the key were added. */
  int DONE = 1;

  /**
   * What {@link #find} says: the step is spent and what was added is not all; ask again in the
   * next, with nothing added.
   */
  int PAUSED = TidStream.PAUSED;

  /**
   * Adds the payloads of a row: at most one of a single key, one of each key met of a range.
   *
   * @param tid not below the one asked for before
   * @return {@link #DONE} or {@link #PAUSED}
   */
  int find(StepReader step, long tid, ByteStrings found);
}
