package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.TestStores;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches whose memory is used again by later ones. */
class WriteBatchTest {
  @TempDir private Path directory;
  private Djinn db;
  private GinIndex index;

  @BeforeEach
  void open() throws Exception {
    db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
    index = db.createGin("i", GinSpec.column("$", ArrayOps.ofStrings()));
  }

  @AfterEach
  void close() {
    db.close();
  }

  private long keys() {
    index.flush();
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot).keys();
    }
  }

  @Test
  void whatABatchHeldIsNotInTheNextOne() {
    for (int i = 0; i < 3; i++) {
      WriteBatch forgotten = db.begin();
      index.insert(forgotten, 1, List.of("forgotten", "too"));
      forgotten.close();
      WriteBatch refused = db.begin();
      String tooLong = "x".repeat(5000);
      assertThrows(RuntimeException.class, () -> index.insert(refused, 2, List.of("a", tooLong)));
      assertEquals(0, refused.size());
      refused.close();
      WriteBatch batch = db.begin();
      index.insert(batch, 3, List.of("kept"));
      index.delete(batch, 4, List.of("kept"));
      batch.commit();
      WriteBatch other = db.begin();
      index.insert(other, 5, List.of("kept"));
      assertEquals(2, batch.size(), "a count of its own, also when others use the memory");
      other.close();
      batch.close();
    }
    assertEquals(1, keys());
  }

  @Test
  void aBatchIsNotEndedFromInsideARow() {
    try (WriteBatch batch = db.begin()) {
      List<Runnable> ends = List.of(batch::close, batch::commit);
      for (Runnable end : ends) {
        List<String> row =
            new AbstractList<>() {
              @Override
              public String get(int i) {
                end.run();
                return "never";
              }

              @Override
              public int size() {
                return 1;
              }
            };
        assertThrows(IllegalStateException.class, () -> index.insert(batch, 1, row));
      }
      index.insert(batch, 2, List.of("kept"));
      batch.commit();
      assertEquals(1, keys());
    }
  }
}
