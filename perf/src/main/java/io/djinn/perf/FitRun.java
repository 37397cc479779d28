package io.djinn.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The builds of one table that costs are fitted to and tried on, each in a process of its own. */
final class FitRun {
  /** Larger tables take longer to check by brute force than to build. */
  private static final int LEAST_CHECKED_SHARE = 4;

  private final BuildSetting setting;
  private final Path data;
  private final Path directory;
  private final TableSize size;

  /** The counts of a table of one size, which no build may have others of. */
  private final Map<Integer, Figures> counted = new HashMap<>();

  private final Map<Integer, Long> rows = new HashMap<>();

  /**
   * @param data directory of real data
   * @param work a directory of its own is made in it
   */
  FitRun(BuildSetting setting, Path data, Path work, TableSize size) {
    this.setting = setting;
    this.data = data;
    this.size = size;
    directory = work.resolve("fit-" + setting.text());
  }

  /** Runs them; gives their figures in the same order. */
  List<Figures> run(List<FitBuild> builds) throws IOException, InterruptedException {
    BuildProbe.deleteTree(directory);
    Files.createDirectories(directory);
    try {
      List<Figures> all = new ArrayList<>();
      for (FitBuild build : builds) {
        all.add(run(build));
      }
      return all;
    } finally {
      BuildProbe.deleteTree(directory);
    }
  }

  private Figures run(FitBuild build) throws IOException, InterruptedException {
    boolean isFirst = !rows.containsKey(build.share());
    if (isFirst) {
      writeTable(build.share());
    }
    BuildPlan plan =
        new BuildPlan(
            setting,
            Files.createDirectories(directory.resolve("own")),
            table(build.share()),
            // Builds of less than a second hardly warm their own code.
            table(build.share()),
            directory.resolve("counts"),
            build.participants(),
            build.budgetBytes(),
            false,
            isFirst && build.share() >= LEAST_CHECKED_SHARE);
    Figures figures = ProbeProcess.run(SettingRun.CHILD_JVM, BuildProbe.class, plan.arguments());
    BuildProbe.require("rows", rows.get(build.share()), (long) figures.number("rows"));
    if (isFirst) {
      counted.put(build.share(), figures);
    }
    SettingRun.requireSameCounts(build.text(), counted.get(build.share()), figures);
    return new Figures()
        .put("setting", setting.text())
        .put("build", build.text())
        .put("heldOut", Boolean.toString(build.isHeldOut()))
        .putAll(figures);
  }

  private Path table(int share) {
    return directory.resolve(share + "-" + setting.table().fileName());
  }

  private void writeTable(int share) throws IOException {
    BuildTable kind = setting.table();
    long all = rows.containsKey(1) ? rows.get(1) : kind.write(data, size, Long.MAX_VALUE, table(1));
    rows.putIfAbsent(1, all);
    long some = Math.max(1, all / share);
    if (share > 1) {
      kind.write(data, size, some, table(share));
      rows.put(share, some);
    }
  }
}
