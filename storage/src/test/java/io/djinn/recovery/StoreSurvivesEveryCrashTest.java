package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.error.DjinnException;
import io.djinn.testkit.CrashCase;
import io.djinn.testkit.CrashProof;
import io.djinn.testkit.PowerCuts;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every workload on pages, with the power cut before each of its file operations. */
class StoreSurvivesEveryCrashTest {
  private static final String NAME = "StoreSurvivesEveryCrashTest";
  private static final boolean IS_QUICK = Tier.current() == Tier.QUICK;
  private static final CrashCase ONLY = CrashCase.selected();

  @Test
  void whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged() throws Exception {
    try (CrashProof proof = new CrashProof("pages", ONLY)) {
      Tier.current()
          .rounds(
              TestSeed.forTest(NAME),
              seed -> {
                PowerCuts crashes = crashes(seed, IS_QUICK ? 2 : 10, 6);
                for (PageWorkload workload : PageWorkload.all(seed, IS_QUICK ? 2 : 24)) {
                  crashes.cut(workload);
                }
                for (PageWorkload workload : PageWorkload.small(!IS_QUICK)) {
                  crashes.cut(workload);
                }
                for (PageWorkload workload : PageWorkload.all(seed, 0)) {
                  crashes.kill(workload, IS_QUICK ? 16 : 2);
                }
                crashes.run();
                proof.check(crashes);
              });
    }
  }

  @Test
  void oneControlSlotAloneLeadsToEverythingAcknowledgedAtAnyTime() throws Exception {
    Tier.current()
        .rounds(
            TestSeed.forTest(NAME),
            seed -> {
              PowerCuts crashes = crashes(seed, 1, 6);
              for (PageWorkload workload : PageWorkload.all(seed, 0)) {
                crashes.cutDamaged(workload, StoreSurvivesEveryCrashTest::damageNewestSlot);
              }
              crashes.run();
              System.out.println("crashes with a damaged control slot: " + crashes.summary());
              assertEquals(List.of(), crashes.failures(), String.join("\n", crashes.failures()));
            });
  }

  private static PowerCuts crashes(long seed, int imagesPerMode, int restSteps) {
    return new PowerCuts(
        "storage",
        NAME,
        seed,
        new PowerCuts.Effort(imagesPerMode, restSteps, IS_QUICK ? 0.02 : 0.01),
        ONLY);
  }

  /** False where there is no control file yet, or its other slot was being written. */
  private static boolean damageNewestSlot(SimVfs image) throws Exception {
    if (!image.exists(ControlFile.NAME)) {
      return false;
    }
    long newest;
    try (ControlFile control = ControlFile.open(image)) {
      newest = control.state().generation();
    }
    byte[] bytes = image.bytes(ControlFile.NAME);
    long first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(24);
    int at = (first == newest ? 0 : ControlFile.SLOT_DISTANCE) + 40;
    image.overwrite(ControlFile.NAME, at, ~bytes[at]);
    try (ControlFile control = ControlFile.open(image)) {
      return control.state().generation() < newest;
    } catch (DjinnException bothDamaged) {
      return false;
    }
  }
}
