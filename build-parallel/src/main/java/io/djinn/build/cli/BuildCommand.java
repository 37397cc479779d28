package io.djinn.build.cli;

import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinRequest;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.BuildPhase;
import io.djinn.build.BuildReport;
import io.djinn.build.IndexBuild;
import io.djinn.build.ParticipantReport;
import io.djinn.build.PhaseReport;
import io.djinn.build.work.BuildWork;
import io.djinn.error.BuildFailedException;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds indexes over a file of rows, in parallel, and reports what that took. */
@Command(
    name = "build",
    description =
        "Build an index over a file of rows, or several in one scan, in parallel and within a memory"
            + " budget.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {
  @Mixin private NewIndex index;
  @Mixin private BuildSettings settings;
  @Mixin private Output output;

  @Option(
      names = "--also",
      paramLabel = "NAME=PATH:OPCLASS[/ARG]",
      description =
          "A column of one more index, built in the same scan with the same options. May be"
              + " repeated; columns given with one name are those of one index.")
  private List<String> also = List.of();

  @Option(names = "--trace", description = "Print a line for every event, on standard error.")
  private boolean trace;

  private final Cancellation cancellation;

  BuildCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    List<GinRequest> requests = requests();
    try (Djinn db = index.store.openOrCreate(index.directory, settings.settings());
        RowSource source = IndexSource.open(db, index.input, index.blockBytes())) {
      List<GinRequest> bound = new ArrayList<>();
      for (GinRequest request : requests) {
        IndexSource.requireColumns(source, request.spec());
        bound.add(new GinRequest(request.name(), request.spec().withRows(source.rowCount(), 0)));
      }
      IndexBuild build;
      BuildReport report;
      try (Hearing hearing = new Hearing(output, trace)) {
        build = IndexBuild.of(db, bound, source, settings.options(db), hearing);
        report = run(build, cancellation);
      }
      List<String> names = build.indexes().stream().map(GinIndex::name).toList();
      show(String.join(",", names), report, show(db, build.indexes(), source.rowCount()));
    }
    return Failures.OK;
  }

  /** The index of the options that every command has, and those of {@code --also}. */
  private List<GinRequest> requests() {
    List<GinRequest> requests = new ArrayList<>();
    requests.add(new GinRequest(index.name, index.spec()));
    Map<String, List<String>> others = new LinkedHashMap<>();
    for (String column : also) {
      int equals = column.indexOf('=');
      if (equals < 0) {
        throw new UserMistakeException(
            "--also " + column + ": must be the name of an index, =, and a column of it");
      }
      others
          .computeIfAbsent(column.substring(0, equals), name -> new ArrayList<>())
          .add(column.substring(equals + 1));
    }
    others.forEach((name, columns) -> requests.add(new GinRequest(name, index.spec(columns))));
    return requests;
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

  /** Says of each index what it holds; returns the bytes of all. */
  private long show(Djinn db, List<GinIndex> indexes, long rows) {
    long bytes = 0;
    for (GinIndex built : indexes) {
      GinStats stats;
      try (Snapshot snapshot = db.snapshot()) {
        stats = built.stats(snapshot);
      }
      long own = stats.totalPages() * db.stats().pageSizeBytes();
      bytes += own;
      output.text(
          String.format(
              Locale.ROOT,
              "index %s: %,d rows, %,d keys, %,d TIDs, %s in %,d pages",
              built.name(),
              rows,
              stats.keys(),
              stats.tids(),
              ByteSize.format(own),
              stats.totalPages()));
      if (indexes.size() > 1) {
        output.json(
            new JsonLine("built")
                .put("index", built.name())
                .put("keys", stats.keys())
                .put("tids", stats.tids())
                .put("pages", stats.totalPages())
                .put("indexBytes", own));
      }
    }
    return bytes;
  }

  private void show(String names, BuildReport report, long indexBytes) {
    ParticipantReport total = report.total();
    int participants = report.startedWorkers() + 1;
    output.text(
        String.format(
            Locale.ROOT,
            "%.2f s (%s), %.2f s of processor time, %d participants (%s)",
            report.seconds(),
            phases(report),
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
            "memory %s of %s, %d runs, spilled %s, compressed %.1f to 1, %d ranges, log %s, %.0f %%"
                + " of the time fewer than two participants worked",
            ByteSize.format(report.accountedPeak()),
            ByteSize.format(report.budgetBytes()),
            total.runs(),
            ByteSize.format(total.spilledBytes()),
            total.ratio(),
            report.ranges(),
            ByteSize.format(report.logBytes()),
            100 * report.lonelyShare()));
    report.participants().forEach(this::show);
    output.json(
        figures(new JsonLine("build").put("index", names), total)
            .put("seconds", report.seconds())
            .put("scanSeconds", report.scanSeconds())
            .put("mergeSeconds", report.mergeSeconds())
            .put("combineSeconds", report.seconds(BuildPhase.COMBINE))
            .put("loadSeconds", report.seconds(BuildPhase.LOAD))
            .put("completeSeconds", report.seconds(BuildPhase.COMPLETE))
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

  private static String phases(BuildReport report) {
    List<String> words = new ArrayList<>();
    for (BuildPhase phase : BuildPhase.values()) {
      if (report.phaseSeconds().containsKey(phase)) {
        words.add(String.format(Locale.ROOT, "%s %.2f", word(phase), report.seconds(phase)));
      }
    }
    return String.join(", ", words);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void show(ParticipantReport each) {
    output.text(
        String.format(
            Locale.ROOT,
            "  participant %d: %,d rows, %,d keys, %,d TIDs, %d runs, %,d pages, %.2f s of"
                + " processor time, %.2f s waiting (%s)",
            each.participant(),
            each.rows(),
            each.keys(),
            each.tids(),
            each.runs(),
            each.pages(),
            each.cpuSeconds(),
            each.waitSeconds(),
            waits(each)));
    output.text(String.format(Locale.ROOT, "    work: %s", work(each)));
    output.text(
        String.format(
            Locale.ROOT,
            "    ring: %d runs, %,d blocks, %s, %d stalls",
            each.ring().runs(),
            each.ring().blocks(),
            ByteSize.format(each.ring().bytes()),
            each.ring().stalls()));
    output.json(
        figures(new JsonLine("participant").put("participant", (long) each.participant()), each));
    for (PhaseReport phase : each.phases()) {
      show(each.participant(), phase);
    }
  }

  private void show(int participant, PhaseReport phase) {
    if (phase.runs() > 0) {
      output.text(
          String.format(
              Locale.ROOT,
              "    %s: %d runs of %s, compressed to %s (%.1f to 1), spilled %s",
              word(phase.phase()),
              phase.runs(),
              ByteSize.format(phase.rawBytes()),
              ByteSize.format(phase.compressedBytes()),
              phase.ratio(),
              ByteSize.format(phase.spilledBytes())));
    }
    output.json(
        new JsonLine("phase")
            .put("participant", (long) participant)
            .put("phase", word(phase.phase()))
            .put("seconds", phase.seconds())
            .put("cpuSeconds", phase.cpuSeconds())
            .put("runs", phase.runs())
            .put("records", phase.records())
            .put("rawBytes", phase.rawBytes())
            .put("compressedBytes", phase.compressedBytes())
            .put("ratio", phase.ratio())
            .put("spilledBytes", phase.spilledBytes()));
  }

  private static String work(ParticipantReport report) {
    List<String> words = new ArrayList<>();
    for (BuildWork kind : BuildWork.values()) {
      words.add(String.format(Locale.ROOT, "%s %.2f", word(kind), report.workSeconds(kind)));
    }
    return String.join(", ", words);
  }

  private static String waits(ParticipantReport report) {
    List<String> words = new ArrayList<>();
    for (BuildWait cause : BuildWait.values()) {
      words.add(String.format(Locale.ROOT, "%s %.2f", word(cause), report.waitSeconds(cause)));
    }
    return String.join(", ", words);
  }

  private static JsonLine figures(JsonLine line, ParticipantReport report) {
    line.put("rows", report.rows())
        .put("keys", report.keys())
        .put("tids", report.tids())
        .put("runs", report.runs())
        .put("records", report.records())
        .put("rawBytes", report.rawBytes())
        .put("compressedBytes", report.compressedBytes())
        .put("ratio", report.ratio())
        .put("spilledBytes", report.spilledBytes())
        .put("pages", report.pages())
        .put("logBytes", report.logBytes())
        .put("ringRuns", report.ring().runs())
        .put("ringBlocks", report.ring().blocks())
        .put("ringBytes", report.ring().bytes())
        .put("ringStalls", report.ring().stalls())
        .put("cpuSeconds", report.cpuSeconds())
        .put("waitSeconds", report.waitSeconds());
    for (BuildWork kind : BuildWork.values()) {
      line.put(word(kind) + "WorkSeconds", report.workSeconds(kind));
    }
    for (BuildWait cause : BuildWait.values()) {
      line.put(word(cause) + "WaitSeconds", report.waitSeconds(cause));
    }
    return line;
  }
}
