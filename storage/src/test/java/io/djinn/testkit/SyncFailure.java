package io.djinn.testkit;

/**
 * The ways a sync fails, as file systems were seen to (Rebello et al., Can Applications Recover
 * from fsync Failures?, ATC 2020).
 */
public enum SyncFailure {
  /** An error; the next sync writes the bytes. */
  KEPT_DIRTY,
  /** An error; the cache goes on showing the new bytes, and no later sync writes them. */
  MARKED_CLEAN,
  /** An error; the cache shows the old bytes again. */
  REVERTED,
  /** No error and nothing written, as MARKED_CLEAN; the next sync of the file reports it. */
  REPORTED_LATE
}
