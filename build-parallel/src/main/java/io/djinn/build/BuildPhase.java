package io.djinn.build;

/** The phases of a build, in order. */
public enum BuildPhase {
  /** Threads are being started. */
  START,
  /** Rows are scanned into runs. */
  SCAN,
  /** Neighbouring runs are merged because there are too many for one merge. */
  COMBINE,
  /** Ranges of the key space are merged and loaded. */
  LOAD,
  /** The index is put together and made visible. */
  COMPLETE,
  /** There is nothing more to do. */
  ENDED
}
