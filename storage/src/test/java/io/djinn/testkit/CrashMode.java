package io.djinn.testkit;

/** What of the effects not yet synced a power cut leaves. */
public enum CrashMode {
  /** Nothing. */
  NONE,
  /** Everything. */
  ALL,
  /** The last operation alone. */
  LAST_ONLY,
  /** Everything but one operation. */
  DROP_ONE,
  /** Any effects, without regard to their order. */
  RANDOM_SUBSET,
  /** Of one or more writes some of the sectors; of the rest everything or any effects. */
  TORN,
  /** Like TORN, and of one sector of a torn write only the first bytes. */
  TORN_INSIDE_SECTORS,
  /** Sizes and names, and where a file grew only zeros or junk. */
  EXTEND_WITHOUT_DATA,
  /** Names, and maybe sizes, but no data. */
  RENAME_BEFORE_DATA
}
