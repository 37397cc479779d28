package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same work in JVMs with other collectors, other pointers, and checks of native calls. */
class JvmVariantsTest {
  private static final String SERIAL = "-XX:+UseSerialGC";
  private static final long LAST_BATCHES = 60;

  private enum Variant {
    CHECKED_NATIVE_CALLS(SERIAL, "-Xcheck:jni"),
    WIDE_POINTERS(SERIAL, "-XX:-UseCompressedOops"),
    G1("-XX:+UseG1GC"),
    ZGC("-XX:+UseZGC");

    private final String collector;
    private final String[] flags;

    Variant(String collector, String... flags) {
      this.collector = collector;
      this.flags = flags;
    }
  }

  @TempDir private Path directory;

  @Test
  void everyKindOfJvmDoesTheSame() throws IOException {
    int variants = Tier.current() == Tier.QUICK ? 1 : Variant.values().length;
    try (ProofPart part = new ProofPart(Family.REAL_SYSTEM, "variants")) {
      for (int i = 0; i < variants; i++) {
        work(Variant.values()[i]);
        part.add(1);
      }
    }
    assertEquals(List.of(), ForkedJvm.errorFiles());
  }

  private void work(Variant variant) throws IOException {
    Path churn = directory.resolve(variant + "-churn");
    Path build = directory.resolve(variant + "-build");
    List<String> heard = new ArrayList<>();
    try (ForkedJvm process =
        ForkedJvm.of(FaultyProcess.class)
            .collector(variant.collector)
            .optimized()
            .flags(variant.flags)
            .start()
            .killAfter(180)) {
      for (String task :
          List.of(FaultyProcess.Task.CHURN + " " + churn, FaultyProcess.Task.BUILD + " " + build)) {
        process.send(task);
        String line = process.readLine();
        while (line != null && !line.equals(FaultyProcess.ENDED)) {
          heard.add(line);
          line = process.readLine();
        }
        assertEquals(FaultyProcess.ENDED, line, variant + " " + heard);
      }
    }
    for (String line : heard) {
      assertTrue(
          !line.startsWith(FaultyProcess.FAILED)
              && !line.startsWith(FaultyProcess.BROKEN)
              && !line.startsWith(FaultyProcess.SEALED)
              && !line.startsWith("FATAL ERROR")
              && !line.startsWith("WARNING in native method"),
          variant + ": " + heard);
    }
    assertTrue(heard.contains(FaultyProcess.BUILT));
    StoreExamination.examine(churn, StoreProcess.Work.INSERT, LAST_BATCHES);
    StoreExamination.examineBuilt(build, StoreProcess.Work.INSERT, true);
  }
}
