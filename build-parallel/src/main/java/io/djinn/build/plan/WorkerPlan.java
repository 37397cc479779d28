package io.djinn.build.plan;

import java.util.function.Supplier;

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
    return of(options, sourceBytes, cores, true, () -> null);
  }

  /**
   * @param sourceBytes size of the source
   * @param cores processors there are
   * @param isWorthWorkers whether an operator class of the index says that workers gain anything
   * @param sample looks at some rows; asked where it decides anything, and may give null
   */
  public static WorkerPlan of(
      BuildOptions options,
      long sourceBytes,
      int cores,
      boolean isWorthWorkers,
      Supplier<TableSample> sample) {
    if (options.parallelWorkers() != BuildOptions.UNSET) {
      return asAsked(options);
    }
    WorkerPlan bySize = byCost(options, sourceBytes, cores);
    if (bySize.workers == 0) {
      return bySize;
    }
    if (!isWorthWorkers) {
      return new WorkerPlan(0, "by the operator class, which expects no gain");
    }
    TableSample found = sample.get();
    if (found == null) {
      return bySize;
    }
    int workers = new CostModel(found, options.maintenanceWorkMem(), cores).workers(bySize.workers);
    return workers == bySize.workers
        ? bySize
        : new WorkerPlan(workers, "by the expected gain, of " + bySize.workers + " possible");
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
