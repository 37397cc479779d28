package io.djinn.testkit;

/**
 * A family of tests that proves one promise, with the count that a full proof reaches.
 *
 * <p>A structure added later shares a family's count; it does not get one of its own.
 */
public enum Family {
  POWER_CUT("F1", "power-cut images, distinct by workload, position and durable bytes", 100_000),
  RECOVERY_CUT("F2", "power cuts during recovery", 20_000),
  KILL_INSERT("F3i", "processes killed during insertion", 50),
  KILL_BUILD("F3b", "processes killed during a build", 50),
  KILL_CHECKPOINT("F3c", "processes killed during a checkpoint", 50),
  KILL_RECOVERY("F3r", "processes killed during recovery", 50),
  KILL("F3", "processes killed, all together", 300),
  FAULT("F4", "faults at the n-th call, simulated", 50_000),
  FAULT_SHIM("F4s", "faults at the n-th system call of a real process", 500),
  BYTE_SWEEP("F5", "bytes of pages, records and control slots changed", 100_000),
  RESEALED("F6", "re-sealed mutations of pages and records", 50_000),
  HOSTILE("F7", "hostile rows and queries, 50,000 of each operator class", 1_000_000),
  MODEL_OPERATIONS("F8", "model operations", 2_000_000),
  MODEL_QUERIES("F8q", "model queries compared", 200_000),
  REDO_EQUALS_DO("F9", "pages redone and compared with those the batch made", 2_000_000),
  LOG_END("F10", "ends of the log cut or garbled", 20_000),
  SCHEDULE(
      "F11", "schedules of four clients and the engine's threads, one running at a time", 20_000),
  THREADS("F12", "seconds of eight real threads beside their models", 90),
  SAME_INDEX("F13", "indexes built and filled in real stores, compared with their rows", 1_000),
  REAL_SYSTEM("F14", "events of the real operating system, each a scenario of its own", 25),
  ALLOCATION("F15", "failed allocations of off-heap memory", 1_000),
  SOAK("F16", "seconds of churn beside scans, snapshots and checkpoints, nothing growing", 300),
  LIVENESS("F17", "ends of faults and schedules after which the store became quiet", 4_000),
  PEER("P", "random queries answered as by a PostgreSQL server, row by row", 4_500),
  PLANTED("M", "planted bugs caught", 67),
  LEAF_SPLIT("E1", "leaf pages split", 1_000),
  INNER_SPLIT("E2", "inner pages split", 1_000),
  ROOT_SPLIT("E3", "roots split", 1_000),
  LIST_TO_TREE("E4", "posting lists moved to a tree", 1_000),
  PAGE_FREE("E5", "pages freed", 1_000),
  PAGE_REUSE("E6", "freed pages used again", 1_000),
  CHECKPOINT("E7", "checkpoints", 1_000),
  SEGMENT_SWITCH("E8", "log segments begun", 1_000),
  BUILD("E9", "indexes built", 1_000);

  private final String id;
  private final String what;
  private final long fullCount;

  Family(String id, String what, long fullCount) {
    this.id = id;
    this.what = what;
    this.fullCount = fullCount;
  }

  /** Its short name in reports. */
  public String id() {
    return id;
  }

  /** What is counted. */
  public String what() {
    return what;
  }

  /** Distinct cases of a full proof, at least. */
  public long fullCount() {
    return fullCount;
  }

  /** Distinct cases of a tier, at least. */
  public long atLeast(Tier tier) {
    return tier.atLeast(fullCount);
  }
}
