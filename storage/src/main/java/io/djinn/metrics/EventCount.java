package io.djinn.metrics;

/** What is counted, each event once. */
public enum EventCount {
  /** Commits that returned a number: members of a batch, and those that changed nothing. */
  COMMITS,
  /** Batches appended: COMMIT records. */
  BATCHES,
  /** Batches of more than one commit. */
  SHARED_BATCHES,
  /** Groups that were forgotten because a member failed, and applied one by one. */
  SPLIT_GROUPS,
  /** Rows inserted and deleted by commits that returned. */
  ROWS,
  /** Pages written by write-back. */
  PAGES_WRITTEN,
  /** Checkpoints finished. */
  CHECKPOINTS
}
