package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.WriteBatch;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.Int32RowsSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BuildRunTest {
  private static final int ROWS = 2000;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"true, 1", "true, 2", "false, 1", "false, 2"})
  void aMeasuredBuildFindsItsRowsAndKeepsItsBudget(boolean isFile, int participants)
      throws Exception {
    Path table = directory.resolve("rows.jsonl");
    Path warmUp = directory.resolve("warm-up.jsonl");
    ArraysTable.write(ROWS, table);
    ArraysTable.write(ROWS / 10, warmUp);
    long budget = 4L << 20;
    Figures figures =
        new BuildProbe(
                new BuildProbe.Plan(
                    directory,
                    isFile ? table : null,
                    isFile ? warmUp : null,
                    ROWS,
                    ROWS / 10,
                    participants,
                    budget))
            .run();
    long[] tids = new long[1];
    ArraysTable.forEach(ROWS, (values, count) -> tids[0] += count);
    assertEquals(tids[0], figures.number("tids"));
    assertEquals(participants, figures.number("participants"));
    assertTrue(figures.number("accountedPeak") <= budget);
    assertTrue(figures.number("indexBytes") > 0);
    assertEquals(RssSampler.isAvailable(), figures.has("rssAnonGrowth"));
    assertEquals(figures.toJson(), Figures.parse(figures.toJson()).toJson());
    try (var left = Files.list(directory)) {
      assertEquals(
          List.of(), left.filter(path -> !path.equals(table) && !path.equals(warmUp)).toList());
    }
  }

  @Test
  void theCommandBuildsInProcessesOfItsOwnAndWritesMedians() throws Exception {
    Path json = directory.resolve("figures.json");
    int status =
        new CommandLine(new PerfMain())
            .execute(
                "build",
                "--rows=" + ROWS,
                "--runs=1",
                "--participants=2",
                "--budgets=16",
                "--sources=memory",
                "--directory=" + directory,
                "--json=" + json);
    assertEquals(0, status);
    List<String> lines = Files.readAllLines(json);
    assertEquals(2, lines.size());
    Figures run = Figures.parse(lines.get(0));
    Figures medians = Figures.parse(lines.get(1));
    assertEquals(run.number("seconds"), medians.number("seconds"));
    assertEquals(1, medians.number("runs"));
  }

  @Test
  void anIndexThatLacksARowIsFoundOut() throws Exception {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults());
        Int32RowsSource source = ArraysTable.inMemory(20)) {
      GinIndex index =
          db.createGin("arrays", GinSpec.column("$", ArrayOps.ofInts()).withFastUpdate(false));
      try (WriteBatch batch = db.begin()) {
        for (long row = 1; row <= 19; row++) {
          long tid = source.tidOf(row);
          index.insert(batch, tid, source.fetch(tid));
        }
        batch.commit();
      }
      ArraysCheck check = new ArraysCheck(20);
      assertThrows(IllegalStateException.class, () -> check.check(db, index, source));
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, source.tidOf(20), source.fetch(source.tidOf(20)));
        batch.commit();
      }
      new ArraysCheck(20).check(db, index, source);
    }
  }

  @Test
  void theMedianIsTheMiddleAndTheSpreadAShareOfIt() {
    assertEquals(new Series(2, 1), Series.of(3, 1, 2));
    assertEquals(new Series(2.5, 1.2), Series.of(4, 1, 2, 3));
    assertEquals(new Series(0, 0), Series.of(0, 0));
  }
}
