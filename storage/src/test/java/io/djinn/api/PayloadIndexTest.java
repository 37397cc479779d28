package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.space.CatalogEntry;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadIndexTest {
  private static final int TIDS = 900;

  /** The longest payloads of a page of 512 bytes have so many places. */
  private static final int PLACES = 55;

  private static GinSpec spec() {
    return GinSpec.column("text", new PlacedWords()).andColumn("tags", ArrayOps.ofInts());
  }

  private static Object[] values(SplittableRandom random) {
    return new Object[] {
      PlacedTexts.next(random, PLACES), random.nextInt(9) == 0 ? null : List.of(random.nextInt(7))
    };
  }

  private static void assertHolds(Djinn db, GinIndex index, Map<Long, Object[]> rows) {
    try (Snapshot snapshot = db.snapshot()) {
      Map<String, String> wanted = IndexContents.wanted(index.spec(), rows);
      Map<String, String> found = IndexContents.of(index, snapshot);
      if (!wanted.equals(found)) {
        // The maps are long: say what differs.
        Map<String, String> missing = new TreeMap<>(wanted);
        missing.entrySet().removeAll(found.entrySet());
        found.entrySet().removeAll(wanted.entrySet());
        assertEquals(missing, found);
      }
    }
  }

  /** Asks for phrases; what keys and payloads decide must be right, and be decided at all. */
  private static void assertAnswers(
      Djinn db, GinIndex index, Map<Long, Object[]> rows, SplittableRandom random) {
    try (Snapshot snapshot = db.snapshot()) {
      for (int i = 0; i < 12; i++) {
        boolean isPhrase = random.nextInt(4) > 0;
        boolean isOfPrefixes = isPhrase && random.nextInt(3) == 0;
        String first = word(random, isOfPrefixes);
        String second = word(random, isOfPrefixes);
        String operator = isOfPrefixes ? "*->" : isPhrase ? "<->" : "@@";
        GinQuery query = new PlacedWords().query(operator, first + " " + second);
        List<GinIndex.Condition> conditions = new ArrayList<>();
        conditions.add(new GinIndex.Condition(0, query));
        GinQuery tag = random.nextInt(3) == 0 ? ArrayOps.containsAll(3) : null;
        if (tag != null) {
          conditions.add(random.nextInt(2), new GinIndex.Condition(1, tag));
        }
        List<Long> wanted = new ArrayList<>();
        rows.forEach(
            (tid, values) -> {
              if (query.matches(values[0]) && (tag == null || tag.matches(values[1]))) {
                wanted.add(tid);
              }
            });
        List<Long> found = new ArrayList<>();
        // Where the words of a prefix are on many pages payloads are not asked for.
        boolean isStripped = isOfPrefixes || first.startsWith("_") || second.startsWith("_");
        try (TidCursor cursor = index.search(snapshot, conditions, null)) {
          while (cursor.next()) {
            assertTrue(
                !cursor.needsRecheck() || isPhrase && (isStripped || !index.spec().positions()),
                query::toString);
            if (!cursor.needsRecheck() || query.matches(rows.get(cursor.tid())[0])) {
              found.add(cursor.tid());
            }
          }
        }
        assertEquals(wanted, found, query::toString);
      }
    }
  }

  private static String word(SplittableRandom random, boolean isPrefix) {
    String word = PlacedTexts.word(random);
    return isPrefix ? word.substring(0, Math.min(word.length(), 1 + random.nextInt(6))) : word;
  }

  @ParameterizedTest
  @CsvSource({"false, true", "true, true", "true, false"})
  void indexesHoldThePayloadsOfTheirRowsThroughChangesAndVacuum(
      boolean fastUpdate, boolean positions) throws Exception {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PayloadIndexTest"));
    try (SimVfs disk = new SimVfs()) {
      Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY);
      GinIndex index =
          db.createGin(
              "i",
              spec()
                  .withFastUpdate(fastUpdate)
                  .withPendingListLimit(64 << 10)
                  .withPositions(positions));
      TreeMap<Long, Object[]> rows = new TreeMap<>();
      long spread = random.nextBoolean() ? 1 : 1L << 20;
      for (int step = 0; step < 60; step++) {
        try (WriteBatch batch = db.begin()) {
          for (int i = 0; i < 60; i++) {
            long tid = random.nextInt(TIDS) * spread;
            Object[] before = rows.remove(tid);
            if (before != null) {
              index.delete(batch, tid, before);
            }
            if (before == null || random.nextInt(4) > 0) {
              Object[] after = values(random);
              rows.put(tid, after);
              index.insert(batch, tid, after);
            }
          }
          batch.commit();
        }
        assertAnswers(db, index, rows, random);
        if (step % 5 == 4) {
          assertHolds(db, index, rows);
        }
        if (random.nextInt(12) == 0) {
          index.flush();
          assertHolds(db, index, rows);
        }
        if (random.nextInt(8) == 0) {
          db.close();
          db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY);
          index = db.gin("i");
          assertHolds(db, index, rows);
        }
        if (step % 15 == 14) {
          int third = random.nextInt(3);
          index.vacuum(tid -> tid / spread % 3 == third, VacuumOptions.defaults());
          rows.keySet().removeIf(tid -> tid / spread % 3 == third);
          assertHolds(db, index, rows);
          assertEquals(positions, index.spec().positions());
          assertEquals(List.of(), db.verify());
        }
      }
      db.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNewestPayloadOfATidCounts(boolean fastUpdate) throws Exception {
    try (SimVfs disk = new SimVfs();
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex index =
          db.createGin("i", GinSpec.column("v", new PlacedWords()).withFastUpdate(fastUpdate));
      TreeMap<Long, Object[]> rows = new TreeMap<>();
      for (String text : List.of("a b", "b a", "a a a b", "a _ b", "b a")) {
        try (WriteBatch batch = db.begin()) {
          index.insert(batch, 7, "first a b");
          index.delete(batch, 7, "first a b");
          index.insert(batch, 7, "a a a a a");
          index.delete(batch, 7, "_");
          index.insert(batch, 7, text);
          batch.commit();
        }
        rows.put(7L, new Object[] {text});
        assertHolds(db, index, rows);
        if (text.startsWith("a a")) {
          index.flush();
          assertHolds(db, index, rows);
        }
      }
    }
  }

  @Test
  void aPayloadOverTheLimitIsRefusedByNameAndNothingIsChanged() throws Exception {
    try (SimVfs disk = new SimVfs();
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex index = db.createGin("i", GinSpec.column("v", new PlacedWords()));
      int limit = index.maxPayloadBytes();
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, 1, "a".concat(" a".repeat(limit / 2 - 1)));
        String refusal =
            assertThrows(
                    InvalidRowException.class,
                    () -> index.insert(batch, 2, "b ".repeat(limit / 2 + 1)))
                .getMessage();
        assertTrue(refusal.contains("column v") && refusal.contains("limit is " + limit), refusal);
        assertEquals(1, batch.size());
        // The old values of a row may be of any length.
        index.delete(batch, 2, "b ".repeat(limit));
        batch.commit();
      }
    }
  }

  @Test
  void aKeyGivenTwiceWithAPayloadIsRefused() throws Exception {
    try (SimVfs disk = new SimVfs();
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY);
        WriteBatch batch = db.begin()) {
      GinSpec spec = GinSpec.column("v", new PlacedWords());
      for (GinIndex index :
          List.of(db.createGin("i", spec), db.createGin("j", spec.withFastUpdate(false)))) {
        String refusal =
            assertThrows(
                    IllegalStateException.class,
                    () -> index.insert(batch, 7, PlacedWords.TWICE + "a b"))
                .getMessage();
        assertTrue(refusal.contains("twice for TID 7"), refusal);
      }
      assertEquals(0, batch.size());
    }
  }

  @Test
  void positionsAreOnByDefaultWhereAClassGivesThemAndRefusedWhereNoneDoes() {
    assertTrue(spec().positions());
    assertTrue(spec().keepsPayloads(0));
    assertFalse(spec().keepsPayloads(1));
    assertFalse(spec().withPositions(false).keepsPayloads(0));
    GinSpec plain = GinSpec.column("tags", ArrayOps.ofInts());
    assertFalse(plain.positions());
    assertFalse(plain.withPositions(false).positions());
    assertTrue(plain.andColumn("text", new PlacedWords()).positions());
    assertFalse(spec().withPositions(false).andColumn("more", new PlacedWords()).keepsPayloads(2));
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> plain.withPositions(true)).getMessage();
    assertTrue(refusal.contains("tags:array_ops/int4"), refusal);
    for (GinSpec spec : Arrays.asList(spec(), spec().withPositions(false), plain)) {
      GinSpec read =
          GinSpec.of(
              new CatalogEntry(
                  1,
                  0,
                  CatalogEntry.State.values()[0],
                  1,
                  0,
                  "i",
                  spec.columnsText(),
                  spec.optionsText(),
                  ""),
              List.of());
      assertEquals(spec.positions(), read.positions());
    }
    assertFalse(plain.optionsText().contains("positions"), plain.optionsText());
  }
}
