package io.djinn.batch;

/** When a commit may be published, and when its records are synced. */
public enum SyncMode {
  /** Published when synced, which is asked for at once. */
  SYNC,
  /** Published when synced, which may wait a given time for company. */
  GROUP,
  /** Published at once, synced within a given time. */
  ASYNC,
  /** Published at once, synced by the next checkpoint or whoever syncs before it. */
  NONE
}
