package io.djinn.perf;

import io.djinn.build.plan.CostModel;
import io.djinn.build.plan.UnitCosts;
import java.io.IOException;
import java.io.PrintStream;
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
 * The macro run {@code fit}: measures the parts of builds over several tables, fits the cost model
 * to them, and shows what it is wrong by and what it expects of more cores.
 */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description = "Fits the cost model of builds to measured phases.")
final class FitCommand implements Callable<Integer> {
  private static final String DEFAULT_TABLES =
      "arrays,distinct,paths,jsonb_ops,jsonb_path_ops,descriptions,movies";
  private static final String DISK = "diskBytesASecond";
  private static final int QUICK_ROWS_OF_COPY = 1000;

  /** Copies of a generated table, whose copies are small. */
  private static final int GENERATED_COPIES = 3;

  private static final long DISK_BYTES = 256L << 20;

  /** How much larger than the whole table those are of which is told what more cores would do. */
  private static final int GROWTH = 20;

  private static final int[] PARTICIPANTS = {1, 2, 8, 32};

  /** The builds of each table, a table's size for the first time where it is checked. */
  private static final List<FitBuild> BUILDS =
      List.of(
          new FitBuild(1, 1, 64 << 20, false),
          new FitBuild(1, 2, 64 << 20, true),
          new FitBuild(1, 1, 8 << 20, false),
          new FitBuild(4, 1, 64 << 20, false),
          new FitBuild(4, 1, 4 << 20, false),
          new FitBuild(2, 1, 16 << 20, true),
          new FitBuild(16, 1, 64 << 20, true),
          new FitBuild(16, 2, 64 << 20, true));

  private static final List<FitBuild> QUICK_BUILDS =
      List.of(
          new FitBuild(1, 1, 64 << 20, false),
          new FitBuild(1, 2, 64 << 20, true),
          new FitBuild(4, 1, 4 << 20, false));

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--tables",
      split = ",",
      defaultValue = DEFAULT_TABLES,
      description = "What is built: ${DEFAULT-VALUE}; other names as of the command build.")
  List<String> tables;

  @Option(
      names = "--data",
      defaultValue = "../shared/data",
      description = "Directory of the real data, ${DEFAULT-VALUE}; tables without it are left out.")
  Path data;

  @Option(names = "--quick", description = "A thousand rows a copy: shows that all works.")
  boolean isQuick;

  @Option(names = "--json", description = "Takes figures of builds, costs and predictions.")
  Path json;

  @Option(
      names = "--from",
      description = "A file that --json has written: fits to its builds, and measures none.")
  Path from;

  @Option(
      names = "--directory",
      description = "For tables and stores; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;
  private final List<String> lines = new ArrayList<>();
  private List<FitBuild> kinds = BUILDS;

  /** Each table's builds. */
  private final Map<BuildSetting, List<Figures>> measured = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    long begin = System.nanoTime();
    kinds = isQuick ? QUICK_BUILDS : BUILDS;
    if (from != null) {
      report(read());
      return 0;
    }
    List<BuildSetting> settings = settings();
    boolean isOwn = directory == null;
    Path work = isOwn ? Files.createTempDirectory("djinn-perf") : directory;
    Files.createDirectories(work);
    ChildrenEnd atSignal = new ChildrenEnd();
    try {
      double diskBytesASecond = DISK_BYTES / diskSeconds(work);
      lines.add(new Figures().put(DISK, diskBytesASecond).toJson());
      for (BuildSetting setting : settings) {
        measure(setting, work);
      }
      report(diskBytesASecond);
      out.printf(Locale.ROOT, "%.1f minutes%n", (System.nanoTime() - begin) / 60e9);
      return 0;
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

  /** Takes the builds of an earlier run; gives the bytes that its disk took a second. */
  private double read() throws IOException {
    double diskBytesASecond = 0;
    for (String line : Files.readAllLines(from)) {
      Figures figures = Figures.parse(line);
      if (figures.has(DISK)) {
        diskBytesASecond = figures.number(DISK);
        lines.add(line);
      } else if (figures.has("build")) {
        BuildSetting setting = BuildSetting.parse(figures.text("setting"));
        measured.computeIfAbsent(setting, s -> new ArrayList<>()).add(figures);
        lines.add(line);
      }
    }
    for (Map.Entry<BuildSetting, List<Figures>> builds : measured.entrySet()) {
      List<String> found = builds.getValue().stream().map(build -> build.text("build")).toList();
      if (!found.equals(kinds.stream().map(FitBuild::text).toList())) {
        throw mistake("--from " + from + ": builds of " + builds.getKey().text() + ": " + found);
      }
    }
    if (measured.isEmpty() || diskBytesASecond == 0) {
      throw mistake("--from " + from + ": no run of this command");
    }
    return diskBytesASecond;
  }

  private ParameterException mistake(String text) {
    return new ParameterException(spec.commandLine(), text);
  }

  private static double diskSeconds(Path work) throws IOException {
    Path disk = work.resolve("fit-disk");
    try {
      return RecoverProbe.sequentialSeconds(work.resolve("fit"), DISK_BYTES);
    } finally {
      BuildProbe.deleteTree(disk);
    }
  }

  private List<BuildSetting> settings() {
    List<BuildSetting> settings = new ArrayList<>();
    for (String name : tables) {
      BuildSetting setting;
      try {
        setting = BuildSetting.parse(name);
      } catch (IllegalArgumentException e) {
        throw mistake("--tables: " + e.getMessage());
      }
      String file = setting.table().dataName();
      if (file != null && !Files.isRegularFile(data.resolve(file))) {
        out.println(name + " is left out: there is no " + data.resolve(file));
      } else {
        settings.add(setting);
      }
    }
    if (settings.isEmpty()) {
      throw mistake("--tables " + String.join(",", tables) + ": none is left");
    }
    return settings;
  }

  private void measure(BuildSetting setting, Path work) throws IOException, InterruptedException {
    TableSize size =
        new TableSize(
            setting.table().dataName() == null ? GENERATED_COPIES : 1,
            isQuick ? QUICK_ROWS_OF_COPY : TableSize.ALL_ROWS);
    List<Figures> builds = new FitRun(setting, data, work, size).run(kinds);
    measured.put(setting, builds);
    builds.forEach(build -> lines.add(build.toJson()));
    writeJson();
  }

  private void writeJson() throws IOException {
    if (json != null) {
      Files.write(json, lines);
    }
  }

  /** Fits, without one table or with all. */
  private CostFit fitWithout(BuildSetting left) {
    List<Figures> seen = new ArrayList<>();
    List<List<Figures>> pairs = new ArrayList<>();
    measured.forEach(
        (setting, builds) -> {
          if (setting != left) {
            for (int i = 0; i < kinds.size(); i++) {
              if (!kinds.get(i).isHeldOut()) {
                seen.add(builds.get(i));
              }
            }
            // The whole tables alone: in small ones threads are begun and little else.
            pairs.add(List.of(builds.get(0), builds.get(1)));
          }
        });
    return CostFit.of(seen, pairs);
  }

  private void report(double diskBytesASecond) throws IOException {
    CostFit fit = fitWithout(null);
    printMeasured();
    printFactors(fit);
    printErrors(fit);
    printChoices(fit);
    printCores(fit, diskBytesASecond);
    writeJson();
  }

  private void printMeasured() {
    out.printf("%nMeasured, seconds of work of all participants%n%n");
    out.println(
        "| table | build | seconds | of processor time | scan | extract | accumulate | sort | spill | merge | load"
            + " | lead | waits for the disk |");
    out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    measured.forEach(
        (setting, builds) -> {
          for (Figures build : builds) {
            StringBuilder line = new StringBuilder();
            for (String kind :
                List.of("scan", "extract", "accumulate", "sort", "spill", "merge", "load")) {
              line.append(seconds(build.number(kind + "WorkSeconds"))).append(" | ");
            }
            line.append(seconds(build.number("leadWorkSeconds"))).append(" | ");
            line.append(seconds(FitPart.diskSeconds(build)));
            out.printf(
                "| %s | %s | %s | %s | %s |%n",
                setting.text(),
                build.text("build"),
                seconds(build.number("seconds")),
                seconds(build.number("cpuSeconds")),
                line);
          }
        });
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  private void printFactors(CostFit fit) {
    out.printf("%nFitted, nanoseconds for each%n%n");
    out.println("| part | thing counted: nanoseconds | error, share of the builds' time |");
    out.println("|---|---|---|");
    for (FitPart part : FitPart.values()) {
      StringBuilder line = new StringBuilder();
      Figures figures = new Figures().put("part", BuildProbe.name(part));
      for (int i = 0; i < part.counts().size(); i++) {
        String count = BuildProbe.name(part.counts().get(i));
        double nanos = fit.factors(part)[i];
        line.append(i == 0 ? "" : ", ")
            .append(count)
            .append(String.format(Locale.ROOT, " %.4g", nanos));
        figures.put(count, nanos);
      }
      double error = error(fit, part);
      lines.add(figures.put("error", error).toJson());
      out.printf(Locale.ROOT, "| %s | %s | %.1f %% |%n", BuildProbe.name(part), line, 100 * error);
    }
    UnitCosts costs = fit.costs();
    lines.add(new Figures().put("costs", costs.toString()).toJson());
    out.printf("%nTogether: %s%n", costs);
  }

  /** The root of the mean square of a part's errors over the builds of the fit. */
  private double error(CostFit fit, FitPart part) {
    double sum = 0;
    int count = 0;
    for (List<Figures> builds : measured.values()) {
      for (int i = 0; i < kinds.size(); i++) {
        Figures build = builds.get(i);
        if (!kinds.get(i).isHeldOut()) {
          double error = fit.seconds(part, CostFit.counts(build)) - part.seconds(build);
          sum += Math.pow(error / CostFit.ownSeconds(build), 2);
          count++;
        }
      }
    }
    return Math.sqrt(sum / count);
  }

  private void printErrors(CostFit fit) {
    out.printf("%nPrediction beside measured seconds%n%n");
    out.println(
        "| table | build | seconds | with processors of its own | fitted | error | by the other tables | error"
            + " | from the sample | error |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    measured.forEach(
        (setting, builds) -> {
          CostFit others = measured.size() < 2 ? fit : fitWithout(setting);
          for (int i = 0; i < kinds.size(); i++) {
            printError(setting, kinds.get(i), builds.get(i), fit, others);
          }
        });
  }

  private void printError(
      BuildSetting setting, FitBuild kind, Figures build, CostFit fit, CostFit others) {
    double seconds = CostFit.ownSeconds(build);
    double fitted = fit.seconds(CostFit.counts(build), kind.participants());
    double byOthers = others.seconds(CostFit.counts(build), kind.participants());
    double expected = model(build, kind, others).seconds(kind.participants());
    lines.add(
        new Figures()
            .put("setting", setting.text())
            .put("predicted", kind.text())
            .put("heldOut", Boolean.toString(kind.isHeldOut()))
            .put("seconds", build.number("seconds"))
            .put("ownSeconds", seconds)
            .put("fitted", fitted)
            .put("byOtherTables", byOthers)
            .put("fromSample", expected)
            .toJson());
    out.printf(
        Locale.ROOT,
        "| %s | %s%s | %.3f | %.3f | %.3f | %+.0f %% | %.3f | %+.0f %% | %.3f | %+.0f %% |%n",
        setting.text(),
        kind.text(),
        kind.isHeldOut() ? ", held out" : "",
        build.number("seconds"),
        seconds,
        fitted,
        100 * (fitted / seconds - 1),
        byOthers,
        100 * (byOthers / seconds - 1),
        expected,
        100 * (expected / seconds - 1));
  }

  private static CostModel model(Figures build, FitBuild kind, CostFit fit) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new CostModel(CostFit.sample(build), kind.budgetBytes(), cores, fit.costs());
  }

  private void printChoices(CostFit fit) {
    out.printf("%nOne participant or two, and what the model would choose%n%n");
    out.println("| table | build | one | two | gain measured | gain expected | chosen |");
    out.println("|---|---|---|---|---|---|---|");
    measured.forEach(
        (setting, builds) -> {
          for (int i = 1; i < kinds.size(); i++) {
            FitBuild kind = kinds.get(i - 1);
            if (!kind.isPairedWith(kinds.get(i))) {
              continue;
            }
            double one = CostFit.ownSeconds(builds.get(i - 1));
            double two = CostFit.ownSeconds(builds.get(i));
            CostModel model = model(builds.get(i - 1), kind, fit);
            out.printf(
                Locale.ROOT,
                "| %s | %s | %.3f | %.3f | %.3f | %.3f | %d |%n",
                setting.text(),
                kind.text(),
                one,
                two,
                one - two,
                model.seconds(1) - model.seconds(2),
                1 + model.workers(1));
          }
        });
  }

  /** What is expected of more cores than there are, and what is in the way then. */
  private void printCores(CostFit fit, double diskBytesASecond) {
    out.printf(
        Locale.ROOT,
        "%nExpected of tables %d times as large, 64 MiB a participant; the disk takes %.0f MB/s;"
            + " two participants slow each other down by %.1f %%%n%n",
        GROWTH,
        diskBytesASecond / 1e6,
        100 * fit.costs().sharing());
    out.println(
        "| table | participants | seconds | times one | own work | sharing | one thread alone"
            + " | disk | limit |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    measured.forEach(
        (setting, builds) -> {
          Figures whole = builds.get(0);
          double one = 0;
          for (int participants : PARTICIPANTS) {
            ScaledBuild scaled =
                ScaledBuild.of(whole, GROWTH, participants, fit.costs(), diskBytesASecond);
            one = participants == 1 ? scaled.seconds() : one;
            lines.add(
                new Figures()
                    .put("setting", setting.text())
                    .put("expectedOfParticipants", participants)
                    .put("seconds", scaled.seconds())
                    .put("ownWork", scaled.ownSeconds())
                    .put("sharing", scaled.sharingSeconds())
                    .put("alone", scaled.leadSeconds())
                    .put("disk", scaled.diskSeconds())
                    .put("limit", scaled.limit())
                    .toJson());
            out.printf(
                Locale.ROOT,
                "| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %s |%n",
                setting.text(),
                participants,
                scaled.seconds(),
                one / scaled.seconds(),
                scaled.ownSeconds(),
                scaled.sharingSeconds(),
                scaled.leadSeconds(),
                scaled.diskSeconds(),
                scaled.limit());
          }
        });
  }
}
