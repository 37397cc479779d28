package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SplitPointTest {
  @Test
  void bothSidesGetAboutTheSameBytes() {
    assertEquals(2, SplitPoint.choose(new int[] {10, 10, 10, 10}, 4, 30, false));
    assertEquals(1, SplitPoint.choose(new int[] {30, 10, 10, 10}, 4, 50, false));
    assertEquals(3, SplitPoint.choose(new int[] {10, 10, 10, 30}, 4, 50, false));
    RandomGenerator random = Seeds.random("SplitPointTest");
    for (int round = 0; round < 1000; round++) {
      int[] sizes = random.ints(2 + random.nextInt(50), 13, 300).toArray();
      int left = SplitPoint.choose(sizes, sizes.length, 1000, false);
      int total = Arrays.stream(sizes).sum();
      int bytes = Arrays.stream(sizes, 0, left).sum();
      int largest = Arrays.stream(sizes).max().getAsInt();
      assertTrue(left >= 1 && left < sizes.length);
      assertTrue(Math.max(bytes, total - bytes) <= total / 2 + largest);
    }
  }

  @Test
  void anAppendLeavesTheLeftPageNearlyFull() {
    int[] sizes = new int[101];
    Arrays.fill(sizes, 10);
    assertEquals(90, SplitPoint.choose(sizes, sizes.length, 1000, true));
    assertEquals(1, SplitPoint.choose(new int[] {950, 60}, 2, 1000, true));
  }
}
