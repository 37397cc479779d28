package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The least budget follows from the pages: below it a build is refused, from it on it is done. */
class LeastBudgetTest {
  private static final int ROWS = 600;
  private static final Pattern REFUSAL =
      Pattern.compile("maintenanceWorkMem of (\\d+) bytes is below the least .*, (\\d+)");

  /** Rows with a short key and one of any length a page takes. */
  private static RowSource rows(int mostBytes) {
    SplittableRandom random = new SplittableRandom(11);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      String key = Integer.toString(random.nextInt(1_000_000));
      rows.add(List.of(key, key + "x".repeat(random.nextInt(mostBytes - key.length()))));
    }
    return InMemorySource.ofValues(rows);
  }

  /** The same rows of a source that is said to be large, so that arenas take most of a budget. */
  private static RowSource large(RowSource rows) {
    return (RowSource)
        Proxy.newProxyInstance(
            RowSource.class.getClassLoader(),
            new Class<?>[] {RowSource.class},
            (proxy, method, arguments) -> {
              try {
                return method.getName().equals("sizeBytes")
                    ? (Object) (1L << 40)
                    : method.invoke(rows, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void build(int pageBytes, int workers, long budget) {
    build(pageBytes, workers, budget, rows(EntryKeys.maxKeyBytes(pageBytes) - 2));
  }

  private static void build(int pageBytes, int workers, long budget, RowSource rows) {
    try (SimVfs disk = new SimVfs(256 << 20);
        Djinn db =
            Djinn.open(
                new SimEnv(disk, 1),
                DjinnOptions.defaults()
                    .withPageSizeBytes(pageBytes)
                    .withFrameMemoryBytes(1_024L * pageBytes))) {
      BuildReport report =
          new IndexBuild(
                  db,
                  "i",
                  GinSpec.column("$", ArrayOps.ofStrings()),
                  rows,
                  BuildOptions.defaults()
                      .withMaintenanceWorkMem(budget)
                      .withParallelWorkers(workers),
                  BuildListener.SILENT)
              .run();
      assertEquals(ROWS, report.total().rows());
      assertTrue(report.accountedPeak() <= budget);
      assertEquals(List.of(), db.verify());
    }
  }

  /** The least budget that the refusal of a smaller one names. */
  private static long refusedBelow(int pageBytes) {
    BuildFailedException e =
        assertThrows(
            BuildFailedException.class, () -> build(pageBytes, 0, BuildOptions.MIN_WORK_MEM));
    assertInstanceOf(IllegalArgumentException.class, e.getCause());
    Matcher refusal = REFUSAL.matcher(e.getCause().getMessage());
    assertTrue(refusal.matches(), e::getMessage);
    assertEquals(BuildOptions.MIN_WORK_MEM, Long.parseLong(refusal.group(1)));
    return Long.parseLong(refusal.group(2));
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 8 << 10, 16 << 10})
  void pagesOfTheUsualSizesNeedTheLeastBudgetThereIs(int pageBytes) {
    build(pageBytes, 0, BuildOptions.MIN_WORK_MEM);
  }

  @ParameterizedTest
  @ValueSource(ints = {32 << 10, 64 << 10})
  void largePagesNeedMoreAndTheRefusalSaysHowMuch(int pageBytes) {
    long least = refusedBelow(pageBytes);
    for (int workers : new int[] {0, 1}) {
      build(pageBytes, workers, least);
      build(pageBytes, workers, least, large(rows(100)));
    }
    assertThrows(BuildFailedException.class, () -> build(pageBytes, 0, least - 1));
  }

  /** Participants that have ended have given back what merging was to find with the others. */
  @Test
  void theLastParticipantsRunsLeaveWhatMergingNeeds() {
    int pageBytes = 64 << 10;
    long least = refusedBelow(pageBytes);
    for (int mostBytes = 40; mostBytes < EntryKeys.maxKeyBytes(pageBytes); mostBytes *= 2) {
      build(pageBytes, 1, least, large(rows(mostBytes)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 15})
  void manyParticipantsShareABudgetThatIsSmallForTheirPages(int workers) {
    build(64 << 10, workers, 4L << 20);
    build(64 << 10, workers, 16L << 20);
  }
}
