package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.gin.pending.Journal;
import io.djinn.gin.pending.PendingView;
import io.djinn.testkit.TestSeed;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PendingMergedStreamTest {
  private static final int CASES = 300;
  private static final byte[] KEY = {0, 0, 1};

  @Test
  void leapsOverWhatIsAtHandOfTheTree() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("PendingMergedStreamTest"));
    for (int run = 0; run < CASES; run++) {
      TreeSet<Long> expected = new TreeSet<>();
      for (int i = random.nextInt(1000); i > 0; i--) {
        expected.add(random.nextLong(2000));
      }
      long[] tree = expected.stream().mapToLong(Long::longValue).toArray();
      Journal journal = new Journal();
      for (int i = 1 + random.nextInt(1000); i > 0; i--) {
        journal.add(KEY, random.nextLong(2000), random.nextInt(4) > 0);
      }
      journal
          .operations()
          .get(KEY)
          .forEach(
              (tid, isInsert) -> {
                expected.remove(tid);
                if (isInsert) {
                  expected.add(tid);
                }
              });
      PendingView view = PendingView.EMPTY.with(journal.run());
      PendingMergedStream stream = new PendingMergedStream(new HeldTids(tree), view.locate(KEY));
      long[] block = new long[PendingMergedStream.BLOCK];
      long target = 0;
      for (int n = 0; n != PendingMergedStream.END; n = stream.next(null, block)) {
        for (int i = 0; i < n; i++) {
          assertEquals(expected.ceiling(target), block[i]);
          target = block[i] + 1;
        }
        target += random.nextInt(3) * random.nextLong(100);
        stream.advance(target);
      }
      assertEquals(null, expected.ceiling(target));
    }
  }
}
