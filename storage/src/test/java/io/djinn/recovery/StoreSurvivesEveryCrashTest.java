package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.djinn.error.DjinnException;
import io.djinn.testkit.PowerCuts;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every workload on pages, with the power cut before each of its file operations. */
class StoreSurvivesEveryCrashTest {
  private static final int KILL_STRIDE = 1;
  private static final int LEAST_DISTINCT = 10_000;

  @Test
  void whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged() throws Exception {
    PowerCuts crashes =
        new PowerCuts(
            "StoreSurvivesEveryCrashTest",
            TestSeed.forTest("StoreSurvivesEveryCrashTest"),
            Integer.getInteger("djinn.crash.seeds", 6),
            6);
    for (PageWorkload workload : PageWorkload.all()) {
      crashes.run(workload);
      crashes.runKilled(workload, KILL_STRIDE);
    }
    System.out.println("crashes of a page store: " + crashes.summary());
    Path report = Path.of("target", "proof", "crash.txt");
    Files.createDirectories(report.getParent());
    Files.writeString(report, "page store: " + crashes.summary() + "\n");
    if (!crashes.failures().isEmpty()) {
      fail(String.join("\n", crashes.failures()));
    }
    boolean isWhole = System.getProperty("djinn.crash.workload", "").isEmpty();
    assertTrue(!isWhole || crashes.distinct() >= LEAST_DISTINCT, crashes.summary());
  }

  @Test
  void oneControlSlotAloneLeadsToEverythingAcknowledgedAtAnyTime() throws Exception {
    PowerCuts crashes =
        new PowerCuts(
            "StoreSurvivesEveryCrashTest", TestSeed.forTest("StoreSurvivesEveryCrashTest"), 1, 6);
    for (PageWorkload workload : PageWorkload.all()) {
      crashes.runDamaged(workload, StoreSurvivesEveryCrashTest::damageNewestSlot);
    }
    System.out.println("crashes with a damaged control slot: " + crashes.summary());
    if (!crashes.failures().isEmpty()) {
      fail(String.join("\n", crashes.failures()));
    }
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
