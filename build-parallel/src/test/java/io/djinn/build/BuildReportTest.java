package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.work.BuildWork;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BuildReportTest {
  private static final DjinnOptions OPTIONS = DjinnOptions.defaults().withPageSizeBytes(1024);

  private static TestRows rows(RowShape shape) {
    TestRows rows = new TestRows();
    shape.fill(rows, new SplittableRandom(7));
    return rows;
  }

  private static IndexBuild build(Djinn db, TestRows rows, int workers, BuildListener listener) {
    return new IndexBuild(
        db,
        "i" + workers,
        GinSpec.column("$", ArrayOps.ofInts()),
        rows,
        BuildOptions.defaults()
            .withParallelWorkers(workers)
            .withMaintenanceWorkMem((workers + 1L) << 20),
        listener);
  }

  @Test
  void totalsAreTheSameForEveryNumberOfWorkers() {
    TestRows rows = rows(RowShape.SKEW);
    long keys = rows.oracle().size();
    long tids = rows.oracle().values().stream().mapToLong(List::size).sum();
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      for (int workers = 0; workers <= 8; workers++) {
        BuildReport report = build(db, rows, workers, BuildListener.SILENT).run();
        ParticipantReport total = report.total();
        assertEquals(workers + 1, report.participants().size());
        assertEquals(rows.size(), total.rows());
        assertEquals(keys, total.keys());
        assertEquals(tids, total.tids());
        assertSums(report);
        try (Snapshot snapshot = db.snapshot()) {
          GinStats stats = db.gin("i" + workers).stats(snapshot);
          assertEquals(keys, stats.keys());
          assertEquals(tids, stats.tids());
          assertEquals(stats.totalPages() - 1, total.pages(), "all but the metapage");
        }
      }
    }
  }

  private static void assertSums(BuildReport report) {
    ParticipantReport total = report.total();
    long runs = 0;
    long rawBytes = 0;
    long pages = 0;
    long logBytes = 0;
    for (int i = 0; i < report.participants().size(); i++) {
      ParticipantReport each = report.participants().get(i);
      assertEquals(i, each.participant());
      runs += each.runs();
      rawBytes += each.rawBytes();
      pages += each.pages();
      logBytes += each.logBytes();
      assertEquals(each.phases().get(0).runs(), each.ring().runs());
      assertEquals(each.phases().get(0).compressedBytes(), each.ring().bytes());
      assertTrue(each.ring().blocks() >= each.ring().runs());
    }
    assertEquals(runs, total.runs());
    assertEquals(rawBytes, total.rawBytes());
    assertEquals(pages, total.pages());
    assertTrue(total.ratio() > 0.5, "ratio " + total.ratio());
    assertEquals(
        List.of(BuildPhase.SCAN, BuildPhase.COMBINE, BuildPhase.LOAD, BuildPhase.COMPLETE),
        total.phases().stream().map(PhaseReport::phase).toList());
    double phases = report.phaseSeconds().values().stream().mapToDouble(d -> d).sum();
    assertTrue(phases > 0 && phases <= report.seconds(), phases + " of " + report.seconds());
    long records = 0;
    for (ParticipantReport each : report.participants()) {
      records += each.records();
      double work = each.work().values().stream().mapToDouble(d -> d).sum();
      double busy = each.phases().stream().mapToDouble(PhaseReport::seconds).sum();
      assertEquals(busy, work, 1e-6, "all work is of one kind or another");
      double lead = report.participants().get(0).workSeconds(BuildWork.LEAD);
      assertTrue(each.workSeconds(BuildWork.LEAD) <= lead, each::toString);
    }
    assertEquals(records, total.records());
    assertTrue(records >= total.keys(), "a key has a record in each run it is in");
    for (BuildWork kind : BuildWork.values()) {
      double sum = report.participants().stream().mapToDouble(p -> p.workSeconds(kind)).sum();
      assertEquals(sum, total.workSeconds(kind), 1e-9, kind::toString);
      assertTrue(sum > 0, kind::toString);
    }
    assertTrue(total.logBytes() > 0);
    assertEquals(logBytes, total.logBytes());
    assertEquals(report.logBytes(), total.logBytes());
  }

  @Test
  void oneParticipantIsAloneFromTheBeginToTheEnd() {
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      BuildReport report = build(db, rows(RowShape.SKEW), 0, BuildListener.SILENT).run();
      assertTrue(report.seconds(BuildPhase.START) > 0);
      assertEquals(1.0, report.lonelyShare());
    }
  }

  @Test
  void aParticipantWithoutRowsHasZeros() {
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      for (RowShape shape : List.of(RowShape.ONE_ROW, RowShape.NO_ROWS)) {
        TestRows rows = rows(shape);
        BuildReport report = build(db, rows, 8, BuildListener.SILENT).run();
        int rowless = 0;
        for (ParticipantReport each : report.participants()) {
          if (each.rows() == 0) {
            rowless++;
            assertEquals(0, each.runs());
            assertEquals(0, each.rawBytes());
            assertEquals(0, each.compressedBytes());
            assertEquals(0, each.spilledBytes());
            assertEquals(new RingReport(0, 0, 0, 0), each.ring());
            assertEquals(1.0, each.ratio());
          }
        }
        assertEquals(9 - rows.size(), rowless);
        assertEquals(rows.size(), report.total().rows());
        db.drop("i8");
      }
    }
  }

  @Test
  void waitsInTheEngineAreToldByCauseAndAreNoWork() {
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      ParticipantReport total =
          build(db, rows(RowShape.DISTINCT), 1, BuildListener.SILENT).run().total();
      for (BuildWait cause : BuildWait.values()) {
        // Growth is waited for by the thread that reserves extents, for which loading threads wait.
        // Nothing but those extents goes to the log.
        boolean isNever = cause == BuildWait.GROW || cause == BuildWait.LOG;
        assertEquals(!isNever, total.waitSeconds(cause) > 0, cause::toString);
      }
      assertEquals(
          total.waitSeconds(),
          total.waits().values().stream().mapToDouble(Double::doubleValue).sum());
    }
  }

  @Test
  void progressCanBeAskedForAtAnyTimeAndNeverGoesBack() {
    List<BuildProgress> seen = new ArrayList<>();
    IndexBuild[] build = new IndexBuild[1];
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            seen.add(build[0].progress());
          }
        };
    TestRows rows = rows(RowShape.DISTINCT);
    rows.onVisit(tid -> seen.add(build[0].progress()));
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      build[0] = build(db, rows, 2, listener);
      assertEquals(BuildProgress.NONE, build[0].progress());
      BuildReport report = build[0].run();
      seen.add(build[0].progress());
      BuildProgress before = BuildProgress.NONE;
      for (BuildProgress next : seen) {
        assertTrue(next.phase().compareTo(before.phase()) >= 0);
        assertTrue(next.done() <= next.total(), next::toString);
        assertTrue(next.phase() != before.phase() || next.done() >= before.done());
        assertTrue(next.rows() >= before.rows() && next.runs() >= before.runs());
        assertTrue(next.spilledBytes() >= before.spilledBytes());
        assertTrue(next.pages() >= before.pages() && next.seconds() >= before.seconds());
        assertTrue(next.usedBytes() <= report.budgetBytes());
        before = next;
      }
      assertEquals(BuildPhase.ENDED, before.phase());
      assertEquals(report.total().rows(), before.rows());
      assertEquals(report.total().runs(), before.runs());
      assertEquals(report.total().pages(), before.pages());
      assertEquals(0, before.usedBytes());
      assertTrue(seen.stream().anyMatch(p -> p.phase() == BuildPhase.LOAD && p.done() > 0));
    }
  }
}
