package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figures of a store say what was done to it. */
class DjinnMetricsTest {
  private static long insert(Djinn db, Durability durability, int rows) {
    try (WriteBatch batch = db.begin(durability)) {
      for (int row = 0; row < rows; row++) {
        db.gin("i").insert(batch, row, List.of(row, row + 1));
      }
      return batch.commit();
    }
  }

  @Test
  void workIsCountedOnceAndItsWaitsAreKept() {
    try (SimVfs disk = new SimVfs(8 << 20);
        Djinn db =
            Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY.withDurability(Durability.none()))) {
      db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()));
      DjinnMetrics before = db.metrics();
      insert(db, Durability.none(), 3);
      insert(db, Durability.sync(), 4);
      insert(db, Durability.sync(), 0);
      db.checkpoint();
      DjinnMetrics after = db.metrics();
      assertEquals(3, after.commits() - before.commits());
      assertEquals(2, after.batches() - before.batches());
      assertEquals(0, after.sharedBatches());
      assertEquals(7, after.rows() - before.rows());
      assertTrue(after.logBytes() > before.logBytes());
      assertTrue(after.logSyncs() > before.logSyncs());
      assertTrue(after.pagesWritten() > before.pagesWritten());
      assertTrue(after.checkpoints() > before.checkpoints());
      assertTrue(after.framesInUse() <= after.frames());
      assertEquals(3, after.slotWait().count() - before.slotWait().count());
      assertEquals(1, after.syncWait().count() - before.syncWait().count());
      assertEquals(
          after.checkpoints() - before.checkpoints(),
          after.checkpoint().count() - before.checkpoint().count());
      DjinnMetrics.Waits waits = after.checkpoint();
      assertTrue(waits.p50Nanos() > 0);
      assertTrue(waits.p50Nanos() <= waits.p90Nanos());
      assertTrue(waits.p90Nanos() <= waits.p99Nanos());
      assertTrue(waits.p99Nanos() <= waits.p999Nanos());
      assertTrue(waits.p999Nanos() <= waits.maxNanos());
      assertTrue(waits.maxNanos() <= waits.totalNanos());
      assertEquals(0, after.merge().count());
    }
  }
}
