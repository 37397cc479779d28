package io.djinn.perf;

import io.djinn.source.RowSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All measured builds of one setting: its table is made once, rounds go through every kind of
 * build, and every build's counts are compared with the first one's.
 */
final class SettingRun {
  static final List<String> CHILD_JVM =
      List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=2g");
  private static final int WARM_UP_SHARE = 10;
  private static final int MOST_CALIBRATIONS = 5;

  /** The two builds that are compared. */
  private static final String SERIAL = "serial";

  private static final String PARALLEL = "parallel";

  /** One build with half the budget, and two of them side by side: the machine's ceiling. */
  private static final String ALONE = "alone";

  private static final String TOGETHER = "together";
  private static final String LUCENE = "lucene";
  private static final String POSTGRES = "postgres";
  private static final String CALIBRATION = "calibration";
  private static final String[] SUMMED_UP = {
    "seconds",
    "scanSeconds",
    "mergeSeconds",
    "cpuSeconds",
    "processCpuSeconds",
    "accountedPeak",
    "rssAnonGrowth",
    "indexBytes",
    "spilledBytes",
    "forceMergeSeconds"
  };

  private final BuildSetting setting;
  private final BuildRunOptions options;
  private final Path directory;
  private final Path table;
  private final Path warmUpTable;
  private final Consumer<Figures> listener;
  private final Map<String, List<Figures>> byKind = new LinkedHashMap<>();
  private final List<Figures> ratios = new ArrayList<>();
  private TableSize size;
  private long rows;
  private Figures counts;

  /**
   * @param work a directory of its own is made in it and deleted
   * @param listener hears of every build's figures
   */
  SettingRun(BuildSetting setting, BuildRunOptions options, Path work, Consumer<Figures> listener) {
    this.setting = setting;
    this.options = options;
    directory = work.resolve("setting-" + setting.text());
    table = directory.resolve(setting.table().fileName());
    warmUpTable = directory.resolve("warm-up-" + setting.table().fileName());
    this.listener = listener;
  }

  /** Measures; gives the medians of all figures, and the most of those bounded in every build. */
  Figures run() throws IOException, InterruptedException {
    BuildProbe.deleteTree(directory);
    Files.createDirectories(directory);
    try {
      chooseSize();
      for (int round = 1; round <= options.rounds(); round++) {
        measure(round);
      }
      if (options.postgresUrl() != null && setting.hasPeers()) {
        measurePostgres();
      }
      return summary();
    } finally {
      BuildProbe.deleteTree(directory);
    }
  }

  /** Takes the copies that were given, or as many as a serial build takes long enough with. */
  private void chooseSize() throws IOException, InterruptedException {
    Integer given = options.copies().get(setting);
    size = new TableSize(given == null ? 1 : given, options.rowsOfCopy());
    writeTable();
    TableSize before = null;
    double secondsBefore = 0;
    for (int i = 0; given == null && i < MOST_CALIBRATIONS; i++) {
      Figures figures = djinn(0, CALIBRATION, 1, options.budgetBytes(), false);
      double seconds = figures.number("seconds");
      if (seconds >= options.serialSeconds() || size.copies() == TableSize.MOST_COPIES) {
        return;
      }
      TableSize next = size.grown(seconds, before, secondsBefore, options.serialSeconds());
      before = size;
      secondsBefore = seconds;
      size = next;
      writeTable();
    }
  }

  private void writeTable() throws IOException {
    counts = null;
    BuildTable kind = setting.table();
    rows = kind.write(options.data(), size, Long.MAX_VALUE, table);
    kind.write(options.data(), size, Math.max(1, rows / WARM_UP_SHARE), warmUpTable);
    for (Path file : List.of(table, warmUpTable)) {
      // So that the disk is not busy with it when builds are measured.
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      // Counted here, once for all child processes.
      try (RowSource source = kind.open(file, countsDirectory())) {
        if (file.equals(table)) {
          BuildProbe.require("rows of " + file.getFileName(), rows, source.rowCount());
        }
      }
    }
  }

  private Path countsDirectory() {
    return directory.resolve("counts");
  }

  private void measure(int round) throws IOException, InterruptedException {
    long budget = options.budgetBytes();
    Figures serial = djinn(round, SERIAL, 1, budget, false);
    Figures parallel = djinn(round, PARALLEL, 2, budget, round == 1);
    Figures alone = djinn(round, ALONE, 1, budget / 2, false);
    List<Figures> pair = together(round, budget / 2);
    Figures lucene = options.isLucene() && setting.hasPeers() ? lucene(round) : null;
    ratios.add(BuildRatios.of(serial, parallel, alone, pair.get(0), pair.get(1), lucene));
    if (setting == BuildSetting.ARRAYS) {
      for (long other : options.budgets()) {
        if (other != budget) {
          djinn(round, SERIAL + mebibytes(other), 1, other, false);
          djinn(round, PARALLEL + mebibytes(other), 2, other, false);
        }
      }
    }
  }

  private static String mebibytes(long bytes) {
    return "At" + (bytes >> 20) + "MiB";
  }

  private BuildPlan plan(
      String kind, int participants, long budget, boolean isAwaited, boolean isChecked)
      throws IOException {
    Path own = Files.createDirectories(directory.resolve(kind));
    return new BuildPlan(
        setting,
        own,
        table,
        warmUpTable,
        countsDirectory(),
        participants,
        budget,
        isAwaited,
        isChecked);
  }

  private Figures djinn(int round, String kind, int participants, long budget, boolean isChecked)
      throws IOException, InterruptedException {
    BuildPlan plan = plan(kind, participants, budget, false, isChecked);
    return taken(round, kind, ProbeProcess.run(CHILD_JVM, BuildProbe.class, plan.arguments()));
  }

  private Figures lucene(int round) throws IOException, InterruptedException {
    BuildPlan plan = plan(LUCENE, 2, options.budgetBytes(), false, false);
    return taken(round, LUCENE, ProbeProcess.run(CHILD_JVM, LuceneProbe.class, plan.arguments()));
  }

  /** Two serial builds that start at the same time. */
  private List<Figures> together(int round, long budget) throws IOException, InterruptedException {
    BuildPlan plan = plan(TOGETHER + 1, 1, budget, true, false);
    BuildPlan otherPlan = plan(TOGETHER + 2, 1, budget, true, false);
    try (ProbeProcess one = ProbeProcess.start(CHILD_JVM, BuildProbe.class, plan.arguments());
        ProbeProcess other =
            ProbeProcess.start(CHILD_JVM, BuildProbe.class, otherPlan.arguments())) {
      one.awaitReady();
      other.awaitReady();
      one.begin();
      other.begin();
      Figures first = one.figures();
      Figures second = other.figures();
      return List.of(taken(round, TOGETHER, first), taken(round, TOGETHER, second));
    }
  }

  private void measurePostgres() throws IOException, InterruptedException {
    PostgresPeer peer = new PostgresPeer(options.postgresUrl(), directory);
    List<Figures> builds =
        peer.build(setting, table, rows, options.budgetBytes() >> 10, List.of(0, 1));
    for (Figures figures : builds) {
      listener.accept(
          new Figures()
              .put("setting", setting.text())
              .put("kind", POSTGRES)
              .put("round", 1)
              .putAll(figures));
    }
    byKind.put(POSTGRES + "Serial", builds.subList(0, 1));
    byKind.put(POSTGRES + "Parallel", builds.subList(1, 2));
  }

  /** Compares counts, tells the listener, and keeps what is no calibration. */
  private Figures taken(int round, String kind, Figures figures) {
    BuildProbe.require(kind + ": rows", rows, (long) figures.number("rows"));
    if (counts == null) {
      counts = figures;
    }
    requireSameCounts(kind, counts, figures);
    Figures named =
        new Figures()
            .put("setting", setting.text())
            .put("kind", kind)
            .put("round", round)
            .putAll(figures);
    listener.accept(named);
    if (!kind.equals(CALIBRATION)) {
      byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(named);
    }
    return named;
  }

  /** Throws where a build has not as many keys and TIDs as the first one. */
  static void requireSameCounts(String kind, Figures first, Figures figures) {
    for (String count : List.of("keys", "tids")) {
      BuildProbe.require(
          kind + ": " + count, (long) first.number(count), (long) figures.number(count));
    }
  }

  private Figures summary() {
    Figures summary =
        new Figures()
            .put("setting", setting.text())
            .put("rounds", options.rounds())
            .put("copies", size.copies())
            .put("rows", rows)
            .put("keys", (long) counts.number("keys"))
            .put("tids", (long) counts.number("tids"))
            .put("budgetBytes", options.budgetBytes());
    double accountedShare = 0;
    double rssAnonOver = Double.NEGATIVE_INFINITY;
    for (Map.Entry<String, List<Figures>> kind : byKind.entrySet()) {
      List<Figures> runs = kind.getValue();
      for (String name : SUMMED_UP) {
        if (runs.get(0).has(name)) {
          putMedian(
              summary,
              kind.getKey() + Character.toUpperCase(name.charAt(0)) + name.substring(1),
              Series.of(runs, name));
        }
      }
      for (Figures figures : runs) {
        if (figures.has("accountedPeak")) {
          double budget = figures.number("budgetBytes");
          accountedShare = Math.max(accountedShare, figures.number("accountedPeak") / budget);
          if (figures.has("rssAnonGrowth")) {
            rssAnonOver = Math.max(rssAnonOver, figures.number("rssAnonGrowth") - budget);
          }
        }
      }
    }
    for (String name : ratios.get(0).names()) {
      putMedian(summary, name, Series.of(ratios, name));
    }
    summary.put("mostAccountedShare", accountedShare);
    if (rssAnonOver > Double.NEGATIVE_INFINITY) {
      summary.put("mostRssAnonOverMiB", rssAnonOver / (1 << 20));
    }
    if (summary.has("postgresParallelSeconds")) {
      summary.put(
          "postgresTimes",
          summary.number("postgresParallelSeconds") / summary.number("parallelSeconds"));
    }
    return summary;
  }

  private static void putMedian(Figures summary, String name, Series series) {
    summary.put(name, series.median()).put(name + "Spread", series.spread());
  }
}
