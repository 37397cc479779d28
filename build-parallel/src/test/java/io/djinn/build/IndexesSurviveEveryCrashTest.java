package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.djinn.testkit.PowerCuts;
import io.djinn.testkit.TestSeed;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IndexesSurviveEveryCrashTest {
  private static final int VARIANTS = 3;
  private static final int LEAST_DISTINCT = 8_000;

  @Test
  void whatIsFoundAfterAnyCrashIsAPrefixWithEverythingAcknowledged() throws Exception {
    PowerCuts crashes =
        new PowerCuts(
            "IndexesSurviveEveryCrashTest",
            TestSeed.forTest("IndexesSurviveEveryCrashTest"),
            Integer.getInteger("djinn.crash.seeds", 6),
            3);
    for (int variant = 0; variant < VARIANTS; variant++) {
      for (IndexWorkload workload : IndexWorkload.all(variant)) {
        crashes.run(workload);
      }
    }
    System.out.println("crashes of indexes: " + crashes.summary());
    Path report = Path.of("target", "proof", "crash.txt");
    Files.createDirectories(report.getParent());
    Files.writeString(report, "indexes: " + crashes.summary() + "\n");
    if (!crashes.failures().isEmpty()) {
      fail(String.join("\n", crashes.failures()));
    }
    boolean isWhole = System.getProperty("djinn.crash.workload", "").isEmpty();
    assertTrue(!isWhole || crashes.distinct() >= LEAST_DISTINCT, crashes.summary());
  }
}
