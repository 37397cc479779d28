package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.IntSequence;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.Int32RowsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Compares a store with what {@link StoreProcess} says it did. */
final class StoreExamination {
  private static final Set<String> OWN_NAMES = Set.of("LOCK", "control", "pages", "tmp", "wal");

  private StoreExamination() {}

  /**
   * Opens the store and examines it.
   *
   * @param acknowledged batches that must be there; one more may be
   * @return batches that are there
   */
  static long examine(Path directory, StoreProcess.Work work, long acknowledged)
      throws IOException {
    return examine(directory, work, acknowledged, false);
  }

  /**
   * The same, and commits one more batch.
   *
   * @return batches that are there then
   */
  static long examineAndGoOn(Path directory, StoreProcess.Work work, long acknowledged)
      throws IOException {
    return examine(directory, work, acknowledged, true);
  }

  private static long examine(
      Path directory, StoreProcess.Work work, long acknowledged, boolean goesOn)
      throws IOException {
    long batches;
    try (Djinn db = Djinn.open(directory, work.options)) {
      assertEquals(List.of(), db.verify());
      batches = examineInserted(db, acknowledged);
      db.indexes().forEach(index -> assertEquals("ready", index.state(), index.name()));
      if (goesOn) {
        StoreProcess.commit(db, StoreProcess.inserted(db), batches);
        batches++;
      }
    }
    assertOwnFilesOnly(directory);
    return batches;
  }

  static long examineInserted(Djinn db, long acknowledged) {
    if (db.indexes().stream().noneMatch(i -> i.name().equals(StoreProcess.INSERTED))) {
      assertEquals(0, acknowledged, "the index is not there");
      return 0;
    }
    GinIndex index = db.gin(StoreProcess.INSERTED);
    List<Long> found = find(db, index, ArrayOps.containsAll(new int[0]));
    long batches = found.equals(NumberedRows.rows(acknowledged)) ? acknowledged : acknowledged + 1;
    assertEquals(NumberedRows.rows(batches), found, acknowledged + " batches acknowledged");
    NumberedRows.index(batches)
        .forEach(
            (value, rows) ->
                assertEquals(rows, find(db, index, ArrayOps.containsAll(value)), "value " + value));
    return batches;
  }

  /**
   * Examines the built index where it is there.
   *
   * @param isAcknowledged whether it must be there
   */
  static void examineBuilt(Path directory, StoreProcess.Work work, boolean isAcknowledged) {
    try (Djinn db = Djinn.open(directory, work.options)) {
      boolean isThere =
          db.indexes().stream().anyMatch(i -> i.name().equals(StoreProcess.BUILT_INDEX));
      assertTrue(isThere || !isAcknowledged, "an acknowledged build is not there");
      if (isThere) {
        GinIndex index = db.gin(StoreProcess.BUILT_INDEX);
        assertAnswers(db, index, builtRows());
        db.drop(StoreProcess.BUILT_INDEX);
        db.awaitDropped();
        assertEquals(List.of(), db.verify());
      }
    }
  }

  private static TreeMap<Integer, List<Long>> builtRows() {
    TreeMap<Integer, List<Long>> index = new TreeMap<>();
    try (Int32RowsSource source = StoreProcess.buildRows()) {
      source.scan(
          0,
          source.blockCount(),
          (tid, row) -> {
            IntSequence values = (IntSequence) row.value(ColumnPath.parse("$"), ArrayOps.ofInts());
            IntStream.range(0, values.size())
                .mapToObj(values::get)
                .distinct()
                .forEach(value -> index.computeIfAbsent(value, v -> new ArrayList<>()).add(tid));
            return true;
          });
    }
    return index;
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

  private static void assertAnswers(Djinn db, GinIndex index, Map<Integer, List<Long>> expected) {
    expected.forEach(
        (value, rows) ->
            assertSame(rows, find(db, index, ArrayOps.containsAll(value)), "value " + value));
  }

  /** Says only where the lists differ: they are long. */
  private static void assertSame(List<Long> expected, List<Long> found, String what) {
    if (!expected.equals(found)) {
      Set<Long> missing = new TreeSet<>(expected);
      found.forEach(missing::remove);
      Set<Long> extra = new TreeSet<>(found);
      expected.forEach(extra::remove);
      fail(what + ": missing rows " + missing + ", rows that should not be there " + extra);
    }
  }

  /** Nothing but the store's own files is there, and no temporary one. */
  static void assertOwnFilesOnly(Path directory) throws IOException {
    Set<String> unknown = new TreeSet<>(names(directory));
    unknown.removeAll(OWN_NAMES);
    assertEquals(Set.of(), unknown, "files that are not the store's");
    assertEquals(Set.of(), names(directory.resolve("tmp")), "temporary files");
    for (String name : names(directory.resolve("wal"))) {
      assertTrue(name.matches("[0-9a-f]{16}"), "file in wal: " + name);
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }
}
