package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.NoMemoryException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Memory can not be had at the n-th time, once and for ever, in a build that writes runs to files,
 * combines them and loads them, until it passes. What the scan draws beyond the start are indexes
 * of runs, which it does without.
 */
class SpillingAllocationTest {
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "1, false", "1, true"})
  void aBuildThatGetsNoMemoryLeavesNothing(int workers, boolean forEver) throws IOException {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 3_000 * (workers + 1); i++) {
      rows.add(i, random.ints(40, 0, 1_000_000).toArray());
    }
    Map<String, List<Long>> oracle = rows.oracle();
    Set<BuildPhase> endedIn = EnumSet.noneOf(BuildPhase.class);
    for (int nth = 1; ; nth++) {
      String name = workers + " workers, " + nth + ", for ever: " + forEver;
      BuildPhase[] phase = {BuildPhase.START};
      BuildListener listener =
          new BuildListener() {
            @Override
            public void event(BuildEvent event) {
              if (event instanceof BuildEvent.PhaseBegun begun) {
                phase[0] = begun.phase();
              }
            }
          };
      HungryLoaders loaders =
          new HungryLoaders(workers == 0 ? MIB - (180 << 10) : 2 * MIB - (500 << 10));
      SimVfs vfs = new SimVfs();
      CountedMemory memory = new CountedMemory(new SimEnv(vfs, nth));
      memory.failAt(nth, forEver);
      try {
        new ParallelBuild(memory, request(rows, loaders, workers), listener).run();
        assertEquals("", loaders.loaders().difference(oracle), name);
      } catch (BuildFailedException e) {
        assertTrue(isOutOfMemory(e), name + ": " + e.getCause());
        endedIn.add(phase[0]);
      }
      assertEquals(0, memory.blocks(), name);
      assertFalse(vfs.exists("tmp") && !vfs.list("tmp").isEmpty(), name);
      if (!memory.lift()) {
        break;
      }
    }
    assertEquals(EnumSet.of(BuildPhase.START, BuildPhase.COMBINE, BuildPhase.LOAD), endedIn);
  }

  private static boolean isOutOfMemory(Throwable failure) {
    Throwable t = failure;
    while (t != null && !(t instanceof NoMemoryException)) {
      t = t.getCause();
    }
    return t != null;
  }

  private static BuildRequest request(TestRows rows, HungryLoaders loaders, int workers) {
    return new BuildRequest(
        "b",
        rows,
        List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
        2_000,
        loaders,
        BuildOptions.defaults()
            .withParallelWorkers(workers)
            .withMaintenanceWorkMem((workers + 1) * MIB));
  }
}
