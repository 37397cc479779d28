package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.Ternary;
import io.djinn.testkit.MemoryPages;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scans of a tree and a pending view beside looking at every row. A failing case is replayed by
 * {@code mvn -pl storage test -Dtest=PendingScanTest -Ddjinn.seed=SEED} with the seed that was
 * printed.
 */
class PendingScanTest {
  private static final int CASES = 300;
  private static final int QUERIES = 60;
  private static final int MANY = 5000;

  @ParameterizedTest
  @ValueSource(longs = {1, 50, 40_000})
  void scansFindWhatLookingAtEveryRowFinds(long gap) {
    long seed = TestSeed.forTest("PendingScanTest " + gap);
    for (int run = 0; run < Tier.current().count(CASES); run++) {
      SplittableRandom random = new SplittableRandom(seed + run);
      int rows = random.nextInt(4) == 0 ? 0 : random.nextInt(1200);
      int changes = random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(1200);
      try (PendingRows model = new PendingRows(random, 1 + random.nextInt(3), rows, changes, gap)) {
        MemoryPages.Steps step = model.index.pages().steps(1 + random.nextInt(6));
        for (int i = 0; i < QUERIES; i++) {
          List<GinScan.Condition> conditions = new ArrayList<>();
          for (int c = random.nextInt(3); c >= 0; c--) {
            conditions.add(model.randomCondition());
          }
          ScanRoom room = room(random);
          compare(model, conditions, room, step);
          leap(random, model, conditions, room, step);
        }
      }
    }
  }

  @Test
  void manyPendingRowsAndNothingInTheTree() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PendingScanTest many"));
    try (PendingRows model = new PendingRows(random, 1, 0, MANY, 3)) {
      MemoryPages.Steps step = model.index.pages().steps(2);
      for (int i = 0; i < QUERIES; i++) {
        List<GinScan.Condition> conditions = List.of(model.randomCondition());
        ScanRoom room = room(random);
        compare(model, conditions, room, step);
        leap(random, model, conditions, room, step);
      }
    }
  }

  /** Room for all streams, or for fewer than many of these queries need. */
  private static ScanRoom room(SplittableRandom random) {
    return random.nextBoolean()
        ? ScanRoom.OF_SCAN
        : new ScanRoom(1 + random.nextInt(4), 1 + random.nextInt(2));
  }

  private static int answer(PendingRows model, long tid, List<GinScan.Condition> conditions) {
    int answer = Ternary.YES;
    for (GinScan.Condition condition : conditions) {
      int one = model.answer(tid, condition);
      if (one == Ternary.NO) {
        return Ternary.NO;
      }
      answer = one == Ternary.MAYBE ? Ternary.MAYBE : answer;
    }
    return answer;
  }

  /** A row the scan leaves out does not match; one given without recheck matches. */
  private static void compare(
      PendingRows model,
      List<GinScan.Condition> conditions,
      ScanRoom room,
      MemoryPages.Steps step) {
    TreeSet<Long> yes = new TreeSet<>();
    TreeSet<Long> maybe = new TreeSet<>();
    for (long tid : model.values.keySet()) {
      int answer = answer(model, tid, conditions);
      if (answer != Ternary.NO) {
        (answer == Ternary.YES ? yes : maybe).add(tid);
      }
      boolean matches = conditions.stream().allMatch(c -> model.matches(tid, c));
      assertTrue(!matches || answer != Ternary.NO, "the model leaves a matching row out");
      assertTrue(matches || answer != Ternary.YES, "the model is sure of a row without a match");
    }
    GinScan scan = model.scan(conditions, room);
    long[] block = new long[GinScan.BLOCK];
    long last = -1;
    for (int taken = 0; taken != GinScan.END; taken = PlannedScan.next(scan, step.begin(), block)) {
      for (int i = 0; i < taken; i++) {
        long tid = block[i];
        assertTrue(tid > last, () -> tid + " does not ascend, " + conditions);
        last = tid;
        assertTrue(model.values.containsKey(tid), () -> tid + " is no row, " + conditions);
        boolean isSure = yes.remove(tid);
        maybe.remove(tid);
        assertTrue(isSure || scan.needsRecheck(i), () -> tid + " does not match " + conditions);
      }
    }
    assertEquals(List.of(), List.copyOf(yes), () -> "rows left out by " + conditions);
    assertEquals(List.of(), List.copyOf(maybe), () -> "candidates left out by " + conditions);
    assertEquals(GinScan.END, PlannedScan.next(scan, step.begin(), block), "the end stays the end");
  }

  /** Whatever is leapt over, the rows behind it are those the whole scan gives. */
  private static void leap(
      SplittableRandom random,
      PendingRows model,
      List<GinScan.Condition> conditions,
      ScanRoom room,
      MemoryPages.Steps step) {
    TreeSet<Long> all = new TreeSet<>();
    long[] block = new long[GinScan.BLOCK];
    GinScan whole = model.scan(conditions, room);
    for (int taken = 0;
        taken != GinScan.END;
        taken = PlannedScan.next(whole, step.begin(), block)) {
      for (int i = 0; i < taken; i++) {
        all.add(block[i]);
      }
    }
    long end = model.values.isEmpty() ? 1 : model.values.lastKey() + 2;
    GinScan scan = model.scan(conditions, room);
    long target = random.nextBoolean() ? 0 : random.nextLong(end);
    scan.advance(target);
    for (int taken = 0; taken != GinScan.END; taken = PlannedScan.next(scan, step.begin(), block)) {
      for (int i = 0; i < taken; i++) {
        Long expected = all.ceiling(target);
        assertEquals(expected, block[i], () -> "behind a leap of " + conditions);
        target = block[i] + 1;
      }
      if (random.nextInt(3) == 0) {
        target += random.nextLong(1 + end / 10);
        scan.advance(target);
      }
    }
    assertEquals(null, all.ceiling(target), () -> "left out behind a leap of " + conditions);
  }
}
