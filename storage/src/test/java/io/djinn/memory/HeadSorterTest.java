package io.djinn.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.djinn.testkit.TestSeed;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadSorterTest {
  /** Entries are compared by their upper half, so that equal ones can be told apart. */
  private static int compareTies(long a, long b) {
    return Long.compare(a >> 32, b >> 32);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 8, 55, 255, 256, 257, 3000})
  void entriesAreSortedByHeadThenByThemselvesAndKeepTheirOrder(int count) {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("HeadSorterTest " + count));
    HeadSorter sorter = new HeadSorter(HeadSorterTest::compareTies);
    for (int differentHeads : new int[] {1, 3, 1000}) {
      for (int differentTies : new int[] {1, 50}) {
        int from = random.nextInt(5);
        int behind = random.nextInt(5);
        long[] values = random.longs(differentHeads).toArray();
        long[] heads = new long[from + count + behind];
        long[] entries = new long[heads.length];
        for (int i = 0; i < heads.length; i++) {
          heads[i] = values[random.nextInt(differentHeads)] & (random.nextBoolean() ? -1 : -256);
          entries[i] = (long) (random.nextInt(differentTies) - 20) << 32 | i;
        }
        long[] expectedHeads = heads.clone();
        long[] expected = entries.clone();
        int[] order =
            IntStream.range(from, from + count)
                .boxed()
                .sorted(
                    Comparator.comparing((Integer i) -> heads[i], Long::compareUnsigned)
                        .thenComparing(i -> entries[i] >> 32)
                        .thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
        for (int i = 0; i < count; i++) {
          expectedHeads[from + i] = heads[order[i]];
          expected[from + i] = entries[order[i]];
        }
        sorter.sort(heads, entries, from, from + count);
        assertArrayEquals(expectedHeads, heads, () -> Arrays.toString(values));
        assertArrayEquals(expected, entries, () -> Arrays.toString(values));
      }
    }
  }
}
