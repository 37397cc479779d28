package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Null elements, empty arrays and null arrays are told apart. */
class NullKeysTest {
  @Test
  void eachIsFoundByItsOwnQueryOnly() {
    try (SimVfs disk = new SimVfs(1 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex index = db.createGin("i", GinSpec.column("$", ArrayOps.ofStrings()));
      try (WriteBatch writes = db.begin()) {
        index.insert(writes, 1, List.of());
        index.insert(writes, 2, Arrays.asList("x", null));
        index.insert(writes, 3, new Object[] {null});
        index.insert(writes, 4, List.of("x"));
        writes.commit();
      }
      assertEquals(List.of(), db.verify());
      assertEquals(List.of(1L), find(db, index, ArrayOps.equalTo(new String[0])));
      assertEquals(List.of(2L), find(db, index, ArrayOps.equalTo("x", null)));
      assertEquals(List.of(2L, 4L), find(db, index, ArrayOps.containsAll("x")));
    }
  }

  private static List<Long> find(Djinn db, GinIndex index, io.djinn.opclass.GinQuery query) {
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
