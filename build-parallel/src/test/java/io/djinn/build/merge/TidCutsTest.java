package io.djinn.build.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.sort.RunCursor;
import org.junit.jupiter.api.Test;

class TidCutsTest {
  @Test
  void disjointRunsAreCutWhereTheBytesAre() {
    TidCuts cuts = new TidCuts();
    cuts.add(0, 99, 100);
    cuts.add(100, 199, 300);
    assertEquals(400, cuts.totalBytes());
    assertArrayEquals(new long[] {0, 100, 134, 167, RunCursor.END}, cuts.cut(4));
    assertArrayEquals(new long[] {0, RunCursor.END}, cuts.cut(1));
  }

  @Test
  void overlappingRunsAreCutByTheSumOfTheirBytes() {
    TidCuts cuts = new TidCuts();
    for (int i = 0; i < 20; i++) {
      cuts.add(0, 999, 1 + i);
    }
    assertArrayEquals(new long[] {0, 500, RunCursor.END}, cuts.cut(2));
  }

  @Test
  void aRunOfOneTidIsNotCut() {
    TidCuts cuts = new TidCuts();
    cuts.add((1L << 48) - 1, (1L << 48) - 1, 1_000);
    long[] bounds = cuts.cut(3);
    assertArrayEquals(new long[] {0, 1L << 48, 1L << 48, RunCursor.END}, bounds);
  }
}
