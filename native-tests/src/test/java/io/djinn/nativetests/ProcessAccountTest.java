package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that was closed leaves nothing behind in its process. */
class ProcessAccountTest {
  private static final int WARM_UP = 20;
  private static final int CYCLES = 100;

  private static final int DESCRIPTORS = 0;
  private static final int MAPPINGS = 1;
  private static final int THREADS = 2;
  private static final int ANONYMOUS_KIB = 3;

  /**
   * What the JVM's own heap, code and metadata may still grow by; a hundredth of the frames of one
   * opening (128 KiB) lost each time would be less, all of them lost each time would be more.
   */
  private static final long MOST_ANONYMOUS_KIB = 12 << 10;

  /** The JVM starts some of its own late; one that is kept each time would be a hundred. */
  private static final int MOST_JVM_THREADS = 3;

  @TempDir private Path directory;

  @Test
  void openingAndClosingKeepsNoDescriptorMappingThreadOrMemory() throws IOException {
    List<long[]> samples = new ArrayList<>();
    try (ProofPart part = new ProofPart(Family.REAL_SYSTEM, "account");
        ForkedJvm process =
            ForkedJvm.of(AccountedProcess.class)
                // The JVM starts compiling and collecting threads of its own when it likes.
                .flags(
                    "-Xms32m",
                    "-Xmx32m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:-UseDynamicNumberOfCompilerThreads",
                    "-XX:-UseDynamicNumberOfGCThreads")
                .start(directory.resolve("store").toString(), "" + (WARM_UP + CYCLES))) {
      for (String line = process.readLine(); line != null; line = process.readLine()) {
        samples.add(Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray());
      }
      assertEquals(0, process.waitFor());
      assertEquals(WARM_UP + CYCLES, samples.size());
      long[] first = samples.get(WARM_UP - 1);
      long[] last = samples.get(samples.size() - 1);
      System.out.println(
          "ProcessAccountTest: after "
              + WARM_UP
              + " cycles "
              + Arrays.toString(first)
              + ", after "
              + CYCLES
              + " more "
              + Arrays.toString(last));
      // The JVM closes one of its own when it likes.
      assertTrue(last[DESCRIPTORS] <= first[DESCRIPTORS], "descriptors");
      assertEquals(0, last[MAPPINGS], "mappings");
      assertTrue(last[THREADS] <= most(samples, THREADS) + MOST_JVM_THREADS, "threads");
      assertTrue(
          last[ANONYMOUS_KIB] - first[ANONYMOUS_KIB] <= MOST_ANONYMOUS_KIB,
          "KiB of anonymous memory from " + first[ANONYMOUS_KIB] + " to " + last[ANONYMOUS_KIB]);
      part.add(1);
    }
  }

  /** The most of the warm-up. */
  private static long most(List<long[]> samples, int column) {
    return samples.subList(0, WARM_UP).stream().mapToLong(s -> s[column]).max().orElseThrow();
  }
}
