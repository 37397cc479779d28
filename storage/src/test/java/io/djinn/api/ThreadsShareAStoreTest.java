package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.SnapshotExpiredException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers, readers and checkpoints at the same time, with frames so few that all paths run. */
class ThreadsShareAStoreTest {
  private static final int WRITERS = 3;
  private static final int READERS = 3;
  private static final int BATCHES = 250;
  private static final int ROWS = 4;

  private static final DjinnOptions TIGHT =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(200 * 1024)
          .withLogSegmentBytes(128 << 10)
          .withLogLimitBytes(1 << 20)
          .withMapChunkBytes(1 << 20)
          .withDurability(Durability.none());

  @Test
  void everySnapshotSeesWholeBatchesOnlyAndNothingTwice(@TempDir Path directory) throws Exception {
    try (Djinn db = Djinn.open(TestStores.env(directory), TIGHT)) {
      GinIndex index = db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
      ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS + 1);
      AtomicLong running = new AtomicLong(WRITERS);
      List<Future<Long>> results = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        results.add(threads.submit(() -> write(db, index, number, running)));
      }
      for (int reader = 0; reader < READERS; reader++) {
        int number = reader;
        results.add(threads.submit(() -> read(db, index, number, running)));
      }
      results.add(threads.submit(() -> checkpoint(db, running)));
      for (Future<Long> result : results) {
        result.get();
      }
      threads.shutdown();
      assertEquals(List.of(), db.verify());
      assertEquals(
          (long) WRITERS * BATCHES * ROWS - (long) WRITERS * (BATCHES / 2) * ROWS,
          count(db, index, -1));
    }
    try (Djinn db = Djinn.open(TestStores.env(directory), TIGHT)) {
      assertEquals(List.of(), db.verify());
      assertEquals((long) WRITERS * (BATCHES / 2) * ROWS, count(db, db.gin("i"), -1));
    }
  }

  /**
   * Each batch adds rows with a common key and the writer's key; every other one is removed again.
   */
  private static long write(Djinn db, GinIndex index, int writer, AtomicLong running) {
    try {
      for (int batch = 0; batch < BATCHES; batch++) {
        change(db, index, writer, batch, true);
        if (batch % 2 == 1) {
          change(db, index, writer, batch, false);
        }
      }
      return 0L;
    } finally {
      running.decrementAndGet();
    }
  }

  private static void change(Djinn db, GinIndex index, int writer, int batch, boolean isInsert) {
    try (WriteBatch writes = db.begin(batch % 50 == 0 ? Durability.sync() : Durability.none())) {
      for (int row = 0; row < ROWS; row++) {
        long tid = ((long) batch * WRITERS + writer) * ROWS + row;
        List<Integer> keys = List.of(-1, writer, 1000 + row, 5000 + (int) (tid * 7919 % 500));
        if (isInsert) {
          index.insert(writes, tid, keys);
        } else {
          index.delete(writes, tid, keys);
        }
      }
      writes.commit();
    }
  }

  private static long read(Djinn db, GinIndex index, int reader, AtomicLong running) {
    long expired = 0;
    while (running.get() > 0) {
      try (Snapshot snapshot = db.snapshot()) {
        for (int again = 0; again <= reader; again++) {
          long all = count(snapshot, index, -1);
          long sum = 0;
          for (int writer = 0; writer < WRITERS; writer++) {
            sum += count(snapshot, index, writer);
          }
          assertEquals(all, sum, "rows of all writers in snapshot " + snapshot.batch());
          assertEquals(0, all % ROWS, "a batch is seen in part");
        }
      } catch (SnapshotExpiredException e) {
        expired++;
      }
    }
    return expired;
  }

  private static long checkpoint(Djinn db, AtomicLong running) {
    long count = 0;
    while (running.get() > 0) {
      db.checkpoint();
      count++;
    }
    assertTrue(count > 0);
    return count;
  }

  private static long count(Djinn db, GinIndex index, int key) {
    try (Snapshot snapshot = db.snapshot()) {
      return count(snapshot, index, key);
    }
  }

  private static long count(Snapshot snapshot, GinIndex index, int key) {
    long count = 0;
    long last = -1;
    try (TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(key))) {
      while (cursor.next()) {
        assertTrue(cursor.tid() > last, "TIDs ascend");
        last = cursor.tid();
        count++;
      }
    }
    return count;
  }
}
