package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.TestSeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rows of a bitmap beside those of the cursor it is filled from. A failing case is replayed by
 * {@code mvn -pl storage test -Dtest=TidBitmapTest -Ddjinn.seed=SEED} with the seed printed.
 */
class TidBitmapTest {
  private static final int ROWS = 40_000;

  @TempDir private Path directory;

  /** A row and whether it is to be compared. */
  private record Found(long tid, boolean needsRecheck) {}

  private static List<Found> search(
      GinIndex index, Snapshot snapshot, List<GinIndex.Condition> conditions) {
    List<Found> found = new ArrayList<>();
    try (TidCursor cursor = index.search(snapshot, conditions, null)) {
      while (cursor.next()) {
        found.add(new Found(cursor.tid(), cursor.needsRecheck()));
      }
    }
    return found;
  }

  private static List<Found> rows(TidBitmap bitmap) {
    List<Found> found = new ArrayList<>();
    try (BitmapCursor cursor = bitmap.rows(null)) {
      while (cursor.next()) {
        found.add(new Found(cursor.tid(), cursor.needsRecheck()));
      }
      assertEquals(-1, cursor.tid());
      assertFalse(cursor.next(), "the end stays the end");
    }
    return found;
  }

  private static GinIndex.Condition is(String operator, Integer... operand) {
    return new GinIndex.Condition(0, ArrayOps.ofInts().query(operator, List.of(operand)));
  }

  /**
   * TIDs close together, in clusters, and anywhere; blocks shorter and longer than a chunk of the
   * bitmap, so that a chunk that is given up shares its block with one that is not.
   */
  @ParameterizedTest
  @CsvSource({"1, 0", "7, 12", "500, 9", "40000, 0", "40000, 20", "2000000000, 0", "300, 30"})
  void aBitmapOfAnyMemoryGivesTheRowsOfTheSearch(long gap, int slotBits) {
    long seed = TestSeed.forTest("TidBitmapTest " + gap + " " + slotBits);
    SplittableRandom random = new SplittableRandom(seed);
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinSpec spec = GinSpec.column("v", ArrayOps.ofInts());
      GinIndex index = db.createGin("i", slotBits == 0 ? spec : spec.withSource(null, slotBits));
      long tid = 0;
      for (int row = 0; row < ROWS; ) {
        try (WriteBatch batch = db.begin(Durability.sync())) {
          for (int i = 0; i < 5_000; i++, row++) {
            tid += 1 + random.nextLong(gap);
            List<Integer> value = new ArrayList<>(List.of(random.nextInt(3), 3 + row % 50));
            index.insert(batch, tid, value);
          }
          batch.commit();
        }
      }
      try (Snapshot snapshot = db.snapshot()) {
        boolean wasLossy = false;
        boolean wasExact = false;
        List<List<GinIndex.Condition>> queries =
            List.of(
                List.of(is("@>", 1)),
                List.of(is("&&", 0, 1, 17)),
                List.of(is("<@", 1, 2, 4, 5, 6)),
                List.of(is("@>", 1, 30)),
                List.of(is("@>")));
        for (List<GinIndex.Condition> conditions : queries) {
          List<Found> expected = search(index, snapshot, conditions);
          for (long memory : new long[] {64 << 10, 200_000, 1 << 20, 1 << 30}) {
            TidBitmap bitmap = index.bitmap(snapshot, conditions, memory);
            assertTrue(bitmap.memoryBytes() <= memory, () -> bitmap.memoryBytes() + " bytes");
            assertEquals(expected, rows(bitmap));
            wasLossy |= bitmap.isLossy();
            wasExact |= !bitmap.isLossy() && !expected.isEmpty();
          }
        }
        assertTrue(wasExact);
        assertTrue(wasLossy || gap < 500, "no bitmap was lossy");
      }
    }
  }

  @Test
  void lossyAndExactMeetInOneBlock() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      // A block is 32 chunks: those given up are only some of a block's.
      int slotBits = 21;
      GinIndex index =
          db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()).withSource(null, slotBits));
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 40_000; i++) {
          index.insert(batch, (long) i * i % 4_194_301, List.of(i % 7, 8));
        }
        batch.commit();
      }
      List<GinIndex.Condition> conditions = List.of(is("<@", 1, 2, 3, 8));
      try (Snapshot snapshot = db.snapshot()) {
        TidBitmap bitmap = index.bitmap(snapshot, conditions, TidBitmap.MIN_MEMORY);
        assertTrue(bitmap.isLossy());
        assertEquals(slotBits, bitmap.blockBits());
        assertEquals(search(index, snapshot, conditions), rows(bitmap));
        TreeSet<Long> kept = new TreeSet<>();
        for (long tid = 0; tid < 4_194_301; tid++) {
          if (bitmap.exact().contains(tid) && bitmap.isInLossyBlock(tid)) {
            kept.add(tid);
          }
        }
        assertFalse(kept.isEmpty(), "no TID was kept of a block that turned lossy");
      }
    }
  }

  @Test
  void rowsDeletedSinceAreNotGivenAndRowsAreComparedWithTheSource() {
    List<List<Integer>> values = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      values.add(i % 5 == 0 ? List.of(1, 2) : List.of(1, 2, i + 3));
    }
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults());
        RowSource source = InMemorySource.ofValues(values)) {
      GinIndex index = db.createGin("i", GinSpec.column("$", ArrayOps.ofInts()));
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < values.size(); i++) {
          index.insert(batch, source.tidOf(i + 1), values.get(i));
        }
        batch.commit();
      }
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < values.size(); i += 10) {
          index.delete(batch, source.tidOf(i + 1), values.get(i));
        }
        batch.commit();
      }
      try (Snapshot snapshot = db.snapshot()) {
        List<GinIndex.Condition> conditions = List.of(is("<@", 1, 2));
        TidBitmap bitmap = index.bitmap(snapshot, conditions, TidBitmap.MIN_MEMORY);
        List<Long> found = new ArrayList<>();
        try (BitmapCursor cursor = bitmap.rows(source)) {
          while (cursor.next()) {
            assertFalse(cursor.needsRecheck());
            found.add(source.rowNumberOf(cursor.tid()) - 1);
          }
          assertEquals(27_000, cursor.rechecked());
        }
        assertEquals(3_000, found.size());
        assertTrue(found.stream().allMatch(row -> row % 10 == 5));
      }
    }
  }

  @Test
  void aLimitOutOfBoundsIsNamed() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex index = db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
      try (Snapshot snapshot = db.snapshot()) {
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> index.bitmap(snapshot, List.of(is("@>", 1)), 1_000))
                .getMessage();
        assertEquals("memoryLimit of 1000 bytes: must be 65536 to 1099511627776", message);
      }
    }
  }

  @Test
  void aSampledSearchSaysSoAndGivesSomeOfTheRows() {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      GinIndex index = db.createGin("i", GinSpec.column("v", ArrayOps.ofInts()));
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 50_000; i++) {
          index.insert(batch, i * 3L, List.of(i % 2, 2));
        }
        batch.commit();
      }
      GinQuery query = ArrayOps.containsAll(1, 2);
      try (Snapshot snapshot = db.snapshot()) {
        List<Long> first = sample(index, snapshot, query, 1_000, true);
        assertTrue(first.size() > 800 && first.size() < 1_200, first.size() + " rows");
        assertTrue(first.stream().allMatch(tid -> tid / 3 % 2 == 1));
        assertTrue(first.get(0) < 10_000 && first.get(first.size() - 1) > 140_000);
        assertEquals(first, sample(index, snapshot, query, 1_000, true), "the same each time");
        assertEquals(25_000, sample(index, snapshot, query, 25_000, false).size());
        TidCursor begun = index.search(snapshot, query);
        begun.next();
        assertThrows(IllegalStateException.class, () -> begun.samplingLimit(5));
        assertFalse(begun.isSampled());
        begun.close();
        try (TidCursor cursor = index.search(snapshot, query)) {
          assertThrows(IllegalArgumentException.class, () -> cursor.samplingLimit(0));
          assertThrows(IllegalArgumentException.class, () -> cursor.samplingLimit(1L << 31));
        }
      }
    }
  }

  private static List<Long> sample(
      GinIndex index, Snapshot snapshot, GinQuery query, long limit, boolean isSampled) {
    List<Long> tids = new ArrayList<>();
    try (TidCursor cursor = index.search(snapshot, query).samplingLimit(limit)) {
      while (cursor.next()) {
        tids.add(cursor.tid());
      }
      assertEquals(isSampled, cursor.isSampled());
    }
    return tids;
  }
}
