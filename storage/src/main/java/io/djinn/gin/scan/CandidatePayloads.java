package io.djinn.gin.scan;

import io.djinn.opclass.KeyPayloads;
import io.djinn.page.StepReader;

/** The payloads of one candidate after the other, under the keys of one query. */
interface CandidatePayloads extends KeyPayloads {
  /**
   * Goes to a candidate, which lies above the ones before; until the next call the payloads are
   * its.
   *
   * @param presence of each key of the query, all known
   * @return false where the step is spent: to be called again with the same candidate
   */
  boolean seek(StepReader step, long tid, byte[] presence);
}
