package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.nativetests.SoakProcess.Held;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that works on a store for long holds no more of anything than it did at first. */
class SoakTest {
  private static final int FULL_SECONDS = 300;

  /** What the JVM's own code and metadata may still grow by, as in {@link ProcessAccountTest}. */
  private static final long MOST_ANONYMOUS_KIB = 12 << 10;

  /** The page file after the last cycle, as a multiple of what it was after the first, percent. */
  private static final long MOST_FILE_PERCENT = 130;

  /** A page file grows by 64 pages at least: one more page than there was can be a third more. */
  private static final long FILE_STEP_BYTES = 64 * SoakProcess.PAGE_BYTES;

  /** Segments beyond the log's limit: the one prepared ahead, and its predecessor. */
  private static final int SEGMENTS_AHEAD = 2;

  private static final int SECONDS_TO_START_AND_END = 120;

  @TempDir private Path directory;

  @Test
  void cyclesOfChurnAndScansLeaveNothingBehind() throws Exception {
    int seconds = Tier.current().count(FULL_SECONDS);
    try (ProofPart part = new ProofPart(Family.SOAK, "churn")) {
      Tier.current()
          .rounds(
              TestSeed.forTest("SoakTest"),
              seed -> {
                try {
                  soak(seconds, seed);
                  part.add(seconds);
                } catch (Throwable t) {
                  part.failed(1);
                  throw new AssertionError(
                      "mvn -B -ntp -pl native-tests -am test -Dtest=SoakTest"
                          + " -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.seed="
                          + seed,
                      t);
                }
              });
    }
  }

  private void soak(int seconds, long seed) throws IOException {
    List<long[]> cycles = new ArrayList<>();
    long[] pending = {};
    long[] closed = {};
    Path store = Files.createTempDirectory(directory, "soak").resolve("store");
    try (ForkedJvm process =
        ForkedJvm.of(SoakProcess.class)
            .flags(
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:-UseDynamicNumberOfCompilerThreads")
            .start(store.toString(), "" + seconds, "" + seed)
            .killAfter(seconds + SECONDS_TO_START_AND_END)) {
      for (String line = process.readLine(); line != null; line = process.readLine()) {
        String[] words = line.split(" ");
        long[] numbers = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        switch (words[0]) {
          case SoakProcess.CYCLE -> cycles.add(numbers);
          case SoakProcess.PENDING -> pending = numbers;
          case SoakProcess.CLOSED -> closed = numbers;
          default -> throw new AssertionError(line);
        }
      }
      assertEquals(0, process.waitFor());
    }
    assertHeld(cycles);
    assertTrue(pending[0] >= cycles.size(), pending[0] + " reads");
    assertTrue(pending[1] <= SoakProcess.PENDING_LIST_LIMIT, pending[1] + " bytes are pending");
    assertEquals(0, closed[0], "mappings of a closed store");
    assertEquals(0, closed[1], "off-heap bytes of a closed store");
    System.out.println(
        "SoakTest: "
            + cycles.size()
            + " cycles in "
            + seconds
            + " s, "
            + pending[0]
            + " snapshots read, at most "
            + pending[1]
            + " bytes pending; "
            + Arrays.stream(Held.values()).map(held -> series(cycles, held)).toList());
  }

  private static void assertHeld(List<long[]> cycles) {
    for (Held held : Held.values()) {
      SoakSeries series = series(cycles, held);
      switch (held) {
        case DESCRIPTORS, MAPPINGS, THREADS, OFF_HEAP_BYTES ->
            assertTrue(series.growth() <= 0, series.toString());
        case ANONYMOUS_KIB -> assertTrue(series.growth() <= MOST_ANONYMOUS_KIB, series.toString());
        case FILE_BYTES -> {
          long[] bytes = series.values();
          long last = bytes[bytes.length - 1];
          long most = bytes[0] * MOST_FILE_PERCENT / 100 + FILE_STEP_BYTES;
          assertTrue(last <= most, "page file " + bytes[0] + " -> " + last);
        }
        case LOG_BYTES -> {
          long most = Arrays.stream(series.values()).max().orElseThrow();
          long limit = SoakProcess.LOG_LIMIT_BYTES + SEGMENTS_AHEAD * SoakProcess.LOG_SEGMENT_BYTES;
          assertTrue(most <= limit, "log of " + most + " bytes, limit " + limit);
        }
      }
    }
  }

  private static SoakSeries series(List<long[]> cycles, Held held) {
    return new SoakSeries(
        held.name(), cycles.stream().mapToLong(cycle -> cycle[held.ordinal()]).toArray());
  }

  @Test
  void aLeakOfOneInTenCyclesIsGrowth() {
    assertTrue(
        new SoakSeries("leak", LongStream.range(0, 100).map(i -> 50 + i / 10).toArray()).growth()
            > 0);
  }

  @Test
  void whatComesAndGoesIsNoGrowth() {
    // One more at times, in the first third as in the last one.
    assertTrue(
        new SoakSeries("noise", LongStream.range(0, 100).map(i -> 50 + i % 7 / 6).toArray())
                .growth()
            <= 0);
    // Once, at the end.
    assertTrue(
        new SoakSeries("late", LongStream.range(0, 100).map(i -> i == 98 ? 51 : 50).toArray())
                .growth()
            <= 0);
  }

  @Test
  void whatGrowsInTheWarmUpIsNoGrowth() {
    assertTrue(
        new SoakSeries("start", LongStream.range(0, 100).map(i -> Math.min(i, 20)).toArray())
                .growth()
            <= 0);
  }

  @Test
  void aFewCyclesSayNothing() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new SoakSeries("few", new long[SoakSeries.LEAST_VALUES - 1]));
  }
}
