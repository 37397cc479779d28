package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.BuildReport;
import io.djinn.build.IndexBuild;
import io.djinn.source.RowSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds an index anew in its place, from all rows of the source it is bound to. */
@Command(
    name = "reindex",
    description =
        "Build an index anew in its place, from all rows of its source: those that were deleted"
            + " from the index alone come back.",
    mixinStandardHelpOptions = true)
final class ReindexCommand implements Callable<Integer> {
  @Mixin private ExistingStore store;
  @Mixin private BuildSettings settings;
  @Mixin private Output output;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index.")
  private String name;

  @Option(names = "--trace", description = "Print a line for every event, on standard error.")
  private boolean trace;

  private final Cancellation cancellation;

  ReindexCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    try (Djinn db = store.open(settings.settings())) {
      GinIndex index = db.gin(name);
      try (RowSource source = IndexSource.reopen(db, index)) {
        long pagesBefore = pages(db, index);
        GinSpec spec = index.spec().withRows(source.rowCount(), 0);
        BuildReport report;
        try (Hearing hearing = new Hearing(output, trace)) {
          report =
              BuildCommand.run(
                  IndexBuild.reindex(db, name, spec, source, settings.options(db), hearing),
                  cancellation);
        }
        show(report, source.rowCount(), pagesBefore, pages(db, index));
      }
      db.awaitDropped();
    }
    return Failures.OK;
  }

  private static long pages(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      return stats.totalPages();
    }
  }

  private void show(BuildReport report, long rows, long pagesBefore, long pages) {
    output.text(
        String.format(
            Locale.ROOT,
            "index %s: %,d rows in %,d pages, %,d before; %.2f s, %d participants (%s)",
            name,
            rows,
            pages,
            pagesBefore,
            report.seconds(),
            report.startedWorkers() + 1,
            report.planReason()));
    output.json(
        new JsonLine("reindex")
            .put("index", name)
            .put("rows", rows)
            .put("pages", pages)
            .put("pagesBefore", pagesBefore)
            .put("seconds", report.seconds())
            .put("cpuSeconds", report.total().cpuSeconds())
            .put("accountedPeak", report.accountedPeak())
            .put("spilledBytes", report.total().spilledBytes())
            .put("participants", (long) report.startedWorkers() + 1));
  }
}
