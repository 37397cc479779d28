package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.djinn.file.Env;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjinnTest {
  static final DjinnOptions TINY =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(256 * 512)
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  @Test
  void aRowIsFoundByEachOfItsKeys(@TempDir Path directory) {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex tags = db.createGin("tags", GinSpec.column("tags", ArrayOps.ofStrings()));
      try (WriteBatch batch = db.begin()) {
        tags.insert(batch, 7, List.of("java", "storage"));
        tags.insert(batch, 9, List.of("java"));
        batch.commit();
      }
      assertEquals(List.of(7L), find(db, tags, ArrayOps.containsAll("java", "storage")));
      assertEquals(List.of(7L, 9L), find(db, tags, ArrayOps.containsAll("java")));
    }
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      assertEquals(List.of(7L, 9L), find(db, db.gin("tags"), ArrayOps.overlaps("java", "storage")));
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void anIndexAnswersLikeAMapThroughInsertsDeletesAndKills() throws Exception {
    SimVfs disk = new SimVfs(8 << 20);
    Env env = new SimEnv(disk, 1);
    Djinn db = Djinn.open(env, TINY);
    GinIndex index = db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
    Random random = new Random(18);
    TreeMap<Long, List<Integer>> rows = new TreeMap<>();
    for (int round = 0; round < 120; round++) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 5; i++) {
          long tid = random.nextInt(3000);
          List<Integer> old = rows.remove(tid);
          if (old != null) {
            index.delete(batch, tid, old);
          }
          if (old == null || random.nextBoolean()) {
            List<Integer> values = new ArrayList<>();
            for (int k = 0; k < 6; k++) {
              values.add((int) Math.pow(random.nextInt(40), 2));
            }
            index.insert(batch, tid, values);
            rows.put(tid, values);
          }
        }
        batch.commit();
      }
      if (round % 40 == 39) {
        disk = disk.reopen();
        db = Djinn.open(new SimEnv(disk, round), TINY);
        index = db.gin("i");
      }
    }
    assertEquals(List.of(), db.verify());
    for (int key = 0; key < 40; key++) {
      int value = key * key;
      Set<Long> expected = new HashSet<>();
      rows.forEach(
          (tid, values) -> {
            if (values.contains(value)) {
              expected.add(tid);
            }
          });
      assertEquals(
          expected, new HashSet<>(find(db, index, ArrayOps.containsAll(value))), "key " + value);
    }
    db.drop("i");
    db.awaitDropped();
    assertEquals(List.of(), db.verify());
    assertEquals(db.stats().pages(), db.stats().freePages() + 2);
    Djinn open = db;
    assertThrows(IllegalArgumentException.class, () -> open.gin("i"));
    db.close();
    disk.close();
  }

  static List<Long> find(Djinn db, GinIndex index, GinQuery query) {
    List<Long> found = new ArrayList<>();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, query)) {
      while (cursor.next()) {
        found.add(cursor.tid());
      }
    }
    return found;
  }
}
