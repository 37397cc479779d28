package io.djinn.perf;

import io.djinn.source.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What one child process builds.
 *
 * @param directory its own, for stores; what the process makes in it is deleted
 * @param table the file of the rows
 * @param warmUpTable the file of the warm-up's rows
 * @param counts directory of the counts of rows
 * @param isAwaited whether it says that it is warm, and starts when told to
 * @param isChecked whether answers are compared with brute force, not only counts
 */
record BuildPlan(
    BuildSetting setting,
    Path directory,
    Path table,
    Path warmUpTable,
    Path counts,
    int participants,
    long budgetBytes,
    boolean isAwaited,
    boolean isChecked) {
  /**
   * Builds before the measured one: what merges and loads runs for a part of a second in each, and
   * with two participants the compiler has no processor of its own beside them.
   */
  static final int WARM_UPS = 3;

  List<String> arguments() {
    return List.of(
        setting.text(),
        directory.toString(),
        table.toString(),
        warmUpTable.toString(),
        counts.toString(),
        Integer.toString(participants),
        Long.toString(budgetBytes),
        Boolean.toString(isAwaited),
        Boolean.toString(isChecked));
  }

  static BuildPlan of(String... arguments) {
    return new BuildPlan(
        BuildSetting.parse(arguments[0]),
        Path.of(arguments[1]),
        Path.of(arguments[2]),
        Path.of(arguments[3]),
        Path.of(arguments[4]),
        Integer.parseInt(arguments[5]),
        Long.parseLong(arguments[6]),
        Boolean.parseBoolean(arguments[7]),
        Boolean.parseBoolean(arguments[8]));
  }

  RowSource openTable() throws IOException {
    return setting.table().open(table, counts);
  }

  RowSource openWarmUpTable() throws IOException {
    return setting.table().open(warmUpTable, counts);
  }
}
