package io.djinn.perf;

import com.sun.management.OperatingSystemMXBean;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.BuildListener;
import io.djinn.build.BuildReport;
import io.djinn.build.IndexBuild;
import io.djinn.build.ParticipantReport;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One measured build of the table {@code arrays} in this process, after a warm-up build of fewer
 * rows; prints its {@link Figures} as the last line.
 *
 * <p>The warm-up has a store of its own, closed before the measured store is opened; the memory
 * measured is what the process grows by from then on.
 */
final class BuildProbe {
  /** What the process may grow by beyond the budget of a build. */
  static final long RSS_SLACK_BYTES = 32L << 20;

  /**
   * What is built.
   *
   * @param directory for stores; what the probe makes in it is deleted
   * @param table the file of the rows, or null for the rows in memory
   * @param warmUpTable the file of the warm-up's rows, or null
   */
  record Plan(
      Path directory,
      Path table,
      Path warmUpTable,
      int rows,
      int warmUpRows,
      int participants,
      long budgetBytes) {
    List<String> arguments() {
      return List.of(
          directory.toString(),
          table == null ? "" : table.toString(),
          warmUpTable == null ? "" : warmUpTable.toString(),
          Integer.toString(rows),
          Integer.toString(warmUpRows),
          Integer.toString(participants),
          Long.toString(budgetBytes));
    }

    static Plan of(String[] arguments) {
      return new Plan(
          Path.of(arguments[0]),
          arguments[1].isEmpty() ? null : Path.of(arguments[1]),
          arguments[2].isEmpty() ? null : Path.of(arguments[2]),
          Integer.parseInt(arguments[3]),
          Integer.parseInt(arguments[4]),
          Integer.parseInt(arguments[5]),
          Long.parseLong(arguments[6]));
    }

    String sourceName() {
      return table == null ? "memory" : "file";
    }
  }

  private final Plan plan;

  BuildProbe(Plan plan) {
    this.plan = plan;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println(new BuildProbe(Plan.of(arguments)).run().toJson());
  }

  /** Builds, measures and checks; throws where the result is wrong. */
  Figures run() throws Exception {
    Path work = plan.directory().resolve("probe");
    deleteTree(work);
    Files.createDirectories(work);
    try {
      try (Djinn db = Djinn.open(work.resolve("warm-up"), DjinnOptions.defaults());
          RowSource source = source(plan.warmUpTable(), plan.warmUpRows(), work)) {
        build(db, source);
      }
      try (RowSource source = source(plan.table(), plan.rows(), work);
          Djinn db = Djinn.open(work.resolve("store"), DjinnOptions.defaults())) {
        return measure(db, source);
      }
    } finally {
      deleteTree(work);
    }
  }

  private static RowSource source(Path table, int rows, Path work) throws IOException {
    return table == null
        ? ArraysTable.inMemory(rows)
        : Sources.open(table, work.resolve("rows"), Sources.DEFAULT_BLOCK_BYTES);
  }

  private IndexBuild build(Djinn db, RowSource source) {
    IndexBuild build = newBuild(db, source);
    build.run();
    return build;
  }

  private IndexBuild newBuild(Djinn db, RowSource source) {
    return new IndexBuild(
        db,
        "arrays",
        GinSpec.column("$", ArrayOps.ofInts()),
        source,
        BuildOptions.defaults()
            .withMaintenanceWorkMem(plan.budgetBytes())
            .withParallelWorkers(plan.participants() - 1),
        BuildListener.SILENT);
  }

  private Figures measure(Djinn db, RowSource source) throws Exception {
    IndexBuild build = newBuild(db, source);
    boolean hasRss = RssSampler.isAvailable();
    long before = hasRss ? RssSampler.residentBytes() : 0;
    RssSampler sampler = hasRss ? new RssSampler() : null;
    long cpuNanos = cpuNanos();
    BuildReport report = build.run();
    cpuNanos = cpuNanos() - cpuNanos;
    long grown = hasRss ? sampler.stop() - before : 0;
    GinIndex index = build.index();
    new ArraysCheck(plan.rows()).check(db, index, source);
    ParticipantReport total = report.total();
    require("participants", report.startedWorkers() + 1 == plan.participants());
    require("rows of the report", total.rows() == plan.rows());
    Figures figures =
        new Figures()
            .put("source", plan.sourceName())
            .put("rows", plan.rows())
            .put("participants", plan.participants())
            .put("budgetBytes", plan.budgetBytes())
            .put("seconds", report.seconds())
            .put("scanSeconds", report.scanSeconds())
            .put("mergeSeconds", report.mergeSeconds())
            .put("cpuSeconds", total.cpuSeconds())
            .put("processCpuSeconds", cpuNanos / 1e9)
            .put("accountedPeak", report.accountedPeak())
            .put("indexBytes", indexBytes(db, index))
            .put("spilledBytes", total.spilledBytes())
            .put("keys", total.keys())
            .put("tids", total.tids());
    return hasRss ? figures.put("rssAnonGrowth", grown) : figures;
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long indexBytes(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      return stats.totalPages() * db.options().pageSizeBytes();
    }
  }

  private static void require(String what, boolean holds) {
    if (!holds) {
      throw new IllegalStateException(what + " are not those asked for");
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> paths = Files.walk(root)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
