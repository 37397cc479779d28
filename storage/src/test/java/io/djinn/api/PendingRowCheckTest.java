package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.pending.Journal;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.verify.RowVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison of an index with its rows, where part of the index is pending. */
class PendingRowCheckTest {
  private static final int ROWS = 40;

  private final List<int[]> values = new ArrayList<>();
  private InMemorySource source;
  private Djinn db;
  private GinIndex index;

  @BeforeEach
  void open(@TempDir Path directory) {
    for (int row = 0; row < ROWS; row++) {
      values.add(new int[] {row, row % 3, 100});
    }
    source = InMemorySource.ofValues(values);
    db = Djinn.open(directory, DjinnOptions.defaults());
    index = db.createGin("i", GinSpec.column("$", ArrayOps.ofInts()).withFastUpdate(false));
  }

  @AfterEach
  void close() {
    source.close();
    db.close();
  }

  private void insertIntoTree(int fromRow, int toRow) {
    try (WriteBatch batch = db.begin()) {
      for (int row = fromRow; row < toRow; row++) {
        index.insert(batch, source.tidOf(row + 1), values.get(row));
      }
      batch.commit();
    }
  }

  private static byte[] key(int value) {
    GinQuery query = ArrayOps.containsAll(value);
    return EntryKeys.compose(0, query.category(0), query.key(0));
  }

  private void add(Journal journal, int row, boolean isInsert) {
    for (int value : values.get(row)) {
      journal.add(key(value), source.tidOf(row + 1), isInsert);
    }
  }

  private RowVerifier.Result verify(Journal journal) {
    GinSpec.Column column = index.spec().columns().get(0);
    try (Snapshot snapshot = db.snapshot();
        SnapshotReader reader = snapshot.reader()) {
      return new RowVerifier(
              reader,
              db.account(),
              index.metaPage(),
              PendingView.EMPTY.with(journal.run()),
              List.of(new RowVerifier.Column(column.path(), column.operatorClass(), false)),
              source)
          .verify(ROWS, 0);
    }
  }

  @Test
  void rowsOfTreeAndListTogetherAreTheRows() {
    insertIntoTree(0, 25);
    Journal journal = new Journal();
    for (int row = 20; row < ROWS; row++) {
      add(journal, row, true);
    }
    RowVerifier.Result result = verify(journal);
    assertEquals(List.of(), result.problems());
    assertEquals(ROWS, result.rows());
    assertEquals(3 * ROWS - 3, result.pairs(), "rows 0, 1 and 2 have one key twice");
  }

  @Test
  void whatThePendingListDeletesIsMissing() {
    insertIntoTree(0, ROWS);
    Journal journal = new Journal();
    journal.add(key(100), source.tidOf(7), false);
    assertEquals(
        List.of("row 7: column 0, key 0x80000064 is in the row, but not in the index"),
        verify(journal).problems());
    add(journal, 6, false);
    assertEquals(1, verify(journal).absentRows());
  }

  @Test
  void whatIsPendingAndNotInTheRowIsTold() {
    insertIntoTree(0, ROWS);
    Journal journal = new Journal();
    journal.add(key(7), source.tidOf(3), true);
    assertFalse(verify(journal).problems().isEmpty());
    journal.add(key(7), source.tidOf(3), false);
    assertEquals(List.of(), verify(journal).problems());
  }

  @Test
  void aRowDeletedInTheListAndPendingAgainIsThere() {
    insertIntoTree(0, ROWS);
    Journal journal = new Journal();
    add(journal, 5, false);
    assertFalse(verify(journal).problems().isEmpty());
    add(journal, 5, true);
    assertEquals(List.of(), verify(journal).problems());
  }
}
