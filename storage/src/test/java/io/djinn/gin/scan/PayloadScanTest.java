package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.testkit.MemoryPages;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
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
        for (int n; (n = scan.next(steps.begin(), block)) != GinScan.END; ) {
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
      assertEquals(1, scan.next(steps.begin(), block));
      assertEquals(70_000, block[0]);
      assertFalse(scan.needsRecheck(0));
      long decoded = scan.counters().segmentsDecoded();
      assertTrue(decoded <= 6, decoded + " segments decoded");
    }
  }
}
