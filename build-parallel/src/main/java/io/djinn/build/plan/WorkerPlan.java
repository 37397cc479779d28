package io.djinn.build.plan;

/**
 * How many workers a build asks for, and why not more.
 *
 * @param workers beside the leader, 0 for a serial build
 * @param reason what decided the number, in words
 */
public record WorkerPlan(int workers, String reason) {
  /** Budget the cost model wants for each participant. */
  public static final long COMFORTABLE_BYTES = 32L << 20;

  /** Budget below which a participant is of no use. */
  public static final long LEAST_BYTES = 1L << 20;

  /** Each time a source is so many times larger, it is worth one more worker. */
  private static final int TABLE_GROWTH = 3;

  /**
   * @param sourceBytes size of the source
   * @param cores processors there are
   */
  public static WorkerPlan of(BuildOptions options, long sourceBytes, int cores) {
    return options.parallelWorkers() == BuildOptions.UNSET
        ? byCost(options, sourceBytes, cores)
        : asAsked(options);
  }

  private static WorkerPlan asAsked(BuildOptions options) {
    int asked = options.parallelWorkers();
    long affordable = options.maintenanceWorkMem() / LEAST_BYTES - 1;
    int most = options.maxParallelMaintenanceWorkers();
    int workers = (int) Math.min(asked, affordable);
    String reason = "asked " + asked;
    if (workers < asked) {
      reason += ", cut to " + workers + ": 1 MiB of maintenanceWorkMem a participant at least";
    }
    if (most != BuildOptions.UNSET && most < workers) {
      workers = most;
      reason = "asked " + asked + ", cut to " + most + " by maxParallelMaintenanceWorkers";
    }
    return new WorkerPlan(workers, reason);
  }

  private static WorkerPlan byCost(BuildOptions options, long sourceBytes, int cores) {
    int bySize = workersBySize(sourceBytes, options.minParallelTableSize());
    int most =
        options.maxParallelMaintenanceWorkers() == BuildOptions.UNSET
            ? Math.max(0, cores - 1)
            : options.maxParallelMaintenanceWorkers();
    long byMemory = Math.max(0, options.maintenanceWorkMem() / COMFORTABLE_BYTES - 1);
    int workers = (int) Math.min(Math.min(bySize, most), byMemory);
    String reason =
        workers == bySize
            ? "by the size of the source"
            : workers == most
                ? "by maxParallelMaintenanceWorkers"
                : "by 32 MiB of maintenanceWorkMem a participant";
    return new WorkerPlan(workers, reason);
  }

  /** One worker from the least size on, and one more each time the size triples. */
  static int workersBySize(long sourceBytes, long minParallelTableSize) {
    if (sourceBytes < minParallelTableSize) {
      return 0;
    }
    int workers = 1;
    long size = sourceBytes;
    long least = Math.max(1, minParallelTableSize);
    while (workers < BuildOptions.MAX_WORKERS && size / TABLE_GROWTH >= least) {
      size /= TABLE_GROWTH;
      workers++;
    }
    return workers;
  }
}
