package io.djinn.gin.pending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Views of random batches beside their model. A failing case is replayed by {@code mvn -pl storage
 * test -Dtest=PendingViewTest -Ddjinn.seed=SEED} with the seed that was printed.
 */
class PendingViewTest {
  private static final int CASES = 400;

  /** Slack with which two runs are compacted. */
  private static final int EAGER = 2 - RunTiers.LOWEST_FAN_IN;

  private static final byte[] FIRST = new byte[0];

  /** Keys that differ in their first bytes, behind the eighth, by zeros at their end, or little. */
  private static byte[] key(SplittableRandom random, int kinds) {
    int number = random.nextInt(kinds);
    int shape = number % 5;
    byte[] key = new byte[2 + (shape == 0 ? number % 7 : shape == 1 ? 4 : shape == 2 ? 20 : 100)];
    key[0] = (byte) (number % 3);
    key[1] = (byte) (number % 4);
    if (shape > 0) {
      int at = shape == 1 ? 2 : shape == 2 ? 12 : key.length - 4;
      key[at] = (byte) (number >>> 8);
      key[at + 1] = (byte) number;
      key[at + 2] = (byte) (number * 0x9D);
    }
    return key;
  }

  private static Journal batch(SplittableRandom random, int size, int keys, long tids) {
    Journal batch = new Journal();
    for (int i = 0; i < size; i++) {
      batch.add(key(random, keys), random.nextLong(tids), random.nextInt(3) > 0);
    }
    return batch;
  }

  /** A view with the journals of its active and its frozen part. */
  private record Seen(PendingView view, Journal active, Journal frozen) {
    Journal all() {
      Journal all = frozen.copy();
      all.add(active);
      return all;
    }

    void check() {
      all().check(view);
      frozen.check(view.frozen());
      assertEquals(!frozen.operations().isEmpty(), view.hasFrozen());
      assertFalse(view.frozen().hasFrozen());
    }
  }

  @Test
  void viewsHoldTheNewestOperationsThroughBatchesAndFreezes() {
    long seed = TestSeed.forTest("PendingViewTest.viewsHoldTheNewestOperations");
    for (int run = 0; run < Tier.current().count(CASES); run++) {
      SplittableRandom random = new SplittableRandom(seed + run);
      int keys = 1 + random.nextInt(run % 3 == 0 ? 5 : 300);
      long tids = random.nextBoolean() ? 1 + random.nextInt(2000) : 1L << 48;
      int largest = 1 + random.nextInt(run % 10 == 0 ? 20_000 : 300);
      List<Seen> kept = new ArrayList<>();
      Seen now = new Seen(PendingView.EMPTY, new Journal(), new Journal());
      for (int i = 0; i < 30; i++) {
        now = change(random, now, keys, tids, largest);
        byte[] wanted = key(random, keys + 10);
        now.all().checkFind(now.view(), wanted);
        now.all().checkCursor(now.view(), wanted);
        if (random.nextInt(10) == 0) {
          kept.add(now);
        }
      }
      now.check();
      kept.forEach(Seen::check);
    }
  }

  private static Seen change(SplittableRandom random, Seen now, int keys, long tids, int largest) {
    int kind = random.nextInt(12);
    if (kind == 0 && !now.view().hasFrozen()) {
      return new Seen(now.view().freeze(), new Journal(), now.active());
    }
    if (kind == 1) {
      return new Seen(now.view().withoutFrozen(), now.active(), new Journal());
    }
    if (kind < 5) {
      return compactedBeside(random, now, keys, tids, largest);
    }
    Journal batch = batch(random, random.nextInt(largest + 1), keys, tids);
    Journal active = now.active().copy();
    active.add(batch);
    return new Seen(now.view().with(batch.run()), active, now.frozen());
  }

  /** Compacts runs of a view, and gives the result to the view as it has become meanwhile. */
  private static Seen compactedBeside(
      SplittableRandom random, Seen before, int keys, long tids, int largest) {
    RunCompaction compaction = before.view().compaction(EAGER);
    Seen now = before;
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      now = change(random, now, keys, tids, largest);
    }
    return compaction == null
        ? now
        : new Seen(now.view().with(compaction, compaction.compact()), now.active(), now.frozen());
  }

  @Test
  void aCompactedRunTakesThePlaceOfItsInputsWhereTheyStillAre() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PendingViewTest.beside"));
    PendingView view = PendingView.EMPTY;
    for (int i = 0; i < 5; i++) {
      view = view.with(batch(random, 50, 100, 1000).run());
    }
    assertNull(view.compaction(0), "five runs are let be");
    RunCompaction compaction = view.compaction(EAGER);
    PendingRun compacted = compaction.compact();
    assertEquals(1, view.with(compaction, compacted).runs());
    PendingView newer = view.with(batch(random, 50, 100, 1000).run());
    assertEquals(2, newer.with(compaction, compacted).runs(), "the newer run stays");
    PendingView frozen = newer.freeze();
    assertSame(frozen, frozen.with(compaction, compacted), "what is frozen is being walked");
    PendingView gone = frozen.withoutFrozen();
    assertSame(gone, gone.with(compaction, compacted), "merged meanwhile");
  }

  @Test
  void cursorsOfAKeyLeapToWhatTheModelSays() {
    long seed = TestSeed.forTest("PendingViewTest.cursorsOfAKeyLeap");
    for (int run = 0; run < Tier.current().count(2000); run++) {
      SplittableRandom random = new SplittableRandom(seed + run);
      byte[] key = {0, 0, 7};
      long tids = 10L << random.nextInt(12);
      PendingView view = PendingView.EMPTY;
      Journal all = new Journal();
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        Journal batch = new Journal();
        for (int n = 1 + random.nextInt(i % 4 == 0 ? 2000 : 100); n > 0; n--) {
          batch.add(key, random.nextLong(tids), random.nextBoolean());
        }
        all.add(batch);
        view = view.with(batch.run());
        view = i == 10 && !view.hasFrozen() ? view.freeze() : view;
      }
      TreeMap<Long, Boolean> expected = all.operations().get(key);
      PendingTidCursor cursor = view.locate(key).cursor();
      long target = random.nextLong(tids);
      boolean isOn = cursor.seek(target);
      while (true) {
        Long wanted = expected.ceilingKey(target);
        assertEquals(wanted != null, isOn);
        if (wanted == null) {
          break;
        }
        assertEquals(wanted, cursor.tid());
        assertEquals(expected.get(wanted), !cursor.isDelete());
        boolean isLeap = random.nextInt(3) == 0;
        target = isLeap ? wanted + random.nextLong(tids / 4 + 1) : wanted + 1;
        isOn = isLeap ? cursor.seek(target) : cursor.next();
      }
      assertFalse(cursor.seek(0), "the end stays the end");
    }
  }

  @Test
  void halfAMillionOperationsOfManyBatchesAreFewRuns() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PendingViewTest.fewRuns"));
    PendingView view = PendingView.EMPTY;
    int most = 0;
    while (view.operations() < 500_000) {
      int size = random.nextInt(20) == 0 ? random.nextInt(4000) : 55 + random.nextInt(50);
      view = view.with(batch(random, size, 1 << 16, 1L << 40).run(), PendingList.LONE_SLACK);
      most = Math.max(most, view.runs());
    }
    assertTrue(most <= 120, "runs " + most);
    assertTrue(view.heapBytes() < 64 * view.operations(), "bytes " + view.heapBytes());
  }

  @Test
  void whatIsFrozenIsLeftAlone() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PendingViewTest.frozen"));
    PendingView view = PendingView.EMPTY;
    for (int i = 0; i < 2; i++) {
      view = view.with(batch(random, 50, 100, 1000).run());
    }
    PendingView frozen = view.freeze();
    assertEquals(2, frozen.runs());
    assertThrows(IllegalStateException.class, frozen::freeze);
    PendingView more = frozen.with(batch(random, 50, 100, 1000).run());
    assertEquals(3, more.runs(), "no run was compacted across the boundary");
    assertEquals(2, more.frozen().runs());
    assertEquals(1, more.withoutFrozen().runs());
    assertSame(PendingView.EMPTY, frozen.withoutFrozen());
    assertThrows(IllegalStateException.class, more::freeze);
    assertEquals(1, more.withoutFrozen().freeze().frozen().runs());
  }

  @Test
  void theEmptyViewFindsNothing() {
    PendingView empty = PendingView.EMPTY;
    assertTrue(empty.isEmpty());
    assertEquals(0, empty.operations());
    assertNull(empty.find(FIRST));
    assertFalse(empty.cursor(FIRST).next());
    assertSame(empty, empty.with(new PendingRun.Builder().build()));
    assertFalse(empty.freeze().hasFrozen());
    assertSame(empty, empty.frozen());
    assertNotSame(empty, empty.with(batch(new SplittableRandom(1), 1, 1, 1).run()));
  }
}
