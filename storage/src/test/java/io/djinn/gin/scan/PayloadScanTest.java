package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.PendingRun;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinQuery;
import io.djinn.testkit.MemoryPages;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PayloadScanTest {
  private static final int ROWS = 1_500;

  private static void insert(EntryTreeFixture index, long tid, String text) {
    PlacedWords.payloads(text)
        .forEach(
            (word, payload) ->
                index.insert(
                    EntryKeys.compose(0, GinQuery.NORMAL_KEY, PlacedWords.key(word)),
                    tid,
                    payload));
  }

  private static GinScan scan(EntryTreeFixture index, GinQuery query) {
    return new GinScan(
        index.metaPageNo(), List.of(new GinScan.Condition(0, query, true)), PendingView.EMPTY);
  }

  @Test
  void phrasesAreDecidedByPayloadsInStepsOfAnyLength() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PayloadScanTest"));
    TreeMap<Long, String> rows = new TreeMap<>();
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      for (int row = 0; row < ROWS; row++) {
        String text = PlacedTexts.next(random, 50);
        long tid = row * (1 + random.nextLong(1L << 20));
        if (text != null && !rows.containsKey(tid)) {
          rows.put(tid, text);
          insert(index, tid, text);
        }
      }
      index.commit();
      for (int round = 0; round < 150; round++) {
        String first = round % 2 == 0 ? "w" + random.nextInt(5) : PlacedTexts.word(random);
        String second = "w" + random.nextInt(5);
        GinQuery query = new PlacedWords().query("<->", first + " " + second);
        List<Long> wanted = new ArrayList<>();
        rows.forEach(
            (tid, text) -> {
              if (query.matches(text)) {
                wanted.add(tid);
              }
            });
        List<Long> found = new ArrayList<>();
        MemoryPages.Steps steps = index.pages().steps(1 + random.nextInt(4));
        GinScan scan = scan(index, query);
        long[] block = new long[GinScan.BLOCK];
        for (int n; (n = PlannedScan.next(scan, steps.begin(), block)) != GinScan.END; ) {
          for (int i = 0; i < n; i++) {
            assertTrue(!scan.needsRecheck(i) || first.startsWith("_"), query::toString);
            if (!scan.needsRecheck(i) || query.matches(rows.get(block[i]))) {
              found.add(block[i]);
            }
          }
        }
        assertEquals(wanted, found, query::toString);
      }
    }
  }

  /** Changes of rows as a run: a payload for each insert, null for each delete. */
  private static PendingRun run(TreeMap<byte[], TreeMap<Long, byte[]>> changes) {
    PendingRun.Builder builder = new PendingRun.Builder();
    MemoryAccount account = new MemoryAccount("changes", Long.MAX_VALUE);
    try (MemoryRegion region = MemoryRegion.allocate(account, 1 << 10)) {
      changes.forEach(
          (key, ofTids) -> {
            ByteStrings payloads = new ByteStrings();
            List<Long> inserts = new ArrayList<>();
            List<Long> deletes = new ArrayList<>();
            ofTids.forEach(
                (tid, payload) -> {
                  if (payload == null) {
                    deletes.add(tid);
                  } else {
                    inserts.add(tid);
                    payloads.add(payload, 0, payload.length);
                  }
                });
            NativeMemory.copyFromArray(key, 0, region.address(), key.length);
            builder.key(
                region.address(),
                key.length,
                inserts.stream().mapToLong(tid -> tid).toArray(),
                payloads,
                inserts.size(),
                deletes.stream().mapToLong(tid -> tid).toArray(),
                deletes.size());
          });
    }
    return builder.build();
  }

  /** Deletes some rows, inserts some and changes some, all of it pending. */
  private static PendingRun change(
      SplittableRandom random, TreeMap<Long, String> rows, long mostTid) {
    TreeMap<byte[], TreeMap<Long, byte[]>> changes = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < 200; i++) {
      Long at = rows.ceilingKey(random.nextLong(mostTid));
      long tid = at == null || random.nextInt(3) == 0 ? random.nextLong(mostTid) : at;
      String before = rows.remove(tid);
      String after = random.nextInt(3) == 0 ? null : PlacedTexts.next(random, 50);
      if (before != null) {
        PlacedWords.payloads(before).keySet().forEach(word -> put(changes, word, tid, null));
      }
      if (after != null) {
        PlacedWords.payloads(after).forEach((word, payload) -> put(changes, word, tid, payload));
        rows.put(tid, after);
      }
    }
    return run(changes);
  }

  private static void put(
      TreeMap<byte[], TreeMap<Long, byte[]>> changes, String word, long tid, byte[] payload) {
    byte[] key = EntryKeys.compose(0, GinQuery.NORMAL_KEY, PlacedWords.key(word));
    changes.computeIfAbsent(key, k -> new TreeMap<>()).put(tid, payload);
  }

  /** Whether prefixes stand for few enough keys, each counted where it is pending too. */
  private static boolean isFew(TreeSet<String> known, PendingView pending, Set<String> prefixes) {
    long keys = 0;
    for (String prefix : prefixes) {
      long met = known.stream().filter(word -> word.startsWith(prefix)).count();
      keys += pending.isEmpty() ? met : 2 * met;
    }
    return keys <= 128;
  }

  @Test
  void phrasesOfPrefixesAreDecidedByPayloadsOfAllTheirKeys() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PayloadScanTest"));
    for (int round = 0; round < 8; round++) {
      TreeMap<Long, String> rows = new TreeMap<>();
      TreeSet<String> known = new TreeSet<>();
      long spread = round % 2 == 0 ? 1 : 1L << 20;
      // On small pages even few keys are too many pages to look at.
      boolean isSmall = random.nextBoolean();
      try (EntryTreeFixture index = new EntryTreeFixture(isSmall ? 512 : 8192)) {
        for (int row = 0; row < ROWS; row++) {
          String text = PlacedTexts.next(random, 50);
          if (text != null) {
            rows.put(row * spread, text);
            insert(index, row * spread, text);
          }
        }
        index.commit();
        rows.values().forEach(text -> known.addAll(PlacedWords.payloads(text).keySet()));
        PendingView pending = PendingView.EMPTY;
        for (int changes = random.nextInt(4); changes > 0; changes--) {
          pending = pending.with(change(random, rows, ROWS * spread + 100));
          rows.values().forEach(text -> known.addAll(PlacedWords.payloads(text).keySet()));
        }
        for (int i = 0; i < 40; i++) {
          String first = prefix(random);
          String second = prefix(random);
          boolean isPhrase = random.nextInt(3) > 0;
          GinQuery query =
              isPhrase
                  ? new PlacedWords().query("*->", first + " " + second)
                  : new PlacedWords().query("^@", first);
          Set<String> prefixes = new TreeSet<>(isPhrase ? List.of(first, second) : List.of(first));
          // Only "_" stands for words without places.
          boolean isDecided =
              !isSmall
                  && isFew(known, pending, prefixes)
                  && prefixes.stream().noneMatch(p -> p.startsWith("_"));
          check(index, pending, rows, query, isDecided, 1 + random.nextInt(4));
        }
      }
    }
  }

  private static String prefix(SplittableRandom random) {
    String word = random.nextInt(20) == 0 ? "nowhere" : PlacedTexts.word(random);
    return word.substring(0, 1 + random.nextInt(word.length()));
  }

  private static void check(
      EntryTreeFixture index,
      PendingView pending,
      TreeMap<Long, String> rows,
      GinQuery query,
      boolean isDecided,
      int pages) {
    List<Long> wanted = new ArrayList<>();
    rows.forEach(
        (tid, text) -> {
          if (query.matches(text)) {
            wanted.add(tid);
          }
        });
    List<Long> found = new ArrayList<>();
    GinScan scan =
        new GinScan(index.metaPageNo(), List.of(new GinScan.Condition(0, query, true)), pending);
    MemoryPages.Steps steps = index.pages().steps(pages);
    long[] block = new long[GinScan.BLOCK];
    for (int n; (n = PlannedScan.next(scan, steps.begin(), block)) != GinScan.END; ) {
      for (int i = 0; i < n; i++) {
        assertFalse(isDecided && scan.needsRecheck(i), query::toString);
        if (!scan.needsRecheck(i) || query.matches(rows.get(block[i]))) {
          found.add(block[i]);
        }
      }
    }
    assertEquals(wanted, found, query::toString);
  }

  @Test
  void payloadsOfARareWordsRowsAloneAreRead() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      for (int row = 0; row < ROWS; row++) {
        insert(index, row * 100L, row == 700 ? "rare common" : "common word " + row);
      }
      index.commit();
      GinScan scan = scan(index, new PlacedWords().query("<->", "rare common"));
      long[] block = new long[GinScan.BLOCK];
      MemoryPages.Steps steps = index.pages().steps(64);
      assertEquals(GinScan.PAUSED, PlannedScan.next(scan, steps.begin(), block));
      assertEquals(1, PlannedScan.next(scan, steps.begin(), block));
      assertEquals(70_000, block[0]);
      assertFalse(scan.needsRecheck(0));
      long decoded = scan.counters().segmentsDecoded();
      assertTrue(decoded <= 6, decoded + " segments decoded");
    }
  }
}
