package io.djinn.build;

import io.djinn.testkit.CrashCase;
import io.djinn.testkit.CrashProof;
import io.djinn.testkit.PowerCuts;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import org.junit.jupiter.api.Test;

/** Every workload on indexes, with the power cut before each of its file operations. */
class IndexesSurviveEveryCrashTest {
  private static final String NAME = "IndexesSurviveEveryCrashTest";
  private static final boolean IS_QUICK = Tier.current() == Tier.QUICK;
  private static final CrashCase ONLY = CrashCase.selected();
  private static final PowerCuts.Effort EFFORT =
      IS_QUICK ? new PowerCuts.Effort(2, 3, 0.01) : new PowerCuts.Effort(8, 3, 0.02);

  @Test
  void whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged() throws Exception {
    try (CrashProof proof = new CrashProof("indexes", ONLY)) {
      Tier.current()
          .rounds(
              TestSeed.forTest(NAME),
              seed -> {
                PowerCuts crashes = new PowerCuts("build-parallel", NAME, seed, EFFORT, ONLY);
                for (IndexWorkload workload :
                    IndexWorkload.all(seed, IS_QUICK ? 1 : 3, IS_QUICK ? 2 : 40)) {
                  crashes.cut(workload);
                }
                for (IndexWorkload workload : IndexWorkload.small(!IS_QUICK)) {
                  crashes.cut(workload);
                }
                for (IndexWorkload workload : IndexWorkload.all(seed, 1, 0)) {
                  crashes.kill(workload, IS_QUICK ? 64 : 8);
                }
                crashes.run();
                proof.check(crashes);
              });
    }
  }
}
