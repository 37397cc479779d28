package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What decides how many workers a build has, as it is in the report. */
class PlanningTest {
  private static final BuildOptions ROOMY =
      BuildOptions.defaults()
          .withMaintenanceWorkMem(256 << 20)
          .withMaxParallelMaintenanceWorkers(1)
          .withMinParallelTableSize(0);

  private static TestRows rows() {
    TestRows rows = new TestRows();
    RowShape.SKEW.fill(rows, new SplittableRandom(1));
    return rows;
  }

  private static InMemorySource ints() {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      values.add(i);
    }
    return InMemorySource.ofValues(values);
  }

  private static BuildReport build(TestRows rows, BuildOptions options) {
    BuildRequest request =
        new BuildRequest(
            "b",
            rows,
            List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
            100,
            new MemoryLoaders(),
            options);
    return new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
  }

  @Test
  void aTableOnWhichNothingIsGainedIsBuiltSerially() {
    BuildReport report = build(rows(), ROOMY);
    assertEquals(0, report.startedWorkers());
    assertTrue(report.planReason().contains("gain"), report.planReason());
  }

  @Test
  void aNumberAskedForIsTakenWithoutALookAtTheRows() {
    TestRows rows = rows();
    AtomicLong visits = new AtomicLong();
    rows.onVisit(tid -> visits.incrementAndGet());
    BuildReport report = build(rows, ROOMY.withParallelWorkers(1));
    assertEquals(1, report.startedWorkers());
    assertEquals(rows.size(), visits.get());
  }

  @Test
  void aRowThatCanNotBeReadFailsTheBuildAndNotThePlan() {
    TestRows rows = rows();
    IllegalStateException bug = new IllegalStateException("unreadable");
    rows.onVisit(
        tid -> {
          throw bug;
        });
    try {
      build(rows, ROOMY);
    } catch (BuildFailedException e) {
      assertEquals(bug, e.getCause());
      return;
    }
    throw new AssertionError("the build did not fail");
  }

  @Test
  void anOperatorClassMaySayThatNothingIsGained() {
    for (boolean isWorth : new boolean[] {false, true}) {
      BuildRequest request =
          new BuildRequest(
              "b",
              ints(),
              List.of(new BuildColumn(ColumnPath.WHOLE_ROW, new DescendingInts(isWorth))),
              100,
              new MemoryLoaders(),
              ROOMY);
      BuildReport report =
          new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
      assertEquals(0, report.startedWorkers());
      assertEquals(!isWorth, report.planReason().contains("operator class"));
    }
  }

  @Test
  void oneOperatorClassThatGainsIsEnough() {
    BuildRequest request =
        new BuildRequest(
            "b",
            ints(),
            List.of(
                new BuildColumn(ColumnPath.WHOLE_ROW, new DescendingInts(false)),
                new BuildColumn(ColumnPath.WHOLE_ROW, new DescendingInts(true))),
            100,
            new MemoryLoaders(),
            ROOMY);
    BuildReport report =
        new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
    assertFalse(report.planReason().contains("operator class"), report.planReason());
  }

  @Test
  void anIndexKeepsItsNumberOfWorkersAndABuildMayAskForAnother() {
    DjinnOptions options =
        DjinnOptions.defaults()
            .withPageSizeBytes(1024)
            .withFrameMemoryBytes(1 << 20)
            .withLogSegmentBytes(64 << 10)
            .withLogLimitBytes(1 << 20);
    try (SimVfs disk = new SimVfs(64 << 20)) {
      GinSpec spec = GinSpec.column("$", ArrayOps.ofInts()).withParallelWorkers(2);
      BuildOptions own = BuildOptions.defaults().withMaintenanceWorkMem(8 << 20);
      try (Djinn db = Djinn.open(new SimEnv(disk, 1), options)) {
        assertEquals(2, build(db, "first", spec, own));
        assertEquals(1, build(db, "second", spec, own.withParallelWorkers(1)));
      }
      try (Djinn db = Djinn.open(new SimEnv(disk, 2), options)) {
        // As the catalog has it, which is what an index is built anew by.
        assertEquals(2, build(db, "again", db.gin("second").spec(), own));
        assertEquals(2, reindex(db, own));
        assertEquals(1, reindex(db, own.withParallelWorkers(1)));
        assertEquals(2, db.gin("second").spec().parallelWorkers());
      }
      try (Djinn db = Djinn.open(new SimEnv(disk, 3), options)) {
        assertEquals(2, reindex(db, own));
      }
    }
  }

  private static int reindex(Djinn db, BuildOptions options) {
    return IndexBuild.reindex(
            db, "second", db.gin("second").spec(), rows(), options, BuildListener.SILENT)
        .run()
        .startedWorkers();
  }

  private static int build(Djinn db, String name, GinSpec spec, BuildOptions options) {
    return new IndexBuild(db, name, spec, rows(), options, BuildListener.SILENT)
        .run()
        .startedWorkers();
  }
}
