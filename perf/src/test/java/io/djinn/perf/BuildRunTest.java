package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.WriteBatch;
import io.djinn.source.RowSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BuildRunTest {
  private static final long BUDGET = 4L << 20;
  private static final Path DATA = Path.of(System.getProperty("djinn.shared"), "data");

  @TempDir Path directory;

  private BuildPlan plan(BuildSetting setting, int participants) throws Exception {
    Path tables = Files.createDirectories(directory.resolve("tables"));
    Path table = tables.resolve(setting.table().fileName());
    Path warmUp = tables.resolve("warm-up-" + setting.table().fileName());
    TableSize size = new TableSize(2, 400);
    setting.table().write(DATA, size, Long.MAX_VALUE, table);
    setting.table().write(DATA, size, 80, warmUp);
    return new BuildPlan(
        setting,
        Files.createDirectories(directory.resolve("own")),
        table,
        warmUp,
        tables.resolve("counts"),
        participants,
        BUDGET,
        false,
        true);
  }

  @ParameterizedTest
  @EnumSource(BuildSetting.class)
  void aMeasuredBuildFindsItsRowsAndLuceneAsManyKeysAndRows(BuildSetting setting) throws Exception {
    BuildPlan plan = plan(setting, 2);
    Figures djinn = new BuildProbe(plan).run();
    Figures lucene = new LuceneProbe(plan).run();
    for (Figures figures : List.of(djinn, lucene)) {
      assertEquals(800, figures.number("rows"));
      assertEquals(djinn.number("keys"), figures.number("keys"));
      assertEquals(djinn.number("tids"), figures.number("tids"));
      assertTrue(figures.number("indexBytes") > 0);
      assertEquals(figures.toJson(), Figures.parse(figures.toJson()).toJson());
    }
    assertTrue(djinn.number("accountedPeak") <= BUDGET);
    assertEquals(RssSampler.isAvailable(), djinn.has("rssAnonGrowth"));
    try (var left = Files.list(plan.directory())) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @EnumSource(BuildSetting.class)
  void aPlanIsReadBackFromItsArguments(BuildSetting setting) throws Exception {
    BuildPlan plan = plan(setting, 3);
    assertEquals(plan, BuildPlan.of(plan.arguments().toArray(String[]::new)));
  }

  @Test
  void positionsAreKeptOnlyWhereTheSettingSaysSo() throws Exception {
    double without = new BuildProbe(plan(BuildSetting.DESCRIPTIONS, 1)).run().number("indexBytes");
    double with =
        new BuildProbe(plan(BuildSetting.DESCRIPTIONS_POSITIONS, 1)).run().number("indexBytes");
    assertTrue(with > without, with + " and " + without);
  }

  @ParameterizedTest
  @CsvSource({"ARRAYS", "PATHS", "JSONB_PATH_OPS", "MOVIES_POSITIONS"})
  void anIndexThatLacksARowIsFoundOut(BuildSetting setting) throws Exception {
    BuildPlan plan = plan(setting, 1);
    try (RowSource source = plan.openTable();
        Djinn db = Djinn.open(directory.resolve("store"), DjinnOptions.defaults())) {
      GinIndex index =
          db.createGin(
              "rows",
              setting
                  .spec()
                  .withFastUpdate(false)
                  .withSource(source.identity(), source.slotBits()));
      insert(db, index, source, 1, source.rowCount() - 1);
      assertThrows(IllegalStateException.class, () -> check(setting, db, index, source));
      insert(db, index, source, source.rowCount(), source.rowCount());
      check(setting, db, index, source);
    }
  }

  private static void check(BuildSetting setting, Djinn db, GinIndex index, RowSource source)
      throws Exception {
    if (setting.isOfArrays()) {
      new ArraysCheck(source.rowCount()).check(db, index, source);
    } else {
      new KeysCheck(source, setting.spec().columns().get(0)).check(db, index);
    }
  }

  /** Each row under its own TID, but for the two rows at the end of a batch under each other's. */
  @Test
  void anIndexWhoseRowsAreMixedUpIsFoundOut() throws Exception {
    BuildSetting setting = BuildSetting.PATHS;
    try (RowSource source = plan(setting, 1).openTable();
        Djinn db = Djinn.open(directory.resolve("store"), DjinnOptions.defaults())) {
      GinIndex index =
          db.createGin(
              "rows",
              setting
                  .spec()
                  .withFastUpdate(false)
                  .withSource(source.identity(), source.slotBits()));
      long last = source.rowCount();
      insert(db, index, source, 1, last - 2);
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, source.tidOf(last), source.fetch(source.tidOf(last - 1)));
        index.insert(batch, source.tidOf(last - 1), source.fetch(source.tidOf(last)));
        batch.commit();
      }
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> check(setting, db, index, source));
      assertTrue(e.getMessage().startsWith("key "), e.getMessage());
    }
  }

  private static void insert(Djinn db, GinIndex index, RowSource source, long from, long to) {
    for (long begin = from; begin <= to; begin += 50) {
      try (WriteBatch batch = db.begin()) {
        for (long row = begin; row <= Math.min(to, begin + 49); row++) {
          long tid = source.tidOf(row);
          index.insert(batch, tid, source.fetch(tid));
        }
        batch.commit();
      }
    }
  }

  @Test
  void aQuickRunMeasuresEveryKindOfBuildAndLeavesNothing() throws Exception {
    Path json = directory.resolve("figures.json");
    int status =
        run(
            "--quick",
            "--tables=arrays",
            "--budgets=2",
            "--data=" + DATA,
            "--directory=" + directory,
            "--json=" + json);
    assertEquals(0, status);
    Map<String, Integer> kinds = new HashMap<>();
    Map<String, Figures> medians = new HashMap<>();
    for (String line : Files.readAllLines(json)) {
      Figures figures = Figures.parse(line);
      if (figures.has("kind")) {
        kinds.merge(figures.text("setting") + " " + figures.text("kind"), 1, Integer::sum);
      } else {
        medians.put(figures.text("setting"), figures);
      }
    }
    Map<String, Integer> expected = new HashMap<>();
    for (String kind :
        List.of("serial", "parallel", "alone", "lucene", "serialAt2MiB", "parallelAt2MiB")) {
      expected.put("arrays " + kind, 1);
    }
    expected.put("arrays together", 2);
    assertEquals(expected, kinds);
    assertEquals(1, medians.size());
    Figures arrays = medians.get("arrays");
    assertEquals(1000, arrays.number("rows"));
    assertEquals(2, arrays.number("copies"));
    assertTrue(arrays.number("mostAccountedShare") <= 1);
    assertTrue(arrays.number("luceneTimes") > 0);
    assertTrue(arrays.number("parallelAt2MiBSeconds") > 0);
    try (var left = Files.list(directory)) {
      assertEquals(List.of(json), left.toList());
    }
  }

  private static int run(String... options) {
    String[] line = new String[options.length + 1];
    line[0] = "build";
    System.arraycopy(options, 0, line, 1, options.length);
    return new CommandLine(new PerfMain()).execute(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rounds=0|--rounds 0: must be 1 to 100",
        "--budget=1|--budget 1: must be 2 to 1024",
        "--budgets=16,2000|--budgets 2000: must be 2 to 1024",
        "--serial-seconds=0|--serial-seconds 0.0: must be 0.01 to 600",
        "--serial-seconds=NaN|--serial-seconds NaN: must be 0.01 to 600",
        "--copies=paths=0|--copies paths 0: must be 1 to 1000",
        "--copies=books=1|--copies: no setting \"books\"; there are arrays,",
        "--tables=books|--tables: no setting \"books\"; there are arrays,",
        "--tables=paths --data=nowhere|--data nowhere: there is no file-paths.txt.gz for paths",
      })
  void aWrongOptionIsNamedWithItsValueAndItsBound(String line) {
    String[] parts = line.split("\\|");
    StringWriter errors = new StringWriter();
    String[] arguments = ("build " + parts[0]).split(" ");
    int status = new CommandLine(new PerfMain()).setErr(new PrintWriter(errors)).execute(arguments);
    assertEquals(2, status);
    assertTrue(errors.toString().startsWith(parts[1]), errors.toString());
  }

  @Test
  void theMedianIsTheMiddleAndTheSpreadAShareOfIt() {
    assertEquals(new Series(2, 1), Series.of(3, 1, 2));
    assertEquals(new Series(2.5, 1.2), Series.of(4, 1, 2, 3));
    assertEquals(new Series(0, 0), Series.of(0, 0));
  }
}
