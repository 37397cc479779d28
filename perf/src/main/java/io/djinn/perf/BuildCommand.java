package io.djinn.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The macro run {@code build}: the table {@code arrays} built from file and from memory, with one
 * and two participants, at each budget, each build in a process of its own.
 *
 * <p>Rounds interleave all settings, so that what else the machine does falls on all alike; figures
 * are medians over the rounds.
 */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = "Measures parallel builds of the generated table.")
final class BuildCommand implements Callable<Integer> {
  private static final List<String> CHILD_HEAP =
      List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
  private static final int WARM_UP_SHARE = 10;
  private static final String[] SUMMED_UP = {
    "seconds",
    "scanSeconds",
    "mergeSeconds",
    "cpuSeconds",
    "processCpuSeconds",
    "accountedPeak",
    "rssAnonGrowth",
    "indexBytes",
    "spilledBytes"
  };

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(names = "--rows", defaultValue = "1000000", description = "Rows, ${DEFAULT-VALUE}.")
  int rows;

  @Option(names = "--runs", defaultValue = "3", description = "Rounds, ${DEFAULT-VALUE}.")
  int runs;

  @Option(
      names = "--participants",
      split = ",",
      defaultValue = "1,2",
      description = "Threads of a build, ${DEFAULT-VALUE}.")
  List<Integer> participants;

  @Option(
      names = "--budgets",
      split = ",",
      defaultValue = "64,16",
      description = "maintenanceWorkMem, MiB, ${DEFAULT-VALUE}.")
  List<Integer> budgets;

  @Option(
      names = "--sources",
      split = ",",
      defaultValue = "file,memory",
      description = "Where rows come from, ${DEFAULT-VALUE}.")
  List<String> sources;

  @Option(names = "--json", description = "Takes each run's figures and the medians, one a line.")
  Path json;

  @Option(
      names = "--directory",
      description = "For table and stores; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    check();
    boolean isOwn = directory == null;
    Path work = isOwn ? Files.createTempDirectory("djinn-perf") : directory;
    Files.createDirectories(work);
    try {
      return run(work) ? 0 : 1;
    } finally {
      if (isOwn) {
        BuildProbe.deleteTree(work);
      }
    }
  }

  private void check() {
    boolean known = List.of("file", "memory").containsAll(sources);
    if (rows < 1 || runs < 1 || participants.stream().anyMatch(n -> n < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--rows, --runs and --participants must be at least 1");
    }
    if (!known) {
      throw new ParameterException(
          spec.commandLine(), "--sources " + sources + ": there are file and memory");
    }
  }

  private boolean run(Path work) throws Exception {
    int warmUpRows = Math.max(1, rows / WARM_UP_SHARE);
    Path table = null;
    Path warmUpTable = null;
    if (sources.contains("file")) {
      table = work.resolve("arrays.jsonl");
      warmUpTable = work.resolve("warm-up.jsonl");
      ArraysTable.write(rows, table);
      ArraysTable.write(warmUpRows, warmUpTable);
    }
    Map<String, List<Figures>> bySetting = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    for (int round = 1; round <= runs; round++) {
      for (String source : sources) {
        for (int budget : budgets) {
          for (int threads : participants) {
            boolean isFile = source.equals("file");
            BuildProbe.Plan plan =
                new BuildProbe.Plan(
                    work,
                    isFile ? table : null,
                    isFile ? warmUpTable : null,
                    rows,
                    warmUpRows,
                    threads,
                    (long) budget << 20);
            String setting = source + ", " + budget + " MiB, " + threads + " participants";
            Figures figures = probe(plan);
            bySetting.computeIfAbsent(setting, s -> new ArrayList<>()).add(figures);
            lines.add(figures.toJson());
            out.printf(
                Locale.ROOT, "round %d: %s: %s%n", round, setting, lines.get(lines.size() - 1));
          }
        }
      }
    }
    boolean isWithinBounds = report(bySetting, lines);
    if (json != null) {
      try (Writer file = Files.newBufferedWriter(json)) {
        for (String line : lines) {
          file.write(line + "\n");
        }
      }
    }
    return isWithinBounds;
  }

  private static Figures probe(BuildProbe.Plan plan) throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(CHILD_HEAP);
    // Rows in memory are outside the heap; what the engine takes is not under this limit.
    options.add("-XX:MaxDirectMemorySize=2g");
    return ProbeProcess.run(options, BuildProbe.class, plan.arguments());
  }

  /** Prints medians and spreads; false where a build went over its bounds. */
  private boolean report(Map<String, List<Figures>> bySetting, List<String> lines) {
    boolean isWithinBounds = true;
    out.printf(
        "%n%-34s %22s %18s %14s %14s%n",
        "median (spread)", "seconds", "cpuSeconds", "index MB", "spilled MB");
    for (Map.Entry<String, List<Figures>> setting : bySetting.entrySet()) {
      List<Figures> all = setting.getValue();
      Figures summary = new Figures().put("setting", setting.getKey()).put("runs", all.size());
      for (String name : SUMMED_UP) {
        if (all.get(0).has(name)) {
          Series series = Series.of(all, name);
          summary.put(name, series.median()).put(name + "Spread", series.spread());
        }
      }
      out.printf(
          Locale.ROOT,
          "%-34s %12.2f (%5.1f %%) %18.2f %14.1f %14.1f%n",
          setting.getKey(),
          summary.number("seconds"),
          100 * summary.number("secondsSpread"),
          summary.number("cpuSeconds"),
          summary.number("indexBytes") / 1e6,
          summary.number("spilledBytes") / 1e6);
      lines.add(summary.toJson());
      isWithinBounds &= isWithinBounds(setting.getKey(), all);
    }
    return isWithinBounds;
  }

  private boolean isWithinBounds(String setting, List<Figures> all) {
    boolean isWithin = true;
    for (Figures figures : all) {
      double budget = figures.number("budgetBytes");
      double accounted = figures.number("accountedPeak");
      if (accounted > budget) {
        out.printf(Locale.ROOT, "%s: accountedPeak %.0f > %.0f%n", setting, accounted, budget);
        isWithin = false;
      }
      if (figures.has("rssAnonGrowth")) {
        double grown = figures.number("rssAnonGrowth");
        double limit = budget + BuildProbe.RSS_SLACK_BYTES;
        out.printf(
            Locale.ROOT,
            "%s: accountedPeak %.1f MiB, RssAnon grew by %.1f MiB, limit %.1f MiB%s%n",
            setting,
            accounted / (1 << 20),
            grown / (1 << 20),
            limit / (1 << 20),
            grown <= limit ? "" : ": OVER");
        isWithin &= grown <= limit;
      }
    }
    return isWithin;
  }
}
