package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.ArrayOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows in the pending list are found, deleted, merged and kept like those of the tree. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PendingListTest {
  private static final int ROWS = 4000;
  private static final GinSpec SPEC = GinSpec.column("v", ArrayOps.ofInts());

  @TempDir private Path directory;

  private static void insert(Djinn db, GinIndex index, int from, int to) {
    try (WriteBatch batch = db.begin()) {
      for (int row = from; row < to; row++) {
        index.insert(batch, row, List.of(row % 2, 10 + row % 7));
      }
      batch.commit();
    }
  }

  private static GinStats stats(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot);
    }
  }

  private static List<Long> rows(int from, int to, int step) {
    List<Long> rows = new ArrayList<>();
    for (long row = from; row < to; row += step) {
      rows.add(row);
    }
    return rows;
  }

  @Test
  void mergingRowsThatTheTreeHasAlreadyEnds() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex index = db.createGin("i", SPEC);
      insert(db, index, 0, ROWS);
      index.flush();
      insert(db, index, 0, ROWS);

      assertEquals(ROWS, index.flush().rows());

      GinStats stats = stats(db, index);
      assertEquals(0, stats.pendingRows());
      assertEquals(0, stats.pendingPages());
      assertEquals(2L * ROWS, stats.tids());
      assertEquals(rows(0, ROWS, 2), DjinnTest.find(db, index, ArrayOps.containsAll(0)));
    }
  }

  @Test
  void deletesHideWhatTheTreeHasAndRemoveItWhenTheyAreMerged() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex index = db.createGin("i", SPEC);
      insert(db, index, 0, 100);
      index.flush();
      try (WriteBatch batch = db.begin()) {
        for (int row = 0; row < 100; row += 2) {
          index.delete(batch, row, List.of(row % 2, 10 + row % 7));
        }
        batch.commit();
      }
      assertEquals(List.of(), DjinnTest.find(db, index, ArrayOps.containsAll(0)));
      assertTrue(stats(db, index).tids() >= 100);
      index.flush();
      assertEquals(100, stats(db, index).tids());
      assertEquals(rows(1, 100, 2), DjinnTest.find(db, index, ArrayOps.containsAll(1)));
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void rowsAreFoundAfterTheStoreWasOpenedAgainAndSnapshotsKeepTheListTheySaw() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex index = db.createGin("i", SPEC);
      insert(db, index, 0, 10);
      try (Snapshot old = db.snapshot()) {
        insert(db, index, 10, 20);
        index.flush();
        insert(db, index, 20, 30);
        List<Long> found = new ArrayList<>();
        try (TidCursor cursor = index.search(old, ArrayOps.containsAll(1))) {
          while (cursor.next()) {
            found.add(cursor.tid());
          }
        }
        assertEquals(rows(1, 10, 2), found);
      }
    }
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      assertEquals(rows(1, 30, 2), DjinnTest.find(db, db.gin("i"), ArrayOps.containsAll(1)));
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void aListNeverGrowsOverItsLimitByMoreThanABatch() {
    try (Djinn db =
        Djinn.open(directory, DjinnOptions.defaults().withDurability(Durability.none()))) {
      GinIndex index = db.createGin("i", SPEC.withPendingListLimit(64 << 10));
      for (int from = 0; from < 40_000; from += 100) {
        insert(db, index, from, from + 100);
        long bytes = stats(db, index).pendingBytes();
        assertTrue(bytes <= (64 << 10) + 100 * 64, "pending " + bytes);
      }
      insert(db, index, 40_000, 60_000);
      insert(db, index, 60_000, 60_001);
      assertEquals(rows(0, 60_001, 2), DjinnTest.find(db, index, ArrayOps.containsAll(0)));
      assertEquals(List.of(), db.verify());
    }
  }
}
