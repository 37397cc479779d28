package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.BusyThreads;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import io.djinn.testkit.WindowReader;
import io.djinn.testkit.WindowWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parallel builds beside real threads that write and read: of another index, and anew of the one
 * they write and read.
 */
class BuildsBesideThreadsTest {
  private static final int FULL_SECONDS = 10;
  private static final int WRITERS = 3;
  private static final int ROWS = 3_000;
  private static final int WORKERS = 1;
  private static final String BUILT = "built";

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(1 << 20)
          .withLogSegmentBytes(128 << 10)
          .withLogLimitBytes(1 << 20)
          .withDurability(Durability.none());

  @Test
  void buildsAndBatchesDoNotDisturbEachOther(@TempDir Path directory) throws Exception {
    try (ProofPart part = new ProofPart(Family.THREADS, "builds")) {
      long seconds = Tier.current().atLeast(FULL_SECONDS);
      try {
        run(directory, TestSeed.forTest("BuildsBesideThreadsTest"), seconds);
        part.add(seconds);
      } catch (Throwable t) {
        part.failed(1);
        throw t;
      }
    }
  }

  private static void run(Path directory, long seed, long seconds) throws Exception {
    List<WindowWriter> writers = new ArrayList<>();
    for (int number = 0; number < WRITERS; number++) {
      writers.add(new WindowWriter(number, WRITERS, 30 + 40 * number, seed));
    }
    try (Djinn db = Djinn.open(directory, OPTIONS)) {
      GinIndex index = db.createGin("rows", GinSpec.column("v", ArrayOps.ofInts()));
      BusyThreads threads = new BusyThreads();
      WindowReader reader = new WindowReader(db, index, writers, seed + 10);
      WindowReader other = new WindowReader(db, index, writers, seed + 11);
      WindowReader holder = new WindowReader(db, index, writers, seed + 12);
      writers.forEach(writer -> threads.add("writer", () -> writer.step(db, index)));
      threads.add("reader", reader::look);
      threads.add("reader", other::look);
      threads.add("holder", holder::lookBack);
      threads.add("checkpointer", db::checkpoint);
      threads.add(
          "builder",
          () -> {
            buildAndDrop(db);
            buildAnew(db, index, writers);
          });
      threads.run(seconds);
      holder.release();
      System.out.println("BuildsBesideThreadsTest: " + threads);
      assertTrue(writers.stream().allMatch(writer -> writer.done() > 0));
      new WindowReader(db, index, writers, seed).compareAll();
      assertEquals(List.of(), db.verify());
    }
    try (Djinn db = Djinn.open(directory, OPTIONS)) {
      new WindowReader(db, db.gin("rows"), writers, seed).compareAll();
      assertEquals(List.of(), db.verify());
    }
  }

  private static void buildAnew(Djinn db, GinIndex index, List<WindowWriter> writers) {
    IndexBuild.reindex(
            db,
            index.name(),
            index.spec(),
            new WindowTable(writers),
            BuildOptions.defaults().withMaintenanceWorkMem(4L << 20).withParallelWorkers(WORKERS),
            BuildListener.SILENT)
        .run();
  }

  private static void buildAndDrop(Djinn db) {
    List<List<Integer>> values = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      values.add(List.of(1, 2 + row % 70, 100 + row));
    }
    InMemorySource source = InMemorySource.ofValues(values);
    IndexBuild build =
        new IndexBuild(
            db,
            BUILT,
            GinSpec.column("$", ArrayOps.ofInts()),
            source,
            BuildOptions.defaults().withMaintenanceWorkMem(4L << 20).withParallelWorkers(WORKERS),
            BuildListener.SILENT);
    build.run();
    GinIndex built = build.index();
    int found = 0;
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = built.search(snapshot, ArrayOps.containsAll(1))) {
      while (cursor.next()) {
        found++;
      }
    } catch (io.djinn.error.SnapshotExpiredException e) {
      found = ROWS;
    }
    assertEquals(ROWS, found);
    db.drop(BUILT);
  }
}
