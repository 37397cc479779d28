package io.djinn.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The macro run {@code build}: indexes over generated and real tables, built by one and by two
 * participants, beside what the machine gives to two builds that share nothing and beside Apache
 * Lucene; each build in a process of its own.
 */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = "Measures parallel builds over generated and real tables.")
final class BuildCommand implements Callable<Integer> {
  private static final String DEFAULT_TABLES =
      "arrays,paths,jsonb_ops,jsonb_path_ops,descriptions,descriptions-positions,movies,"
          + "movies-positions";
  private static final int LEAST_BUDGET_MIB = 2;
  private static final int MOST_BUDGET_MIB = 1024;
  private static final int QUICK_BUDGET_MIB = 4;
  private static final List<Integer> QUICK_BUDGETS_MIB = List.of(2, 8);
  private static final int QUICK_ROWS_OF_COPY = 500;
  private static final int QUICK_COPIES = 2;

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--tables",
      split = ",",
      defaultValue = DEFAULT_TABLES,
      description = "What is built: ${DEFAULT-VALUE}; arrays-jsonl too.")
  List<String> tables;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds of each, 1 to 100, ${DEFAULT-VALUE}; with --quick 1.")
  int rounds;

  @Option(
      names = "--budget",
      defaultValue = "64",
      description =
          "maintenanceWorkMem and Lucene's buffer, MiB, 2 to 1024, ${DEFAULT-VALUE}; with --quick"
              + " 4.")
  int budget;

  @Option(
      names = "--budgets",
      split = ",",
      defaultValue = "16,64,1024",
      description = "Budgets for arrays, MiB, 2 to 1024, ${DEFAULT-VALUE}; with --quick 2,8.")
  List<Integer> budgets;

  @Option(
      names = "--serial-seconds",
      defaultValue = "8",
      description =
          "Seconds that a serial build must take at least, 0.01 to 600, ${DEFAULT-VALUE}: copies of"
              + " a table are added until it does.")
  double serialSeconds;

  @Option(
      names = "--copies",
      split = ",",
      description =
          "Copies of a table, as paths=5, 1 to 1000, instead of finding out; a copy of the arrays"
              + " is 100,000 rows.")
  Map<String, Integer> copies = new LinkedHashMap<>();

  @Option(
      names = "--data",
      defaultValue = "../shared/data",
      description = "Directory of the real data, ${DEFAULT-VALUE}.")
  Path data;

  @Option(
      names = "--lucene",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Apache Lucene builds as much beside it: on; --no-lucene leaves it out.")
  boolean isLucene;

  @Option(
      names = "--pg-url",
      description =
          "A database, as psql takes it, where PostgreSQL builds as much once; none by default.")
  String postgresUrl;

  @Option(names = "--quick", description = "A thousand rows each: shows that all works.")
  boolean isQuick;

  @Option(names = "--json", description = "Takes each build's figures and the medians, one a line.")
  Path json;

  @Option(
      names = "--directory",
      description = "For tables and stores; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;
  private final List<String> lines = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    long begin = System.nanoTime();
    BuildRunOptions options = options();
    List<BuildSetting> settings = settings(options);
    boolean isOwn = directory == null;
    Path work = isOwn ? Files.createTempDirectory("djinn-perf") : directory;
    Files.createDirectories(work);
    ChildrenEnd atSignal = new ChildrenEnd();
    try {
      boolean isWithin = run(settings, options, work);
      out.printf(Locale.ROOT, "%.1f minutes%n", (System.nanoTime() - begin) / 60e9);
      return isWithin ? 0 : 1;
    } finally {
      try {
        if (isOwn) {
          BuildProbe.deleteTree(work);
        }
      } finally {
        atSignal.close();
      }
    }
  }

  private BuildRunOptions options() {
    requireWithin("--rounds", rounds, 1, 100);
    requireWithin("--budget", budget, LEAST_BUDGET_MIB, MOST_BUDGET_MIB);
    budgets.forEach(mib -> requireWithin("--budgets", mib, LEAST_BUDGET_MIB, MOST_BUDGET_MIB));
    if (!(serialSeconds >= 0.01 && serialSeconds <= 600)) {
      throw mistake("--serial-seconds " + serialSeconds + ": must be 0.01 to 600");
    }
    Map<BuildSetting, Integer> sizes = new EnumMap<>(BuildSetting.class);
    copies.forEach(
        (name, number) -> {
          requireWithin("--copies " + name, number, 1, TableSize.MOST_COPIES);
          sizes.put(setting("--copies", name), number);
        });
    if (isQuick) {
      for (BuildSetting setting : BuildSetting.values()) {
        sizes.putIfAbsent(setting, QUICK_COPIES);
      }
    }
    return new BuildRunOptions(
        data,
        isGiven("--rounds") || !isQuick ? rounds : 1,
        (long) (isGiven("--budget") || !isQuick ? budget : QUICK_BUDGET_MIB) << 20,
        (isGiven("--budgets") || !isQuick ? budgets : QUICK_BUDGETS_MIB)
            .stream().distinct().map(mib -> (long) mib << 20).toList(),
        serialSeconds,
        sizes,
        isQuick ? QUICK_ROWS_OF_COPY : TableSize.ALL_ROWS,
        isLucene,
        postgresUrl);
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private List<BuildSetting> settings(BuildRunOptions options) {
    Set<BuildSetting> settings = new LinkedHashSet<>();
    for (String name : tables) {
      BuildSetting setting = setting("--tables", name);
      String file = setting.table().dataName();
      if (file != null && !Files.isRegularFile(options.data().resolve(file))) {
        throw mistake("--data " + options.data() + ": there is no " + file + " for " + name);
      }
      settings.add(setting);
    }
    return List.copyOf(settings);
  }

  private BuildSetting setting(String option, String name) {
    try {
      return BuildSetting.parse(name);
    } catch (IllegalArgumentException e) {
      throw mistake(option + ": " + e.getMessage());
    }
  }

  private void requireWithin(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw mistake(option + " " + value + ": must be " + least + " to " + most);
    }
  }

  private ParameterException mistake(String text) {
    return new ParameterException(spec.commandLine(), text);
  }

  private boolean run(List<BuildSetting> settings, BuildRunOptions options, Path work)
      throws IOException, InterruptedException {
    Map<BuildSetting, Figures> summaries = new LinkedHashMap<>();
    for (BuildSetting setting : settings) {
      Figures summary = new SettingRun(setting, options, work, this::add).run();
      summaries.put(setting, summary);
      lines.add(summary.toJson());
      // What there is, should a later setting fail.
      writeJson();
    }
    new BuildTableText(out).print(summaries, options);
    return report(summaries, options);
  }

  private void add(Figures figures) {
    lines.add(figures.toJson());
    out.println(figures.toJson());
  }

  private void writeJson() throws IOException {
    if (json != null) {
      try (Writer file = Files.newBufferedWriter(json)) {
        for (String line : lines) {
          file.write(line + "\n");
        }
      }
    }
  }

  /** Prints each bound; false where one is broken and sizes are those that bounds are for. */
  private boolean report(Map<BuildSetting, Figures> summaries, BuildRunOptions options) {
    int broken = 0;
    out.println();
    for (Map.Entry<BuildSetting, Figures> entry : summaries.entrySet()) {
      BuildSetting setting = entry.getKey();
      for (BuildBound bound : BuildBound.of(setting, options.serialSeconds(), entry.getValue())) {
        out.println(setting.text() + ": " + bound.text());
        broken += bound.isBroken() ? 1 : 0;
      }
    }
    out.printf(
        Locale.ROOT,
        "%n%d bounds missed%s%n%s%n",
        broken,
        isQuick ? ", which says nothing at these sizes" : "",
        summaries.entrySet().stream()
            .map(entry -> entry.getKey().text() + "=" + (long) entry.getValue().number("copies"))
            .collect(Collectors.joining(",", "the same sizes again: --copies ", "")));
    return isQuick || broken == 0;
  }
}
