package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.DjinnException;
import io.djinn.error.StoreSealedException;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that somebody else replaces, deletes or cuts under an open store. */
class ReplacedFileTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"pages", "control"})
  void aReplacedFileSealsAtTheNextCheckpointAndWhatWasCommittedIsKept(String name)
      throws IOException {
    Path file = directory.resolve(name);
    Path own = directory.resolveSibling(directory.getFileName() + "-" + name);
    Djinn db = open();
    insert(db, 1);
    db.checkpoint();
    Files.createLink(own, file);
    Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
    Files.copy(file, copy);
    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    insert(db, 2);

    DjinnException refusal = assertThrows(DjinnException.class, db::checkpoint);

    assertTrue(refusal.getMessage().contains("file " + name + " was replaced"), refusal::toString);
    assertTrue(db.isSealed());
    assertThrows(StoreSealedException.class, () -> insert(db, 3));
    db.close();
    Files.move(own, file, StandardCopyOption.REPLACE_EXISTING);
    assertRows(List.of(1L, 2L));
  }

  @Test
  void aCutFileSealsAtTheNextCheckpoint() throws IOException {
    Djinn db = open();
    insert(db, 1);
    db.checkpoint();
    try (FileChannel pages =
        FileChannel.open(directory.resolve("pages"), StandardOpenOption.WRITE)) {
      pages.truncate(pages.size() - 1);
    }
    DjinnException refusal = assertThrows(DjinnException.class, db::checkpoint);
    assertTrue(refusal.getMessage().contains("pages"), refusal::toString);
    assertTrue(db.isSealed());
    db.close();
  }

  private Djinn open() {
    Djinn db = Djinn.open(directory, DjinnTest.TINY);
    if (db.indexes().isEmpty()) {
      db.createGin("rows", GinSpec.column("$", ArrayOps.ofInts()));
    }
    return db;
  }

  private static void insert(Djinn db, long tid) {
    try (WriteBatch batch = db.begin()) {
      db.gin("rows").insert(batch, tid, List.of(7));
      batch.commit();
    }
  }

  private void assertRows(List<Long> expected) {
    try (Djinn db = open();
        Snapshot snapshot = db.snapshot();
        TidCursor rows = db.gin("rows").search(snapshot, ArrayOps.containsAll(7))) {
      for (long tid : expected) {
        assertTrue(rows.next());
        assertEquals(tid, rows.tid());
      }
      assertTrue(!rows.next());
    }
  }
}
