package io.djinn.build.plan;

import io.djinn.api.BuildLogging;
import java.util.Objects;

/**
 * Options of one build.
 *
 * @param maintenanceWorkMem bytes everything the build holds off-heap may take together, at least
 *     {@link #MIN_WORK_MEM}
 * @param maxParallelMaintenanceWorkers the most workers, or {@link #UNSET}: then as many as there
 *     are cores beside one for the cost model, and no limit for a number asked for
 * @param minParallelTableSize bytes of a source below which the cost model wants no worker
 * @param parallelWorkers workers asked for, which skips cost model and memory rule, or {@link
 *     #UNSET}
 * @param tempFileLimit bytes temporary files may take together, or {@link #UNSET}: no limit
 * @param logging what of the loaded pages goes into the store's log
 */
public record BuildOptions(
    long maintenanceWorkMem,
    int maxParallelMaintenanceWorkers,
    long minParallelTableSize,
    int parallelWorkers,
    long tempFileLimit,
    BuildLogging logging) {
  /** An option nobody gave. */
  public static final int UNSET = -1;

  public static final long MIN_WORK_MEM = 1L << 20;
  public static final int MAX_WORKERS = 1024;

  public BuildOptions {
    if (maintenanceWorkMem < MIN_WORK_MEM) {
      throw new IllegalArgumentException(
          "maintenanceWorkMem of "
              + maintenanceWorkMem
              + " bytes is below the least, "
              + MIN_WORK_MEM);
    }
    checkWorkers("maxParallelMaintenanceWorkers", maxParallelMaintenanceWorkers);
    checkWorkers("parallelWorkers", parallelWorkers);
    if (minParallelTableSize < 0) {
      throw new IllegalArgumentException(
          "minParallelTableSize of " + minParallelTableSize + " bytes is negative");
    }
    if (tempFileLimit < UNSET) {
      throw new IllegalArgumentException(
          "tempFileLimit of " + tempFileLimit + " bytes is negative");
    }
    Objects.requireNonNull(logging, "logging");
  }

  private static void checkWorkers(String option, int workers) {
    if (workers < UNSET || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          option + " of " + workers + " is not within 0 and " + MAX_WORKERS);
    }
  }

  /**
   * 64 MB, cores − 1 workers, tables from 8 MB in parallel, no limit of temporary files, minimal
   * log.
   */
  public static BuildOptions defaults() {
    return new BuildOptions(64L << 20, UNSET, 8L << 20, UNSET, UNSET, BuildLogging.MINIMAL);
  }

  public BuildOptions withMaintenanceWorkMem(long bytes) {
    return new BuildOptions(
        bytes,
        maxParallelMaintenanceWorkers,
        minParallelTableSize,
        parallelWorkers,
        tempFileLimit,
        logging);
  }

  public BuildOptions withMaxParallelMaintenanceWorkers(int workers) {
    return new BuildOptions(
        maintenanceWorkMem, workers, minParallelTableSize, parallelWorkers, tempFileLimit, logging);
  }

  public BuildOptions withMinParallelTableSize(long bytes) {
    return new BuildOptions(
        maintenanceWorkMem,
        maxParallelMaintenanceWorkers,
        bytes,
        parallelWorkers,
        tempFileLimit,
        logging);
  }

  public BuildOptions withParallelWorkers(int workers) {
    return new BuildOptions(
        maintenanceWorkMem,
        maxParallelMaintenanceWorkers,
        minParallelTableSize,
        workers,
        tempFileLimit,
        logging);
  }

  public BuildOptions withTempFileLimit(long bytes) {
    return new BuildOptions(
        maintenanceWorkMem,
        maxParallelMaintenanceWorkers,
        minParallelTableSize,
        parallelWorkers,
        bytes,
        logging);
  }

  public BuildOptions withLogging(BuildLogging newLogging) {
    return new BuildOptions(
        maintenanceWorkMem,
        maxParallelMaintenanceWorkers,
        minParallelTableSize,
        parallelWorkers,
        tempFileLimit,
        newLogging);
  }
}
