package io.djinn.gin.pending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTiersTest {
  @Test
  void eachTierHoldsLargerRuns() {
    assertEquals(0, RunTiers.tier(1));
    assertEquals(0, RunTiers.tier(RunTiers.LOWEST_OPERATIONS - 1));
    assertEquals(1, RunTiers.tier(RunTiers.LOWEST_OPERATIONS));
    assertEquals(1, RunTiers.tier(RunTiers.LOWEST_OPERATIONS * (long) RunTiers.FACTOR - 1));
    assertEquals(2, RunTiers.tier(RunTiers.LOWEST_OPERATIONS * (long) RunTiers.FACTOR));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 55, 100, 1000, 20_000})
  void equalBatchesMakeFewRunsAndFewMoves(int size) {
    simulate(() -> size);
  }

  @Test
  void batchesOfAllSizesMakeFewRunsAndFewMoves() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunTiersTest.allSizes"));
    simulate(() -> 1 + random.nextInt(1 << random.nextInt(16)));
    simulate(() -> random.nextInt(50) == 0 ? 50_000 : 60);
    int[] turn = new int[1];
    simulate(() -> turn[0]++ % 2 == 0 ? 30_000 : 60);
  }

  /** As if no operation replaced another. */
  private static void simulate(IntSupplier sizes) {
    ArrayDeque<Integer> runs = new ArrayDeque<>();
    long total = 0;
    long moved = 0;
    long batches = 0;
    int most = 0;
    while (total < 500_000) {
      int size = sizes.getAsInt();
      total += size;
      batches++;
      runs.push(size);
      int compacted =
          RunTiers.compacted(
              runs.stream().mapToInt(run -> run).toArray(), runs.size(), PendingList.LONE_SLACK);
      if (compacted > 1) {
        int sum = 0;
        for (int i = 0; i < compacted; i++) {
          sum += runs.pop();
        }
        moved += sum;
        assertTrue(sum <= RunTiers.MOST_OPERATIONS, "compacted to " + sum);
        runs.push(sum);
      }
      most = Math.max(most, runs.size());
    }
    assertTrue(most <= 120, "runs " + most);
    // Rows of one key are moved often, but a row is cheap in any case.
    assertTrue(moved <= 4 * total + 18 * batches, "moved " + moved + " of " + total);
  }
}
