package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadBuildTest {
  private static final GinSpec SPEC =
      GinSpec.column("text", new PlacedWords()).andColumn("tags", ArrayOps.ofInts());

  private static List<Object[]> rows(SplittableRandom random, int count) {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new Object[] {PlacedTexts.next(random, 500), List.of(random.nextInt(50))});
    }
    return rows;
  }

  private static InMemorySource source(List<Object[]> rows) {
    return InMemorySource.of(List.of("text", "tags"), rows, 37);
  }

  private static BuildReport build(
      Djinn db, String name, GinSpec spec, InMemorySource source, int workers, long memory) {
    return new IndexBuild(
            db,
            name,
            spec,
            source,
            BuildOptions.defaults().withMaintenanceWorkMem(memory).withParallelWorkers(workers),
            BuildListener.SILENT)
        .run();
  }

  private static List<String> problems(Djinn db, String name, InMemorySource source) {
    try (Snapshot snapshot = db.snapshot()) {
      return db.gin(name).verifyRows(snapshot, source).problems();
    }
  }

  private static void insertAll(Djinn db, GinIndex index, InMemorySource source) {
    WriteBatch[] batch = {db.begin()};
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          index.insert(batch[0], tid, row);
          if (batch[0].size() == 50) {
            batch[0].commit();
            batch[0] = db.begin();
          }
          return true;
        });
    batch[0].commit();
  }

  @ParameterizedTest
  @CsvSource({"0, 2, 8000", "1, 4, 20000", "3, 8, 20000", "1, 64, 5000"})
  void builtAndInsertedIndexesHoldThePayloadsOfTheRows(
      int workers, int megabytes, int count, @TempDir Path directory) throws Exception {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PayloadBuildTest"));
    List<Object[]> rows = rows(random, count);
    long memory = (long) megabytes << 20;
    GinSpec spec = SPEC.withRows(count, 0);
    try (Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
        InMemorySource source = source(rows)) {
      BuildReport report = build(db, "built", spec, source, workers, memory);
      assertTrue(report.accountedPeak() <= memory, "peak " + report.accountedPeak());
      build(db, "plain", spec.withPositions(false), source, workers, memory);
      insertAll(db, db.createGin("inserted", spec.withFastUpdate(false)), source);
      assertEquals(List.of(), db.verify());
      for (String name : List.of("built", "plain", "inserted")) {
        assertEquals(List.of(), problems(db, name, source), name);
      }
      try (Snapshot snapshot = db.snapshot()) {
        GinStats built = db.gin("built").stats(snapshot);
        GinStats plain = db.gin("plain").stats(snapshot);
        assertEquals(plain.keys(), built.keys());
        assertEquals(plain.tids(), built.tids());
        assertTrue(plain.totalPages() < built.totalPages());
      }
    }
  }

  @Test
  void wordsThatChangedPlacesAreToldByTheCheckOfRows(@TempDir Path directory) throws Exception {
    List<Object[]> rows = rows(new SplittableRandom(2), 300);
    rows.set(123, new Object[] {"one two _none", List.of(1)});
    List<Object[]> others = new ArrayList<>(rows);
    others.set(123, new Object[] {"two _none one", List.of(1)});
    try (Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
        InMemorySource source = source(rows);
        InMemorySource other = source(others)) {
      build(db, "i", SPEC.withRows(300, 0), source, 1, 4L << 20);
      build(db, "p", SPEC.withPositions(false).withRows(300, 0), source, 1, 4L << 20);
      assertEquals(List.of(), problems(db, "i", source));
      assertEquals(
          List.of(
              "row 124: column 0, key \"one\" with payload 0x0000 is in the index, but not in the"
                  + " row",
              "row 124: column 0, key \"one\" with payload 0x0200 is in the row, but not in the"
                  + " index",
              "row 124: column 0, key \"two\" with payload 0x0000 is in the row, but not in the"
                  + " index",
              "row 124: column 0, key \"two\" with payload 0x0100 is in the index, but not in the"
                  + " row"),
          problems(db, "i", other).stream().sorted().toList());
      assertEquals(List.of(), problems(db, "p", other));
    }
  }

  @Test
  void aPayloadOverTheLimitFailsTheBuildByName(@TempDir Path directory) throws Exception {
    List<Object[]> rows = rows(new SplittableRandom(1), 100);
    rows.set(70, new Object[] {"x ".repeat(600), null});
    try (Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
        InMemorySource source = source(rows)) {
      Throwable cause =
          assertThrows(BuildFailedException.class, () -> build(db, "i", SPEC, source, 1, 4L << 20))
              .getCause();
      assertTrue(
          cause instanceof InvalidRowException && cause.getMessage().contains("limit is 1024"),
          String.valueOf(cause));
      assertEquals(List.of(), db.indexes());
    }
  }
}
