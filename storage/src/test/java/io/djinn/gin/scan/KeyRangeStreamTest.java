package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import io.djinn.testkit.MemoryPages;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ranges of a tree and a pending view beside looking at every row. A failing case is replayed by
 * {@code mvn -pl storage test -Dtest=KeyRangeStreamTest -Ddjinn.seed=SEED} with the seed that was
 * printed.
 */
class KeyRangeStreamTest {
  private static final int CASES = 200;
  private static final int RANGES = 20;
  private static final int LARGE_PAGE = 8192;

  @ParameterizedTest
  @ValueSource(longs = {1, 50, 40_000})
  void gatheringAndProbingFindWhatLookingAtEveryRowFinds(long gap) {
    long seed = TestSeed.forTest("KeyRangeStreamTest " + gap);
    for (int run = 0; run < Tier.current().count(CASES); run++) {
      SplittableRandom random = new SplittableRandom(seed + run);
      int rows = random.nextInt(4) == 0 ? 0 : random.nextInt(1200);
      int changes = random.nextInt(4) == 0 ? 0 : random.nextInt(600);
      try (PendingRows model = new PendingRows(random, 2, rows, changes, gap)) {
        MemoryPages.Steps step = model.index.pages().steps(1 + random.nextInt(6));
        for (int i = 0; i < RANGES; i++) {
          byte[] from = bound(random);
          byte[] to = bound(random);
          TreeSet<Long> expected = new TreeSet<>();
          model.keysOfRow.forEach(
              (tid, keys) -> {
                if (keys.stream().anyMatch(key -> isBetween(from, key, to))) {
                  expected.add(tid);
                }
              });
          // From a single chunk to everything at once.
          long windowBytes = 1L << random.nextInt(24);
          gather(random, expected, stream(model, from, to, windowBytes), step);
          probe(random, model, expected, stream(model, from, to, windowBytes), step);
        }
      }
    }
  }

  private static boolean isBetween(byte[] from, byte[] key, byte[] to) {
    return Arrays.compareUnsigned(from, key) <= 0 && Arrays.compareUnsigned(key, to) < 0;
  }

  private static byte[] bound(SplittableRandom random) {
    byte[] category = {(byte) random.nextInt(3), (byte) random.nextInt(5)};
    return random.nextInt(4) == 0
        ? Arrays.copyOf(category, random.nextInt(3))
        : new byte[] {category[0], 0, 'w', (byte) ('a' + random.nextInt(10))};
  }

  private static KeyRangeStream stream(PendingRows model, byte[] from, byte[] to, long bytes) {
    return new KeyRangeStream(
        model.index.root(), model.pending, from, to, Long.MAX_VALUE, true, bytes, 512);
  }

  private static void gather(
      SplittableRandom random, TreeSet<Long> all, KeyRangeStream stream, MemoryPages.Steps step) {
    long[] block = new long[TidStream.BLOCK];
    long target = 0;
    for (int taken = 0; taken != TidStream.END; taken = stream.next(step.begin(), block)) {
      for (int i = 0; i < taken; i++) {
        assertEquals(all.ceiling(target), block[i]);
        target = block[i] + 1;
      }
      if (random.nextInt(20) == 0) {
        target += random.nextLong(1 + (all.isEmpty() ? 0 : all.last() / 20));
        stream.advance(target);
      }
    }
    assertEquals(null, all.ceiling(target));
  }

  private static void probe(
      SplittableRandom random,
      PendingRows model,
      TreeSet<Long> all,
      KeyRangeStream stream,
      MemoryPages.Steps step) {
    long end = model.values.isEmpty() ? 1 : model.values.lastKey() + 2;
    ExpectedTids asked = new ExpectedTids();
    long[] block = new long[TidStream.BLOCK];
    for (long from = 0; from < end; ) {
      TreeSet<Long> tids = new TreeSet<>();
      long width = 1 + random.nextLong(end);
      for (int i = 1 + random.nextInt(TidStream.BLOCK); i > 0; i--) {
        long tid = from + random.nextLong(width);
        Long near = random.nextBoolean() ? null : model.values.ceilingKey(tid);
        tids.add(near == null ? tid : near);
      }
      asked.clear();
      tids.forEach(asked::expect);
      stream.expect(asked);
      List<Long> found = new ArrayList<>();
      for (int taken = 0; taken != TidStream.END; taken = stream.next(step.begin(), block)) {
        Arrays.stream(block, 0, taken).forEach(found::add);
      }
      from = tids.last() + 1;
      tids.retainAll(all);
      assertEquals(List.copyOf(tids), found);
    }
  }

  @Test
  void aRareKeyBesideAWideRangeDecodesFewOfItsSegments() {
    try (EntryTreeFixture index = new EntryTreeFixture(LARGE_PAGE)) {
      int keys = 60;
      for (int key = 0; key < keys; key++) {
        long first = key;
        index.insert(key(key), LongStream.range(0, 5_000).map(i -> i * keys + first).toArray());
      }
      long[] rare = {40_000, 120_001, 240_002};
      index.insert(EntryKeys.compose(1, 0, new byte[] {'r'}), rare);
      index.commit();
      KeyQuery range =
          new KeyQuery(
              io.djinn.opclass.GinQuery.Mode.DEFAULT,
              List.of(new byte[] {'k'}),
              List.of(new byte[] {'l'}),
              false,
              presence -> presence[0]);
      KeyQuery single =
          new KeyQuery(
              io.djinn.opclass.GinQuery.Mode.DEFAULT,
              List.of(new byte[] {'r'}),
              false,
              presence -> presence[0]);
      GinScan scan =
          new GinScan(
              index.metaPageNo(),
              List.of(new GinScan.Condition(0, range), new GinScan.Condition(1, single)),
              PendingView.EMPTY);
      MemoryPages.Steps step = index.pages().steps(64);
      long[] block = new long[GinScan.BLOCK];
      List<Long> found = new ArrayList<>();
      for (int taken = 0;
          taken != GinScan.END;
          taken = PlannedScan.next(scan, step.begin(), block)) {
        Arrays.stream(block, 0, taken).forEach(found::add);
      }
      assertEquals(Arrays.stream(rare).boxed().toList(), found);
      // 300,000 TIDs in more than 2,000 segments: at most one segment a key and candidate.
      ScanCounters counters = scan.counters();
      assertTrue(counters.segmentsDecoded() <= 1 + keys * rare.length, counters::toString);
    }
  }

  @Test
  void memoryOfAWindowIsBounded() {
    int limit = 64 << 10;
    TidWindow window = new TidWindow(limit);
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("KeyRangeStreamTest window"));
    TreeSet<Long> all = new TreeSet<>();
    for (int i = 0; i < 50_000; i++) {
      long tid = random.nextInt(3) == 0 ? random.nextLong(1L << 48) : random.nextLong(1L << 21);
      all.add(tid);
    }
    long[] shuffled = all.stream().mapToLong(Long::longValue).toArray();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      long moving = shuffled[i];
      shuffled[i] = shuffled[other];
      shuffled[other] = moving;
    }
    long[] block = new long[TidStream.BLOCK];
    List<Long> taken = new ArrayList<>();
    int windows = 0;
    long from = 0;
    do {
      window.start();
      for (long tid : shuffled) {
        if (tid >= from) {
          window.add(tid);
          assertTrue(window.bytes() <= limit, () -> window.bytes() + " bytes");
        }
      }
      for (int n = window.take(block, 0); n > 0; n = window.take(block, 0)) {
        Arrays.stream(block, 0, n).forEach(taken::add);
      }
      from = window.end();
      windows++;
    } while (window.hasMore());
    assertEquals(List.copyOf(all), taken);
    assertTrue(windows < 100, windows + " windows");
  }

  private static byte[] key(int key) {
    return EntryKeys.compose(0, 0, String.format("k%03d", key).getBytes(StandardCharsets.UTF_8));
  }
}
