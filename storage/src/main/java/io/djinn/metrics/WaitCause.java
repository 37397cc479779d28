package io.djinn.metrics;

/** Why a thread did not go on at once: each has a distribution of its own. */
public enum WaitCause {
  /** A commit waited for the writer's slot. */
  SLOT,
  /** The batch in the writer's slot waited for room in the log or for free frames. */
  BACK_PRESSURE,
  /** A commit whose promise is a sync waited from its append until it was published. */
  SYNC,
  /** A slice of a pending list was merged into its tree. */
  MERGE,
  /** A checkpoint was made, from its redo point to its control slot. */
  CHECKPOINT
}
