package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.FaultSweep;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import org.junit.jupiter.api.Test;

/** Every call of the page store's scripts fails once, and from then on, in every way it can. */
class FaultSweepTest {
  private static final int FULL_COUNT = 50_000;
  private static final int RANDOM_SCRIPTS = 130;

  private static final FaultSweep.Subject<PageSession> SUBJECT =
      new FaultSweep.Subject<>() {
        @Override
        public boolean isSealed(PageSession session) {
          return session.store.seal().isSealed();
        }

        @Override
        public void write(PageSession session) {
          session.commit(Oracle.startingWith(PageState.EMPTY), SyncMode.NONE, session.edit(1));
        }
      };

  @Test
  void everyFaultEndsAsPromised() throws Exception {
    try (ProofPart part = new ProofPart(Family.FAULT, "pages")) {
      Tier.current().rounds(TestSeed.forTest("FaultSweepTest"), seed -> sweep(seed, part));
      if (System.getProperty("djinn.fault", "").isEmpty()) {
        assertTrue(part.cases() >= Tier.current().count(FULL_COUNT), "cases: " + part.cases());
      }
    }
  }

  private static void sweep(long seed, ProofPart part) throws Exception {
    FaultSweep sweep = new FaultSweep("storage", "FaultSweepTest", seed);
    int oneOf = Tier.current() == Tier.QUICK ? 10 : 1;
    try {
      for (PageWorkload workload : PageWorkload.all(seed, 0)) {
        sweep.run(workload, SUBJECT, oneOf, true);
      }
      for (int number = 0; number < RANDOM_SCRIPTS; number++) {
        sweep.run(new RandomPageScript(seed, number), SUBJECT, oneOf, false);
      }
    } finally {
      System.out.println("FaultSweepTest: " + sweep.summary());
      part.add(sweep.cases());
      part.failed(sweep.failures().size());
    }
    assertEquals(0, sweep.failures().size(), () -> String.join("\n", sweep.failures()));
  }
}
