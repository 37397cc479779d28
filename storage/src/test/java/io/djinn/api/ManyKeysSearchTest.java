package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.gin.scan.KeyQuery;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of a store for more keys than a scan holds open, to their end and not. */
class ManyKeysSearchTest {
  private static final int ROWS = 60;
  private static final int KEYS = 3000;

  private final List<Object[]> rows = new ArrayList<>();
  private InMemorySource source;
  private Djinn db;
  private GinIndex index;

  /** Row r has of both columns the keys that leave r % 6, and those are the same keys. */
  @BeforeEach
  void open(@TempDir Path directory) {
    for (int row = 0; row < ROWS; row++) {
      rows.add(new Object[] {values(row), values(row / 2)});
    }
    source = InMemorySource.of(List.of("a", "b"), rows, 16);
    db = Djinn.open(directory, DjinnOptions.defaults());
    index =
        db.createGin(
            "i", GinSpec.column("a", ArrayOps.ofStrings()).andColumn("b", ArrayOps.ofStrings()));
    try (WriteBatch batch = db.begin()) {
      for (int row = 0; row < ROWS; row++) {
        index.insert(batch, source.tidOf(row + 1), rows.get(row));
      }
      batch.commit();
    }
  }

  @AfterEach
  void close() {
    source.close();
    db.close();
  }

  private static List<String> values(int row) {
    return IntStream.range(0, KEYS).filter(k -> k % 6 == row % 6).mapToObj(k -> "k" + k).toList();
  }

  private static GinQuery overlaps(int from, int to) {
    return ArrayOps.overlaps(
        IntStream.range(from, to).mapToObj(k -> "k" + k).toArray(String[]::new));
  }

  private static KeyQuery query(ToIntFunction<byte[]> answer) {
    GinQuery all = overlaps(0, KEYS);
    List<byte[]> keys = IntStream.range(0, KEYS).mapToObj(all::key).toList();
    return new KeyQuery(Mode.DEFAULT, keys, Collections.nCopies(KEYS, null), false, answer);
  }

  private List<Long> find(List<GinIndex.Condition> conditions, long limit) {
    List<Long> found = new ArrayList<>();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, conditions, source).limit(limit)) {
      while (cursor.next()) {
        found.add(cursor.tid());
      }
      assertFalse(cursor.next());
    }
    return found;
  }

  private List<Long> tids(java.util.function.IntPredicate wanted) {
    return IntStream.range(0, ROWS).filter(wanted).mapToObj(r -> source.tidOf(r + 1)).toList();
  }

  @Test
  void theSameKeysOfTwoColumnsAreKeptApart() {
    List<GinIndex.Condition> both =
        List.of(
            new GinIndex.Condition(0, overlaps(0, KEYS)),
            new GinIndex.Condition(1, ArrayOps.containsAll(values(1).toArray(String[]::new))));
    List<Long> expected = tids(row -> row / 2 % 6 == 1);
    assertEquals(expected, find(both, Long.MAX_VALUE));
    assertEquals(expected.subList(0, 1), find(both, 1));
    assertEquals(List.of(), find(both, 0));
  }

  @Test
  void aLimitOfNoneReadsNothing() {
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, overlaps(0, KEYS)).limit(0)) {
      assertFalse(cursor.next());
      assertEquals(new ScanStats(0, 0, 0, 0, 0, 0), cursor.counters());
    }
  }

  @Test
  void whatPresenceOfSomeKeysLeavesOpenIsComparedWithTheRow() {
    KeyQuery query =
        query(
            presence -> {
              for (byte value : presence) {
                if (value == Ternary.MAYBE) {
                  return Ternary.MAYBE;
                }
              }
              int count = 0;
              for (byte value : presence) {
                count += value;
              }
              return count == KEYS / 6 && presence[2] == presence[0] ? Ternary.YES : Ternary.NO;
            });
    List<Long> expected = tids(row -> query.matches(values(row)));
    assertFalse(expected.isEmpty());
    assertTrue(expected.size() < ROWS);
    assertEquals(expected, find(List.of(new GinIndex.Condition(0, query)), Long.MAX_VALUE));
  }

  @Test
  void aQueryThatGivesUpAnywhereLeavesNothingBehind() {
    boolean gaveUp = true;
    for (int allowed = 0; gaveUp; allowed += 1 + allowed / 8) {
      int[] left = {allowed};
      KeyQuery query =
          query(
              presence -> {
                if (left[0]-- == 0) {
                  throw new QueryTooExpensiveException("enough");
                }
                int[] counts = new int[3];
                for (byte value : presence) {
                  counts[value]++;
                }
                return counts[Ternary.YES] >= KEYS / 6
                    ? Ternary.YES
                    : counts[Ternary.NO] > KEYS * 5 / 6 ? Ternary.NO : Ternary.MAYBE;
              });
      gaveUp = false;
      List<Long> found = new ArrayList<>();
      try (Snapshot snapshot = db.snapshot();
          TidCursor cursor =
              index.search(snapshot, List.of(new GinIndex.Condition(0, query)), null)) {
        boolean isThere = true;
        while (isThere) {
          try {
            isThere = cursor.next();
            if (isThere) {
              found.add(cursor.tid());
            }
          } catch (QueryTooExpensiveException e) {
            // Whoever goes on all the same is told the truth.
            gaveUp = true;
          }
        }
      }
      assertEquals(tids(row -> true), found);
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, 1_000_000L + allowed, rows.get(0));
        index.delete(batch, 1_000_000L + allowed, rows.get(0));
        batch.commit();
      }
      assertEquals(
          db.store().versions().snapshots().published(),
          db.store().versions().snapshots().oldestActive(),
          "a snapshot is held");
    }
  }
}
