package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.SnapshotExpiredException;
import io.djinn.opclass.builtin.ArrayOps;
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
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight real threads on a real directory: every answer of every snapshot is exactly that of some
 * step of each writer, and after the end, and after opening again, of the last one.
 */
class ThreadsBesideModelsTest {
  private static final int FULL_SECONDS = 90;
  private static final int THREADS = 8;
  private static final int WRITERS = 3;
  private static final String INDEX = "rows";
  private static final String SIDE = "side";

  /** Small pages, few frames and a short log: everything the engine puts off comes soon. */
  private static final DjinnOptions TIGHT =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(640 << 10)
          .withLogSegmentBytes(128 << 10)
          .withLogLimitBytes(1 << 20)
          .withMapChunkBytes(1 << 20)
          .withDurability(Durability.none());

  private static final DjinnOptions AMPLE =
      DjinnOptions.defaults().withDurability(Durability.none());

  @Test
  void withTinyPagesAndThePendingList(@TempDir Path directory) throws Exception {
    run("tight", directory, TIGHT, true);
  }

  @Test
  void withTinyPagesAndBatchesThatChangeTheTree(@TempDir Path directory) throws Exception {
    run("tree", directory, TIGHT, false);
  }

  @Test
  void withTheDefaults(@TempDir Path directory) throws Exception {
    run("defaults", directory, AMPLE, true);
  }

  private static void run(String name, Path directory, DjinnOptions options, boolean fastUpdate)
      throws Exception {
    try (ProofPart part = new ProofPart(Family.THREADS, name)) {
      Tier.current()
          .rounds(
              TestSeed.forTest("ThreadsBesideModelsTest"),
              seed -> {
                long seconds = Tier.current().atLeast(FULL_SECONDS / 3);
                try {
                  round(
                      name,
                      directory.resolve(Long.toString(seed)),
                      options,
                      fastUpdate,
                      seed,
                      seconds);
                  part.add(seconds);
                } catch (Throwable t) {
                  part.failed(1);
                  throw t;
                }
              });
    }
  }

  private static GinSpec spec(boolean fastUpdate) {
    return GinSpec.column("v", ArrayOps.ofInts())
        .withFastUpdate(fastUpdate)
        .withPendingListLimit(64 << 10);
  }

  private static void round(
      String name,
      Path directory,
      DjinnOptions options,
      boolean fastUpdate,
      long seed,
      long seconds)
      throws Exception {
    List<WindowWriter> writers = new ArrayList<>();
    for (int number = 0; number < WRITERS; number++) {
      writers.add(new WindowWriter(number, WRITERS, 30 + 45 * number, seed));
    }
    try (Djinn db = Djinn.open(directory, options)) {
      GinIndex index = db.createGin(INDEX, spec(fastUpdate));
      BusyThreads threads = new BusyThreads();
      WindowReader reader = new WindowReader(db, index, writers, seed + 10);
      WindowReader other = new WindowReader(db, index, writers, seed + 11);
      WindowReader holder = new WindowReader(db, index, writers, seed + 12);
      // Who takes part: one line a thread.
      writers.forEach(writer -> threads.add("writer", () -> writer.step(db, index)));
      threads.add("reader", reader::look);
      threads.add("reader", other::look);
      threads.add("holder", holder::lookBack);
      threads.add("keeper", new Keeper(db, index, seed + 20)::turn);
      threads.add("dropper", new Dropper(db, fastUpdate, seed + 30)::turn);
      assertEquals(THREADS, threads.count());
      threads.run(seconds);
      holder.release();
      System.out.println(
          "ThreadsBesideModelsTest "
              + name
              + ": "
              + threads
              + " answers="
              + (reader.answers() + other.answers() + holder.answers())
              + " expired="
              + (reader.expired() + other.expired() + holder.expired()));
      assertTrue(reader.answers() > 0 && writers.stream().allMatch(writer -> writer.done() > 0));
      new WindowReader(db, index, writers, seed).compareAll();
      assertEquals(List.of(), db.verify());
    }
    try (Djinn db = Djinn.open(directory, options)) {
      new WindowReader(db, db.gin(INDEX), writers, seed).compareAll();
      assertEquals(List.of(), db.verify());
    }
  }

  /** Checkpoints, flushes, examines, and waits for what was dropped. */
  private record Keeper(Djinn db, GinIndex index, SplittableRandom random) {
    Keeper(Djinn db, GinIndex index, long seed) {
      this(db, index, new SplittableRandom(seed));
    }

    void turn() {
      try {
        switch (random.nextInt(4)) {
          case 0 -> db.checkpoint();
          case 1 -> index.flush();
          case 2 -> db.awaitDropped();
          default -> assertEquals(List.of(), db.verify());
        }
      } catch (SnapshotExpiredException e) {
        assertTrue(db.stats().frames() > 0);
      }
    }
  }

  /** Makes, fills, reads and drops an index of its own. */
  private static final class Dropper {
    private static final int ROWS = 40;

    private final Djinn db;
    private final boolean fastUpdate;
    private final SplittableRandom random;

    Dropper(Djinn db, boolean fastUpdate, long seed) {
      this.db = db;
      this.fastUpdate = fastUpdate;
      random = new SplittableRandom(seed);
    }

    void turn() {
      GinIndex side = db.createGin(SIDE, spec(fastUpdate));
      TreeSet<Long> rows = new TreeSet<>();
      for (int batches = random.nextInt(4); batches >= 0; batches--) {
        try (WriteBatch batch = db.begin()) {
          for (int i = 0; i < ROWS; i++) {
            long tid = random.nextLong(10_000);
            side.insert(batch, tid, List.of(1, 2 + (int) tid % 50));
            rows.add(tid);
          }
          batch.commit();
        }
      }
      try (Snapshot snapshot = db.snapshot()) {
        assertEquals(rows, rowsOf(side, snapshot));
        db.drop(SIDE);
        assertEquals(rows, rowsOf(side, snapshot), "in a snapshot from before the drop");
      } catch (SnapshotExpiredException e) {
        if (db.indexes().stream().anyMatch(info -> info.name().equals(SIDE))) {
          db.drop(SIDE);
        }
      }
    }

    private static TreeSet<Long> rowsOf(GinIndex side, Snapshot snapshot) {
      TreeSet<Long> rows = new TreeSet<>();
      try (TidCursor cursor = side.search(snapshot, ArrayOps.containsAll(1))) {
        while (cursor.next()) {
          rows.add(cursor.tid());
        }
      }
      return rows;
    }
  }
}
