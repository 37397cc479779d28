package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever call failed on the way: once none does any more, a store comes to an end with what it
 * put off, gives back what it kept, hangs nobody, and takes commits.
 */
class QuietAfterFaultsTest {
  private static final int FULL_COUNT = 2_000;
  private static final int POINTS_PER_SCRIPT = 20;

  @Test
  void aStoreBecomesQuietAfterAnyFault() throws Exception {
    try (ProofPart part = new ProofPart(Family.LIVENESS, "faults")) {
      Tier.current()
          .rounds(
              TestSeed.forTest("QuietAfterFaultsTest"),
              seed -> {
                try (ScheduleBase pending = new ScheduleBase(true, 250, 40);
                    ScheduleBase tree = new ScheduleBase(false, 250, 40);
                    ScheduleBase empty = new ScheduleBase(true, 0, 60)) {
                  run(seed, part, pending, tree, empty);
                }
              });
    }
  }

  private static void run(long seed, ProofPart part, ScheduleBase... bases) throws Exception {
    int cases = Tier.current().count(FULL_COUNT);
    SplittableRandom random = new SplittableRandom(seed);
    Map<IoOp, Integer> byOp = new EnumMap<>(IoOp.class);
    Set<String> distinct = new HashSet<>();
    int sealed = 0;
    int script = 0;
    while (distinct.size() < cases) {
      ScheduleBase base = bases[script++ % bases.length];
      long scriptSeed = random.nextLong();
      FaultedRun without = run(base, scriptSeed, null, seed, part);
      assertTrue(!without.hasFailed());
      for (int i = 0; i < POINTS_PER_SCRIPT && distinct.size() < cases; i++) {
        FaultedRun.Point point = FaultedRun.point(without.calls(), random);
        if (distinct.add(script + " " + point)) {
          FaultedRun run = run(base, scriptSeed, point, seed, part);
          assertTrue(run.hasFailed(), () -> "the fault did not take place: " + point);
          byOp.merge(point.op(), 1, Integer::sum);
          sealed += run.wasSealed() ? 1 : 0;
        }
      }
    }
    System.out.println(
        "QuietAfterFaultsTest: cases="
            + distinct.size()
            + " sealed="
            + sealed
            + " by-call="
            + byOp);
    part.add(distinct.size());
    assertEquals(cases, distinct.size());
    assertTrue(sealed > 0 && sealed < cases, "sealed " + sealed);
  }

  private static FaultedRun run(
      ScheduleBase base, long scriptSeed, FaultedRun.Point point, long seed, ProofPart part)
      throws IOException {
    FaultedRun run = new FaultedRun(base, scriptSeed, point);
    try {
      run.run();
      return run;
    } catch (Throwable t) {
      part.failed(1);
      throw new AssertionError(
          base
              + ", script "
              + scriptSeed
              + ", "
              + point
              + "\n  mvn -B -ntp -pl storage test -Dtest=QuietAfterFaultsTest -Ddjinn.seed="
              + seed
              + "\n  "
              + t,
          t);
    }
  }
}
