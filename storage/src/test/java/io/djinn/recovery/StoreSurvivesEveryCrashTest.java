package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.djinn.testkit.CrashTest;
import io.djinn.testkit.TestSeed;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every workload on pages, with the power cut before each of its file operations. */
class StoreSurvivesEveryCrashTest {
  private static final int LEAST_DISTINCT = 10_000;

  @Test
  void whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged() throws Exception {
    CrashTest crashes =
        new CrashTest(
            "StoreSurvivesEveryCrashTest",
            TestSeed.forTest("StoreSurvivesEveryCrashTest"),
            Integer.getInteger("djinn.crash.seeds", 6),
            6);
    for (PageWorkload workload : PageWorkload.all()) {
      crashes.run(workload);
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
}
