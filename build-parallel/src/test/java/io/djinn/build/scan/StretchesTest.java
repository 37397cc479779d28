package io.djinn.build.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StretchesTest {
  @Test
  void aParticipantAloneGoesThroughAllBlocksInOneStretch() {
    Stretches stretches = new Stretches(100, 1);
    long next = 0;
    for (Piece piece = stretches.next(0); piece != null; piece = stretches.next(0)) {
      assertEquals(next, piece.fromBlock());
      assertEquals(next == 0, piece.startsRun());
      next = piece.toBlock();
    }
    assertEquals(100, next);
    assertEquals(100, stretches.takenBlocks());
  }

  @Test
  void noBlocksMeanNoPieces() {
    assertNull(new Stretches(0, 3).next(1));
  }

  @Test
  void oneThatIsDoneTakesTheRearHalfOfTheLargestRest() {
    Stretches stretches = new Stretches(32, 2);
    Piece piece = stretches.next(1);
    while (piece.toBlock() < 32) {
      piece = stretches.next(1);
      assertFalse(piece.startsRun());
    }
    piece = stretches.next(1);
    assertEquals(8, piece.fromBlock());
    assertTrue(piece.startsRun());
  }

  @Test
  void intervalsBetweenStartsOfRunsAreDisjointAndCoverAllBlocks() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("StretchesTest"));
    for (int round = 0; round < 300; round++) {
      long blocks = random.nextInt(2_000);
      int participants = 1 + random.nextInt(9);
      Stretches stretches = new Stretches(blocks, participants);
      List<List<long[]>> intervals = new ArrayList<>();
      for (int i = 0; i < participants; i++) {
        intervals.add(new ArrayList<>());
      }
      int idle = 0;
      while (idle < 20 * participants) {
        int participant = Math.min(random.nextInt(participants), random.nextInt(participants));
        Piece piece = stretches.next(participant);
        if (piece == null) {
          idle++;
          continue;
        }
        List<long[]> own = intervals.get(participant);
        if (piece.startsRun()) {
          own.add(new long[] {piece.fromBlock(), piece.toBlock()});
        } else {
          assertEquals(own.get(own.size() - 1)[1], piece.fromBlock());
          own.get(own.size() - 1)[1] = piece.toBlock();
        }
      }
      List<long[]> all = new ArrayList<>();
      intervals.forEach(all::addAll);
      all.sort(Comparator.comparingLong(interval -> interval[0]));
      long end = 0;
      for (long[] interval : all) {
        assertEquals(end, interval[0]);
        end = interval[1];
      }
      assertEquals(blocks, end);
    }
  }
}
