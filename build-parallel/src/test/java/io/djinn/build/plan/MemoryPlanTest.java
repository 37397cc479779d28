package io.djinn.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.accumulate.KeyTable;
import io.djinn.memory.MemoryAccount;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long MIB = 1L << 20;
  private static final int HANDLE_BYTES = 88;

  @Test
  void whatAllParticipantsDrawFitsTheBudget() {
    for (int participants = 1; participants <= 64; participants++) {
      for (long share : new long[] {MIB, 3 * MIB, 8 * MIB, 100 * MIB}) {
        for (int maxKey : new int[] {100, 2_700, 21_000}) {
          long budget = share * participants;
          MemoryPlan plan =
              MemoryPlan.of(
                  budget, participants, HANDLE_BYTES, maxKey, Long.MAX_VALUE, block -> 4L * block);
          long drawn = plan.arenaBytes() + plan.ringBytes() + 4L * plan.blockBytes();
          assertTrue(drawn * participants <= budget, plan.toString());
          assertTrue(plan.arenaBytes() >= share / 2, plan.toString());
          assertTrue(plan.blockBytes() > maxKey + 18, plan.toString());
        }
      }
    }
  }

  @Test
  void blocksShrinkWithTheShareButNotBelowTheLongestKey() {
    assertEquals(64 << 10, MemoryPlan.blockBytes(64 * MIB, 2_700));
    assertEquals(16 << 10, MemoryPlan.blockBytes(MIB, 2_700));
    assertEquals(8 << 10, MemoryPlan.blockBytes(MIB / 2, 2_700));
    assertEquals(8 << 10, MemoryPlan.blockBytes(1, 2_700));
    assertEquals(64 << 10, MemoryPlan.blockBytes(1, 21_000));
  }

  @Test
  void aRingHoldsMoreHandlesThanTheShareHasBlocks() {
    for (long blocks = 0; blocks < 5_000; blocks += 37) {
      int bytes = MemoryPlan.ringBytes(blocks, HANDLE_BYTES);
      assertEquals(bytes, Integer.highestOneBit(bytes));
      assertTrue(bytes / HANDLE_BYTES > blocks);
      assertTrue(bytes / 8 >= HANDLE_BYTES);
    }
  }

  @Test
  void aRunsIndexHasEntriesByTheBudget() {
    assertEquals(8, plan(MIB).indexEntries());
    assertEquals(85, plan(16 * MIB).indexEntries());
    assertEquals(341, plan(64 * MIB).indexEntries());
    assertEquals(2_048, plan(4_096 * MIB).indexEntries());
  }

  @Test
  void anArenaIsNoLargerThanReferencesReach() {
    assertEquals(KeyTable.MAX_ARENA_BYTES, plan(1L << 40).arenaBytes());
    assertTrue(plan(16L << 30).arenaBytes() < KeyTable.MAX_ARENA_BYTES);
    MemoryAccount account = new MemoryAccount("test", 1L << 40);
    assertThrows(
        IllegalArgumentException.class,
        () -> new KeyTable(account, KeyTable.MAX_ARENA_BYTES + 1, new boolean[1]));
    assertEquals(0, account.usedBytes());
  }

  private static MemoryPlan plan(long budget) {
    return MemoryPlan.of(budget, 1, HANDLE_BYTES, 100, 0, block -> block);
  }

  @Test
  void aMergeUsesAllParticipantsWhereTheirSharesCoverTheRuns() {
    assertEquals(new MergePlan(4, 10), MergePlan.of(40_040, 4, 10, 1_000, 10));
  }

  @Test
  void fewerThreadsMergeWhereSharesAreTooSmall() {
    assertEquals(new MergePlan(2, 9), MergePlan.of(20_000, 4, 100, 1_000, 1_000));
    assertEquals(new MergePlan(1, 3), MergePlan.of(4_000, 4, 100, 1_000, 1_000));
  }

  @Test
  void aBudgetThatMergesNothingIsNoPlan() {
    assertNull(MergePlan.of(2_999, 4, 100, 1_000, 1_000));
    assertEquals(new MergePlan(1, 0), MergePlan.of(1_000, 1, 0, 1_000, 1_000));
  }

  @Test
  void earlierPassesEndWithFewEnoughRuns() {
    for (int fanIn = 2; fanIn < 20; fanIn++) {
      int runs = 1_000;
      int passes = 0;
      while (runs > fanIn) {
        int size = new MergePlan(1, fanIn).groupSize(runs);
        assertTrue(size >= 2 && size <= fanIn);
        runs = (runs + size - 1) / size;
        passes++;
      }
      assertTrue(passes <= 10);
    }
  }
}
