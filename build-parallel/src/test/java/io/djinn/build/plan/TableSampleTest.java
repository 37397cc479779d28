package io.djinn.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class TableSampleTest {
  private static final int KEYS_A_ROW = 20;
  private static final int SAMPLED_ROWS = 1_600;
  private static final int TABLE_ROWS = 100_000;
  private final SplittableRandom random = new SplittableRandom(TestSeed.forTest("TableSampleTest"));

  /** A table's distinct keys, of the whole and of a quarter, as expected over as they are. */
  private double[] expectedOverFound(LongSupplier keys) {
    Map<Long, Integer> seen = new HashMap<>();
    double quarter = 0;
    TableSample sample = null;
    for (int row = 1; row <= TABLE_ROWS; row++) {
      for (int i = 0; i < KEYS_A_ROW; i++) {
        seen.merge(keys.getAsLong(), 1, Integer::sum);
      }
      if (row == SAMPLED_ROWS) {
        long single = seen.values().stream().filter(count -> count == 1).count();
        sample =
            new TableSample(
                TABLE_ROWS, row, (long) row * KEYS_A_ROW, seen.size(), single, seen.size(), 1);
      }
      if (row == TABLE_ROWS / 4) {
        quarter = seen.size();
      }
    }
    return new double[] {sample.distinctKeys(1) / seen.size(), sample.distinctKeys(0.25) / quarter};
  }

  @Test
  void keysThatAreEquallyFrequentAreCountedWithinAThird() {
    for (int keys : new int[] {50, 5_000, 100_000, 1_000_000}) {
      for (double ratio : expectedOverFound(() -> random.nextInt(keys))) {
        assertEquals(1, ratio, 0.3, keys + " keys");
      }
    }
  }

  @Test
  void keysThatNeverComeAgainAreAsManyAsTheyAre() {
    long[] next = new long[1];
    for (double ratio : expectedOverFound(() -> next[0]++)) {
      assertEquals(1, ratio, 0.1);
    }
  }

  /** As words are: the n-th most frequent one comes a n-th as often as the first. */
  @Test
  void keysOfWhichMostAreRareAreCountedWithinAFactorOfAFew() {
    double most = Math.log(1e6);
    for (double ratio : expectedOverFound(() -> (long) Math.exp(most * random.nextDouble()))) {
      assertTrue(ratio > 0.2 && ratio < 5, ratio + " of the keys there are");
    }
  }

  @Test
  void rowsWithoutKeysHaveNone() {
    assertEquals(1, new TableSample(1_000, 10, 0, 0, 0, 0, 5_000).distinctKeys(1));
  }
}
