package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.BuildListener;
import io.djinn.build.BuildPhase;
import io.djinn.build.BuildReport;
import io.djinn.build.IndexBuild;
import io.djinn.build.ParticipantReport;
import io.djinn.error.BuildFailedException;
import io.djinn.source.RowSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds an index over a file of rows, in parallel, and reports what that took. */
@Command(
    name = "build",
    description = "Build an index over a file of rows, in parallel and within a memory budget.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {
  @Mixin private NewIndex index;
  @Mixin private BuildSettings settings;
  @Mixin private Output output;

  @Option(names = "--trace", description = "Print a line for every event, on standard error.")
  private boolean trace;

  private final Cancellation cancellation;

  BuildCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    GinSpec spec = index.spec();
    try (Djinn db = index.store.openOrCreate(index.directory, settings.settings());
        RowSource source = IndexSource.open(db, index.input, index.blockBytes())) {
      IndexSource.requireColumns(source, spec);
      BuildReport report = build(db, spec.withRows(source.rowCount(), 0), source);
      try (Snapshot snapshot = db.snapshot()) {
        GinStats stats = db.gin(index.name).stats(snapshot);
        show(report, stats, stats.totalPages() * db.stats().pageSizeBytes(), source.rowCount());
      }
    }
    return Failures.OK;
  }

  private BuildReport build(Djinn db, GinSpec spec, RowSource source) {
    try (Hearing hearing = new Hearing()) {
      IndexBuild build =
          new IndexBuild(db, index.name, spec, source, settings.options(db), hearing);
      return run(build, cancellation);
    }
  }

  /** Runs a build that Ctrl-C cancels. */
  static BuildReport run(IndexBuild build, Cancellation cancellation) {
    cancellation.onRequest(build::cancel);
    try {
      return build.run();
    } catch (BuildFailedException e) {
      cancellation.check();
      throw e;
    } finally {
      cancellation.forget();
    }
  }

  /** Passes progress to the bar of a terminal, and events to a trace. */
  private final class Hearing implements BuildListener, AutoCloseable {
    private final BuildBar bar =
        !output.isJson() && !trace && BuildBar.isTerminal() ? new BuildBar() : null;

    @Override
    public void progress(BuildPhase phase, long done, long total) {
      if (bar != null) {
        bar.progress(phase, done, total);
      }
    }

    @Override
    public void event(String text) {
      if (trace) {
        output.err().println(text);
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }

  private void show(BuildReport report, GinStats stats, long indexBytes, long rows) {
    ParticipantReport total = report.total();
    int participants = report.startedWorkers() + 1;
    output.text(
        String.format(
            Locale.ROOT,
            "index %s: %,d rows, %,d keys, %,d TIDs, %s in %,d pages",
            index.name,
            rows,
            stats.keys(),
            stats.tids(),
            ByteSize.format(indexBytes),
            stats.totalPages()));
    output.text(
        String.format(
            Locale.ROOT,
            "%.2f s (scan %.2f, merge and load %.2f), %.2f s of processor time, %d participants"
                + " (%s)",
            report.seconds(),
            report.scanSeconds(),
            report.mergeSeconds(),
            total.cpuSeconds(),
            participants,
            report.planReason()));
    if (report.startedWorkers() < report.askedWorkers()) {
      output.text(
          "asked " + report.askedWorkers() + " workers, started " + report.startedWorkers());
    }
    output.text(
        String.format(
            Locale.ROOT,
            "memory %s of %s, %d runs, spilled %s, %d ranges, %.0f %% of the time fewer than two"
                + " participants worked",
            ByteSize.format(report.accountedPeak()),
            ByteSize.format(report.budgetBytes()),
            total.runs(),
            ByteSize.format(total.spilledBytes()),
            report.ranges(),
            100 * report.lonelyShare()));
    showParticipants(report.participants());
    output.json(
        figures(new JsonLine("build").put("index", index.name), total)
            .put("seconds", report.seconds())
            .put("scanSeconds", report.scanSeconds())
            .put("mergeSeconds", report.mergeSeconds())
            .put("accountedPeak", report.accountedPeak())
            .put("budget", report.budgetBytes())
            .put("indexBytes", indexBytes)
            .put("participants", (long) participants)
            .put("askedWorkers", (long) report.askedWorkers())
            .put("startedWorkers", (long) report.startedWorkers())
            .put("plan", report.planReason())
            .put("ranges", (long) report.ranges())
            .put("lonelyShare", report.lonelyShare()));
  }

  private void showParticipants(List<ParticipantReport> participants) {
    for (int i = 0; i < participants.size(); i++) {
      ParticipantReport each = participants.get(i);
      output.text(
          String.format(
              Locale.ROOT,
              "  participant %d: %,d rows, %,d keys, %,d TIDs, %d runs, %,d pages, %.2f s of"
                  + " processor time, %.2f s waiting",
              i,
              each.rows(),
              each.keys(),
              each.tids(),
              each.runs(),
              each.pages(),
              each.cpuSeconds(),
              each.waitSeconds()));
      output.json(figures(new JsonLine("participant").put("participant", (long) i), each));
    }
  }

  private static JsonLine figures(JsonLine line, ParticipantReport report) {
    return line.put("rows", report.rows())
        .put("keys", report.keys())
        .put("tids", report.tids())
        .put("runs", report.runs())
        .put("rawBytes", report.rawBytes())
        .put("compressedBytes", report.compressedBytes())
        .put("spilledBytes", report.spilledBytes())
        .put("pages", report.pages())
        .put("cpuSeconds", report.cpuSeconds())
        .put("waitSeconds", report.waitSeconds());
  }
}
