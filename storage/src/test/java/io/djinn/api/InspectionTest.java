package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.SourceIdentity;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
  private static final int ROWS = 3_000;

  @TempDir private Path directory;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults().withPageSizeBytes(512).withLogSegmentBytes(1 << 20);

  private final SimVfs disk = new SimVfs();

  private Djinn open(Path store) {
    return Djinn.open(store, OPTIONS);
  }

  private Djinn openSimulated() {
    return Djinn.open(new SimEnv(disk, 1), OPTIONS);
  }

  @AfterEach
  void closeDisk() {
    disk.close();
  }

  private GinIndex fill(Djinn db) {
    GinIndex index =
        db.createGin("i", GinSpec.column("a", ArrayOps.ofStrings()).withFastUpdate(false));
    for (int from = 0; from < ROWS; from += 500) {
      try (WriteBatch batch = db.begin()) {
        for (int row = from; row < from + 500; row++) {
          index.insert(batch, row * 7L, List.of("all", "key " + row % 100));
        }
        batch.commit();
      }
    }
    return index;
  }

  /** The files of the simulated disk as a kill would leave them now. */
  private Path killed() throws IOException {
    Path target = directory.resolve("killed");
    for (String folder : List.of("", "wal", "tmp")) {
      Files.createDirectories(target.resolve(folder));
    }
    for (String folder : List.of("", "wal/")) {
      for (String name : disk.list(folder.replace("/", ""))) {
        if (!Files.isDirectory(target.resolve(folder + name))) {
          Files.write(target.resolve(folder + name), disk.bytes(folder + name));
        }
      }
    }
    return target;
  }

  @Test
  void everyPageIsPutIntoWords() {
    try (Djinn db = open(directory.resolve("db"))) {
      fill(db);
      StringBuilder words = new StringBuilder();
      for (int page = 0; page < db.stats().pages(); page++) {
        words.append(db.inspectPage(page));
      }

      for (String part :
          List.of(
              "space",
              "catalog",
              "gin meta",
              "tids " + 2 * ROWS,
              "entry leaf",
              "entry inner",
              "column 0, key \"key 42\" -> 30 TIDs",
              "-> posting tree",
              "posting leaf",
              "posting inner",
              "TIDs from 0 -> child")) {
        assertTrue(words.indexOf(part) >= 0, part);
      }
      assertThrows(IllegalArgumentException.class, () -> db.inspectPage(-1));
      assertThrows(IllegalArgumentException.class, () -> db.inspectPage(1 << 20));
    }
  }

  @Test
  void logOfAKilledStoreIsPutIntoWordsAndLeftAsItIs() throws IOException {
    Path killed;
    try (Djinn db = openSimulated()) {
      fill(db);
      killed = killed();
    }
    byte[] control = Files.readAllBytes(killed.resolve("control"));
    for (int time = 0; time < 2; time++) {
      List<String> notes = new ArrayList<>();
      List<String> records = new ArrayList<>();
      Djinn.inspectLog(killed, notes::add, (words, lsn) -> records.add(words));

      long commits = records.stream().filter(words -> words.startsWith("COMMIT")).count();
      assertTrue(commits >= 1 + ROWS / 500, records.toString());
      assertTrue(records.stream().anyMatch(words -> words.startsWith("IMAGE")));
      assertTrue(records.stream().anyMatch(words -> words.startsWith("EDITS")));
      assertTrue(records.stream().noneMatch(words -> words.contains("unknown")));
      assertTrue(notes.get(0).startsWith("control: "), notes.toString());
      assertTrue(notes.get(notes.size() - 1).startsWith("end at LSN"), notes.toString());
    }
    assertEquals(
        -1, java.util.Arrays.mismatch(control, Files.readAllBytes(killed.resolve("control"))));
  }

  @Test
  void rowsOfABatchAndWhatTheIndexSaysOfThemSurviveTogether() throws IOException {
    SourceIdentity source = new SourceIdentity("jsonl", "/rows.jsonl", 65536, 100, 1, 2);
    Path killed;
    try (Djinn db = openSimulated()) {
      GinIndex index =
          db.createGin(
              "i",
              GinSpec.column("a", ArrayOps.ofStrings())
                  .withFastUpdate(false)
                  .withSource(source, 5));
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, 1, List.of("x"));
        batch.bindRows(index, source, 7, 6);
        batch.commit();
      }
      try (WriteBatch forgotten = db.begin()) {
        index.insert(forgotten, 2, List.of("x"));
        forgotten.bindRows(index, source, 8, 6);
      }
      assertEquals(7, index.spec().lastRow());
      killed = killed();
    }

    try (Djinn db = open(killed);
        Snapshot snapshot = db.snapshot()) {
      GinIndex index = db.gin("i");
      assertEquals(7, index.spec().lastRow());
      assertEquals(6, index.spec().absentRows());
      assertEquals(5, index.spec().slotBits());
      assertEquals(source, index.spec().source());
      assertEquals(1, index.stats(snapshot).tids());
      assertEquals(List.of(), db.verify());
    }
  }
}
