package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.opclass.builtin.text.TextSearch;
import io.djinn.opclass.builtin.text.TsVectorOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents in an index are found by the lexemes they have and have not. */
class TextIndexTest {
  private static final TsVectorOps ENGLISH = TsVectorOps.english();

  @Test
  void documentsAreFoundByTheirLexemes() {
    try (SimVfs disk = new SimVfs(1 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex index = db.createGin("i", GinSpec.column("title+extract", ENGLISH));
      try (WriteBatch writes = db.begin()) {
        index.insert(writes, 1, ENGLISH.join("Cats", "running with the dogs"));
        index.insert(writes, 2, "A cat sleeps");
        index.insert(writes, 3, "the");
        index.insert(writes, 4, (Object) null);
        writes.commit();
      }
      assertEquals(List.of(), db.verify());
      assertEquals(List.of(1L, 2L), find(db, index, "cats"));
      assertEquals(List.of(1L), find(db, index, "cat & run"));
      assertEquals(List.of(2L, 3L), find(db, index, "!dogs"));
      assertEquals(List.of(2L, 3L), find(db, index, "sleep | !cat"));
      assertEquals(List.of(), find(db, index, "the"));
    }
  }

  private static List<Long> find(Djinn db, GinIndex index, String query) {
    List<Long> found = new ArrayList<>();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor =
            index.search(
                snapshot, ENGLISH.matches(TextSearch.config("english").toTsQuery(query)))) {
      while (cursor.next()) {
        found.add(cursor.tid());
      }
    }
    return found;
  }
}
