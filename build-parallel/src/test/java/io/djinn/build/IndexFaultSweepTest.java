package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.GinSpec;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.Family;
import io.djinn.testkit.FaultSweep;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import org.junit.jupiter.api.Test;

/** Every call of the index scripts, builds among them, fails once, and from then on. */
class IndexFaultSweepTest {
  private static final int FULL_COUNT = 1_000;

  private static final FaultSweep.Subject<Djinn> SUBJECT =
      new FaultSweep.Subject<>() {
        @Override
        public boolean isSealed(Djinn db) {
          return db.isSealed();
        }

        @Override
        public void write(Djinn db) {
          db.createGin("more", GinSpec.column("$", ArrayOps.ofInts()));
        }
      };

  @Test
  void everyFaultEndsAsPromised() throws Exception {
    try (ProofPart part = new ProofPart(Family.FAULT, "indexes")) {
      Tier.current().rounds(TestSeed.forTest("IndexFaultSweepTest"), seed -> sweep(seed, part));
      if (System.getProperty("djinn.fault", "").isEmpty()) {
        assertTrue(part.cases() >= Tier.current().count(FULL_COUNT), "cases: " + part.cases());
      }
    }
  }

  private static void sweep(long seed, ProofPart part) throws Exception {
    FaultSweep sweep = new FaultSweep("build-parallel", "IndexFaultSweepTest", seed);
    try {
      for (IndexWorkload workload : IndexWorkload.small()) {
        sweep.run(workload, SUBJECT, Tier.current() == Tier.QUICK ? 10 : 1, false);
      }
    } finally {
      System.out.println("IndexFaultSweepTest: " + sweep.summary());
      part.add(sweep.cases());
      part.failed(sweep.failures().size());
    }
    assertEquals(0, sweep.failures().size(), () -> String.join("\n", sweep.failures()));
  }
}
