package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.entry.Seeds;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.MemoryPages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GinScanTest {
  private static final int COLUMNS = 2;
  private static final int KEYS = 12;

  /** Rows of two columns: what categories and keys each holds, and an index over them. */
  private static final class Rows implements AutoCloseable {
    final EntryTreeFixture index;
    final TreeMap<Long, List<TreeSet<Integer>>> keysOfRow = new TreeMap<>();

    /** Marks beside key numbers. */
    static final int EMPTY = -1;

    static final int NULL = -2;

    Rows(RandomGenerator random, int rows, long gap) {
      index = new EntryTreeFixture(512);
      TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
      long tid = 0;
      for (int row = 0; row < rows; row++) {
        tid += 1 + (gap == 1 ? 0 : random.nextLong(gap));
        List<TreeSet<Integer>> columns = new ArrayList<>();
        for (int column = 0; column < COLUMNS; column++) {
          TreeSet<Integer> keys = new TreeSet<>();
          for (int key = 0; key < KEYS; key++) {
            // Key 0 is in almost every row, the last ones in almost none.
            if (random.nextInt(1 << key) == 0 && random.nextInt(8) > 0) {
              keys.add(key);
            }
          }
          if (keys.isEmpty() || random.nextInt(10) == 0) {
            keys.clear();
            keys.add(random.nextInt(3) > 0 ? EMPTY : NULL);
          }
          for (int key : keys) {
            content.computeIfAbsent(composite(column, key), k -> new TreeSet<>()).add(tid);
          }
          columns.add(keys);
        }
        keysOfRow.put(tid, columns);
      }
      content.forEach(
          (key, tids) -> index.insert(key, tids.stream().mapToLong(Long::longValue).toArray()));
      index.commit();
      index.check();
    }

    static byte[] composite(int column, int key) {
      return switch (key) {
        case EMPTY -> EntryKeys.compose(column, GinQuery.EMPTY_ITEM, new byte[0]);
        case NULL -> EntryKeys.compose(column, GinQuery.NULL_ITEM, new byte[0]);
        default -> EntryKeys.compose(column, GinQuery.NORMAL_KEY, key(key));
      };
    }

    static byte[] key(int key) {
      return ("key number " + key).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** What a condition says of a row: NO, YES, or MAYBE where the row must be compared. */
    int answer(long tid, GinScan.Condition condition) {
      TreeSet<Integer> row = keysOfRow.get(tid).get(condition.column());
      GinQuery query = condition.query();
      byte[] presence = new byte[query.keyCount()];
      boolean any = false;
      for (int i = 0; i < presence.length; i++) {
        int index = i;
        boolean has = row.stream().anyMatch(k -> k >= 0 && KeyQuery.covers(query, index, key(k)));
        presence[i] = has ? Ternary.YES : Ternary.NO;
        any |= has;
      }
      boolean candidate =
          switch (query.mode()) {
            case NONE -> false;
            case DEFAULT -> any;
            case INCLUDE_EMPTY -> any || row.contains(EMPTY);
            case ALL -> !row.contains(NULL);
            case EVERYTHING -> true;
          };
      return candidate ? query.consistent(presence) : Ternary.NO;
    }

    @Override
    public void close() {
      index.close();
    }
  }

  private static int all(byte[] presence) {
    int answer = Ternary.YES;
    for (byte value : presence) {
      if (value == Ternary.NO) {
        return Ternary.NO;
      }
      answer = value == Ternary.MAYBE ? Ternary.MAYBE : answer;
    }
    return answer;
  }

  private static int any(byte[] presence) {
    int answer = Ternary.NO;
    for (byte value : presence) {
      if (value == Ternary.YES) {
        return Ternary.YES;
      }
      answer = value == Ternary.MAYBE ? Ternary.MAYBE : answer;
    }
    return answer;
  }

  private static byte[] randomEnd(RandomGenerator random) {
    int key = random.nextInt(KEYS + 4) - 2;
    return key < 0 ? KeyQuery.NO_END : Rows.key(key);
  }

  private static KeyQuery randomQuery(RandomGenerator random) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> ends = new ArrayList<>();
    for (int key = 0; key < KEYS + 2; key++) {
      if (random.nextInt(4) == 0) {
        keys.add(Rows.key(key));
        ends.add(random.nextInt(3) == 0 ? randomEnd(random) : null);
      }
    }
    Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
    boolean recheck = random.nextInt(3) == 0;
    int kind = keys.isEmpty() ? 2 : random.nextInt(5);
    java.util.function.ToIntFunction<byte[]> decide =
        switch (kind) {
          case 0 -> GinScanTest::all;
          case 1 -> GinScanTest::any;
          case 2 -> presence -> Ternary.MAYBE;
          default -> Formula.random(random, 3, keys.size())::value;
        };
    boolean alwaysMaybe = kind == 2;
    return new KeyQuery(
        mode,
        keys,
        ends,
        recheck || alwaysMaybe,
        presence -> {
          int answer = decide.applyAsInt(presence);
          return recheck && answer == Ternary.YES ? Ternary.MAYBE : answer;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 50, 100_000})
  void randomConditionsFindWhatLookingAtEveryRowFinds(long gap) {
    RandomGenerator random = Seeds.random("GinScanTest " + gap);
    try (Rows rows = new Rows(random, 3000, gap)) {
      MemoryPages.Steps step = rows.index.pages().steps(1 + random.nextInt(20));
      for (int i = 0; i < 600; i++) {
        List<GinScan.Condition> conditions = new ArrayList<>();
        for (int c = 0; c < 1 + random.nextInt(3); c++) {
          conditions.add(new GinScan.Condition(random.nextInt(COLUMNS), randomQuery(random)));
        }
        compare(rows, step, conditions);
      }
    }
  }

  /** A row the scan leaves out does not match; one given without recheck matches. */
  private static void compare(
      Rows rows, MemoryPages.Steps step, List<GinScan.Condition> conditions) {
    TreeSet<Long> yes = new TreeSet<>();
    TreeSet<Long> maybe = new TreeSet<>();
    for (long tid : rows.keysOfRow.keySet()) {
      int answer = Ternary.YES;
      for (GinScan.Condition condition : conditions) {
        int one = rows.answer(tid, condition);
        answer =
            one == Ternary.NO || answer == Ternary.NO
                ? Ternary.NO
                : one == Ternary.MAYBE ? Ternary.MAYBE : answer;
      }
      if (answer == Ternary.YES) {
        yes.add(tid);
      } else if (answer == Ternary.MAYBE) {
        maybe.add(tid);
      }
    }
    GinScan scan = new GinScan(rows.index.metaPageNo(), conditions, PendingView.EMPTY);
    long[] block = new long[GinScan.BLOCK];
    long last = -1;
    long given = 0;
    while (true) {
      int taken = PlannedScan.next(scan, step.begin(), block);
      if (taken == GinScan.END) {
        break;
      }
      for (int i = 0; i < taken; i++) {
        long tid = block[i];
        assertTrue(tid > last, () -> tid + " does not ascend");
        last = tid;
        given++;
        boolean surely = yes.remove(tid);
        boolean perhaps = maybe.remove(tid);
        assertTrue(surely || scan.needsRecheck(i), () -> tid + " given, " + conditions);
        assertTrue(
            surely || perhaps || scan.needsRecheck(i), () -> tid + " does not match " + conditions);
      }
    }
    assertEquals(List.of(), List.copyOf(yes), () -> "matching rows left out by " + conditions);
    assertEquals(List.of(), List.copyOf(maybe), () -> "candidates left out by " + conditions);
    assertEquals(given, scan.counters().candidates());
    assertEquals(GinScan.END, PlannedScan.next(scan, step.begin(), block), "the end stays the end");
  }

  @Test
  void anExactConjunctionAndAnExactUnionNeedNoRecheckAndGiveNothingElse() {
    RandomGenerator random = Seeds.random("GinScanTest exact");
    try (Rows rows = new Rows(random, 2000, 3)) {
      MemoryPages.Steps step = rows.index.pages().steps(64);
      for (int i = 0; i < 100; i++) {
        List<byte[]> keys = List.of(Rows.key(random.nextInt(4)), Rows.key(4 + random.nextInt(4)));
        boolean conjunction = random.nextBoolean();
        KeyQuery query =
            new KeyQuery(
                Mode.DEFAULT, keys, false, conjunction ? GinScanTest::all : GinScanTest::any);
        GinScan.Condition condition = new GinScan.Condition(0, query);
        List<Long> expected =
            rows.keysOfRow.keySet().stream()
                .filter(tid -> rows.answer(tid, condition) == Ternary.YES)
                .toList();
        GinScan scan = new GinScan(rows.index.metaPageNo(), List.of(condition), PendingView.EMPTY);
        assertEquals(expected, drain(scan, step));
        assertFalse(isAnyRechecked);
      }
    }
  }

  @Test
  void aQueryWithoutKeysThatTakesEveryValueLeavesOutNulls() {
    try (Rows rows = new Rows(Seeds.random("GinScanTest nulls"), 500, 3)) {
      KeyQuery any = new KeyQuery(Mode.DEFAULT, List.of(Rows.key(0)), false, GinScanTest::any);
      KeyQuery value = new KeyQuery(Mode.ALL, List.of(), false, presence -> Ternary.YES);
      List<GinScan.Condition> conditions =
          List.of(new GinScan.Condition(0, any), new GinScan.Condition(1, value));
      List<Long> expected =
          rows.keysOfRow.keySet().stream()
              .filter(tid -> conditions.stream().allMatch(c -> rows.answer(tid, c) != Ternary.NO))
              .toList();
      GinScan scan = new GinScan(rows.index.metaPageNo(), conditions, PendingView.EMPTY);
      assertEquals(expected, drain(scan, rows.index.pages().steps(3)));
    }
  }

  /** Whether the scan drained last had a TID whose row must be compared. */
  private boolean isAnyRechecked;

  private List<Long> drain(GinScan scan, MemoryPages.Steps step) {
    isAnyRechecked = false;
    List<Long> found = new ArrayList<>();
    long[] block = new long[GinScan.BLOCK];
    int taken = PlannedScan.next(scan, step.begin(), block);
    while (taken != GinScan.END) {
      for (int i = 0; i < taken; i++) {
        found.add(block[i]);
        isAnyRechecked |= scan.needsRecheck(i);
      }
      taken = PlannedScan.next(scan, step.begin(), block);
    }
    return found;
  }

  @Test
  void aRareKeyMakesTheFrequentOneSkipItsPages() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      long[] many =
          java.util.stream.LongStream.range(0, 200_000).map(i -> i * 17 % 3 + i * 3).toArray();
      index.insert(Rows.composite(0, 1), many);
      index.insert(Rows.composite(0, 2), many[50_000], many[150_000]);
      index.commit();
      KeyQuery both =
          new KeyQuery(Mode.DEFAULT, List.of(Rows.key(1), Rows.key(2)), false, GinScanTest::all);
      GinScan scan =
          new GinScan(
              index.metaPageNo(), List.of(new GinScan.Condition(0, both)), PendingView.EMPTY);
      MemoryPages.Steps step = index.pages().steps(64);
      assertEquals(List.of(many[50_000], many[150_000]), drain(scan, step));
      ScanCounters counters = scan.counters();
      assertEquals(2, counters.streams());
      assertTrue(counters.postingPages() < 20, counters::toString);
      assertTrue(counters.segmentsDecoded() < 10, counters::toString);
    }
  }

  @Test
  void advanceLeavesOutWhatLiesBelow() {
    RandomGenerator random = Seeds.random("GinScanTest advance");
    try (Rows rows = new Rows(random, 3000, 40)) {
      MemoryPages.Steps step = rows.index.pages().steps(3);
      for (int i = 0; i < 200; i++) {
        KeyQuery query = randomQuery(random);
        GinScan.Condition condition = new GinScan.Condition(0, query);
        List<Long> all =
            drain(
                new GinScan(rows.index.metaPageNo(), List.of(condition), PendingView.EMPTY), step);
        GinScan scan = new GinScan(rows.index.metaPageNo(), List.of(condition), PendingView.EMPTY);
        long[] block = new long[GinScan.BLOCK];
        long target = 0;
        while (true) {
          int taken = PlannedScan.next(scan, step.begin(), block);
          if (taken == GinScan.END) {
            break;
          }
          for (int t = 0; t < taken; t++) {
            assertTrue(block[t] >= target);
          }
          long from = target;
          long to = taken == 0 ? target : block[taken - 1] + 1;
          List<Long> expected = all.stream().filter(tid -> tid >= from && tid < to).toList();
          assertEquals(expected, Arrays.stream(block, 0, taken).boxed().toList());
          target = to + random.nextInt(2000);
          scan.advance(target);
        }
        long end = target;
        assertTrue(all.stream().noneMatch(tid -> tid >= end));
      }
    }
  }
}
