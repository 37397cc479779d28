package io.djinn.build.cli;

import io.djinn.api.BuildLogging;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.build.IndexBuild;
import io.djinn.build.plan.BuildOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of builds: threads, memory, temporary files. */
final class BuildSettings {
  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Worker threads beside the leader, 0 to 1024. Default: by the size of the rows.")
  private Integer workers;

  @Option(
      names = "--maintenance-work-mem",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Memory of a build, at least 1MB. Default 64MB.")
  private Long maintenanceWorkMem;

  @Option(
      names = "--max-parallel-maintenance-workers",
      paramLabel = "N",
      description = "The most workers, also where --workers asks for more. Default: cores - 1.")
  private Integer maxWorkers;

  @Option(
      names = "--min-parallel-table-size",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Size of the rows below which a build has no worker. Default 8MB.")
  private Long minParallelTableSize;

  @Option(
      names = "--temp-file-limit",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "The most bytes of temporary files. Default: no limit.")
  private Long tempFileLimit;

  @Option(
      names = "--temp-directory",
      paramLabel = "DIR",
      description = "Where temporary files are kept, in a directory below. Default: in the store.")
  private Path tempDirectory;

  @Option(
      names = "--logging",
      paramLabel = "WHAT",
      converter = LoggingWord.class,
      description =
          "minimal: the log does not get the pages of the index; full: it gets an image of each."
              + " Default minimal.")
  private BuildLogging logging;

  /** The settings of a store these options give. */
  DjinnOptions settings() {
    DjinnOptions settings = DjinnOptions.defaults();
    if (maintenanceWorkMem != null) {
      settings = settings.withMaintenanceWorkMemBytes(maintenanceWorkMem);
    }
    if (maxWorkers != null) {
      settings = settings.withMaxParallelMaintenanceWorkers(maxWorkers);
    }
    if (minParallelTableSize != null) {
      settings = settings.withMinParallelTableBytes(minParallelTableSize);
    }
    if (tempFileLimit != null) {
      settings = settings.withTempFileLimitBytes(tempFileLimit);
    }
    if (logging != null) {
      settings = settings.withBuildLogging(logging);
    }
    if (tempDirectory != null) {
      settings = settings.withTempDirectory(tempDirectory);
    }
    if (workers != null && (workers < 0 || workers > BuildOptions.MAX_WORKERS)) {
      throw new UserMistakeException(
          "--workers " + workers + ": must be 0 to " + BuildOptions.MAX_WORKERS);
    }
    return settings;
  }

  /** The options of a build in such a store. */
  BuildOptions options(Djinn db) {
    BuildOptions options = IndexBuild.optionsOf(db);
    if (maxWorkers == null) {
      options = options.withMaxParallelMaintenanceWorkers(BuildOptions.UNSET);
    }
    return workers == null ? options : options.withParallelWorkers(workers);
  }
}
