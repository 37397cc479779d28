package io.djinn.perf;

import com.sun.management.OperatingSystemMXBean;
import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.BuildColumn;
import io.djinn.build.BuildListener;
import io.djinn.build.BuildPhase;
import io.djinn.build.BuildReport;
import io.djinn.build.IndexBuild;
import io.djinn.build.ParticipantReport;
import io.djinn.build.RowSampler;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.plan.TableSample;
import io.djinn.build.work.BuildWork;
import io.djinn.source.RowSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One measured build in this process, after warm-up builds of fewer rows; prints its {@link
 * Figures} as the last line.
 *
 * <p>Each warm-up has a store of its own, closed before the measured store is opened; the memory
 * measured is what the process grows by from then on.
 */
final class BuildProbe {
  private static final String INDEX = "rows";

  private final BuildPlan plan;

  BuildProbe(BuildPlan plan) {
    this.plan = plan;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println(new BuildProbe(BuildPlan.of(arguments)).run().toJson());
  }

  /** Builds, measures and checks; throws where the result is wrong. */
  Figures run() throws Exception {
    Path work = plan.directory().resolve("probe");
    deleteTree(work);
    Files.createDirectories(work);
    try {
      TableSample sample = null;
      for (int i = 0; i < BuildPlan.WARM_UPS; i++) {
        try (Djinn db = Djinn.open(work.resolve("warm-up-" + i), DjinnOptions.defaults());
            RowSource source = plan.openWarmUpTable();
            RowSource table = plan.openTable()) {
          // As in a command's own process: before code is warm.
          sample = sample == null ? sample(db, table) : sample;
          newBuild(db, source).run();
        }
      }
      try (RowSource source = plan.openTable();
          Djinn db = Djinn.open(work.resolve("store"), DjinnOptions.defaults())) {
        return measure(db, source).putAll(told(sample));
      }
    } finally {
      deleteTree(work);
    }
  }

  private IndexBuild newBuild(Djinn db, RowSource source) {
    return new IndexBuild(
        db,
        INDEX,
        plan.setting().spec(),
        source,
        BuildOptions.defaults()
            .withMaintenanceWorkMem(plan.budgetBytes())
            .withParallelWorkers(plan.participants() - 1),
        BuildListener.SILENT);
  }

  private TableSample sample(Djinn db, RowSource source) {
    GinSpec.Column column = plan.setting().spec().columns().get(0);
    return new RowSampler(
            db.env(),
            source,
            List.of(new BuildColumn(column.path(), column.operatorClass())),
            () -> false)
        .sample();
  }

  private static Figures told(TableSample sample) {
    return new Figures()
        .put("sampledRows", sample.rows())
        .put("sampledKeys", sample.keys())
        .put("sampledDistinctKeys", sample.distinctKeys())
        .put("sampledSingleKeys", sample.singleKeys())
        .put("sampledDistinctBytes", sample.distinctBytes())
        .put("sampledNanos", sample.extractNanos());
  }

  private Figures measure(Djinn db, RowSource source) throws Exception {
    IndexBuild build = newBuild(db, source);
    boolean hasRss = RssSampler.isAvailable();
    if (plan.isAwaited()) {
      ProbeProcess.awaitStart();
    }
    long before = hasRss ? RssSampler.residentBytes() : 0;
    RssSampler sampler = hasRss ? new RssSampler() : null;
    long cpuNanos = cpuNanos();
    BuildReport report = build.run();
    cpuNanos = cpuNanos() - cpuNanos;
    long grown = hasRss ? sampler.stop() - before : 0;
    GinIndex index = build.index();
    ParticipantReport total = report.total();
    require("participants", plan.participants(), report.startedWorkers() + 1L);
    require("rows of the report", source.rowCount(), total.rows());
    GinStats stats = stats(db, index);
    require("keys of the report", stats.keys(), total.keys());
    require("TIDs of the report", stats.tids(), total.tids());
    if (plan.isChecked()) {
      check(db, index, source);
    }
    Figures figures =
        new Figures()
            .put("rows", total.rows())
            .put("participants", plan.participants())
            .put("budgetBytes", plan.budgetBytes())
            .put("seconds", report.seconds())
            .put("scanSeconds", report.scanSeconds())
            .put("mergeSeconds", report.mergeSeconds())
            .put("cpuSeconds", total.cpuSeconds())
            .put("processCpuSeconds", cpuNanos / 1e9)
            .put("lonelyShare", report.lonelyShare())
            .put("accountedPeak", report.accountedPeak())
            .put("indexBytes", stats.totalPages() * db.options().pageSizeBytes())
            .put("spilledBytes", total.spilledBytes())
            .put("keys", total.keys())
            .put("tids", total.tids())
            .put("runs", total.runs())
            .put("records", total.records())
            .put("rawBytes", total.rawBytes())
            .put("compressedBytes", total.compressedBytes())
            .put("sourceBytes", source.sizeBytes())
            .put("startSeconds", report.seconds(BuildPhase.START));
    for (BuildWork kind : BuildWork.values()) {
      figures.put(name(kind) + "WorkSeconds", total.workSeconds(kind));
    }
    for (BuildWait cause : BuildWait.values()) {
      figures.put(name(cause) + "WaitSeconds", total.waitSeconds(cause));
    }
    return hasRss ? figures.put("rssAnonGrowth", grown) : figures;
  }

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void check(Djinn db, GinIndex index, RowSource source) throws IOException {
    if (plan.setting().isOfArrays()) {
      // From the generator alone, whatever source and operator class do.
      new ArraysCheck(source.rowCount()).check(db, index, source);
    } else {
      new KeysCheck(source, plan.setting().spec().columns().get(0)).check(db, index);
    }
  }

  /** Processor time of this process. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static GinStats stats(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot);
    }
  }

  static void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": found " + found + ", expected " + expected);
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
