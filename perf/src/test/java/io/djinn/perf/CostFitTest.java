package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildWait;
import io.djinn.build.plan.BuildCounts;
import io.djinn.build.plan.UnitCosts;
import io.djinn.build.work.BuildWork;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostFitTest {
  private static final double SHARING = 0.08;
  private static final double START_NANOS = 2e6;
  private final SplittableRandom random = new SplittableRandom(TestSeed.forTest("CostFitTest"));

  /** A build that takes what the costs of this test say. */
  private static Figures build(
      long rows, long tids, long keys, long records, boolean spills, int participants) {
    double slower = 1 + SHARING * (participants - 1);
    double keyBytes = 3 + rows % 40;
    long rowNanos = 4_000 + tids % 9_000;
    double fileBytes = spills ? 2.0 * tids : 0;
    Figures figures =
        new Figures()
            .put("rows", rows)
            .put("participants", participants)
            .put("sampledRows", 10L)
            .put("sampledKeys", 100L)
            .put("sampledDistinctKeys", 50L)
            .put("sampledSingleKeys", 20L)
            .put("sampledDistinctBytes", (long) (50 * keyBytes))
            .put("sampledNanos", 10 * rowNanos)
            .put("tids", tids)
            .put("keys", keys)
            .put("records", records)
            .put("rawBytes", 2 * tids)
            .put("compressedBytes", spills ? tids : 2 * tids)
            .put("spilledBytes", spills ? tids : 0L)
            .put("startSeconds", 1e-3 + (participants - 1) * START_NANOS / 1e9);
    double[] nanos = new double[BuildWork.values().length];
    nanos[BuildWork.SCAN.ordinal()] = rows * rowNanos * 0.1;
    nanos[BuildWork.EXTRACT.ordinal()] = rows * rowNanos * 0.3;
    nanos[BuildWork.ACCUMULATE.ordinal()] = tids * 20.0 + records * 100.0;
    nanos[BuildWork.SORT.ordinal()] = records * 150.0;
    nanos[BuildWork.SPILL.ordinal()] = tids * 2.0 + fileBytes * 1.5;
    nanos[BuildWork.MERGE.ordinal()] = tids * 8.0 + records * 60.0 + fileBytes * 0.5;
    nanos[BuildWork.LOAD.ordinal()] = tids * 10.0 + keys * 200.0;
    double lead = 3e6 + keys * 5.0;
    double shared = 0;
    double processor = 0;
    for (BuildWork kind : BuildWork.values()) {
      double seconds = kind == BuildWork.LEAD ? lead / 2e9 : nanos[kind.ordinal()] * slower / 1e9;
      shared += kind == BuildWork.LEAD ? 0 : seconds;
      processor += seconds;
      // The clock tells more: another process had the processor for a third of the time.
      figures.put(BuildProbe.name(kind) + "WorkSeconds", seconds * 1.5);
    }
    for (BuildWait cause : BuildWait.values()) {
      figures.put(
          BuildProbe.name(cause) + "WaitSeconds", cause == BuildWait.COMMIT ? lead / 2e9 : 0);
    }
    figures.put("cpuSeconds", processor);
    return figures.put(
        "seconds", shared / participants + (lead + (participants - 1) * START_NANOS) / 1e9);
  }

  private Figures any(int participants) {
    long rows = 1_000 + random.nextLong(1_000_000);
    long tids = rows * random.nextLong(1, 100);
    long keys = 1 + random.nextLong(tids);
    return build(
        rows, tids, keys, keys * random.nextLong(1, 9), random.nextBoolean(), participants);
  }

  private CostFit fit() {
    List<Figures> builds = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      builds.add(any(1));
    }
    List<List<Figures>> pairs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      pairs.add(
          List.of(
              build(1_000 * (i + 1), 90_000, 800, 1_600, false, 1),
              build(1_000 * (i + 1), 90_000, 800, 2_400, false, 2)));
    }
    return CostFit.of(builds, pairs);
  }

  @Test
  void costsThatBuildsWereMadeOfAreFound() {
    UnitCosts costs = fit().costs();
    assertEquals(0.4, costs.extract(), 1e-6);
    assertEquals(40, costs.tid(), 1e-4);
    assertEquals(200, costs.key(), 1e-3);
    assertEquals(310, costs.record(), 1e-3);
    assertEquals(0, costs.recordKeyByte(), 1e-3);
    assertEquals(2, costs.fileByte(), 1e-5);
    assertEquals(3e6, costs.lead(), 1);
    assertEquals(5, costs.leadKey(), 1e-4);
    assertEquals(0, costs.leadTid(), 1e-4);
    assertEquals(START_NANOS, costs.start(), 1);
    assertEquals(SHARING, costs.sharing(), 1e-6);
  }

  @Test
  void aBuildTheFitHasNotSeenIsPredictedWithAnyNumberOfParticipants() {
    CostFit fit = fit();
    for (int participants = 1; participants <= 32; participants *= 2) {
      Figures build = any(participants);
      assertEquals(build.number("seconds"), fit.seconds(CostFit.counts(build), participants), 1e-5);
    }
  }

  @Test
  void aPartIsTheTimeOfItsKindAndWaitsForTheDiskAreOfOneThreadAlone() {
    Figures build = any(1);
    BuildCounts counts = CostFit.counts(build);
    CostFit fit = fit();
    double sum = 0;
    for (FitPart part : FitPart.values()) {
      assertEquals(part.seconds(build), fit.seconds(part, counts), 1e-5, part.name());
      sum += part.seconds(build);
    }
    assertEquals(build.number("seconds"), sum, 1e-9);
    assertEquals(sum, CostFit.ownSeconds(build), 1e-9);
  }

  @Test
  void moreCoresEndWhereOneThreadOrTheDiskOrSharedMemoryIsTheLimit() {
    Figures build = any(1).put("indexBytes", 100_000_000L);
    UnitCosts alone = new UnitCosts(0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0);
    assertEquals("cores", ScaledBuild.of(build, 5, 1, alone, 1e18).limit());
    assertEquals("one thread alone", ScaledBuild.of(build, 5, 8, alone, 1e18).limit());
    assertEquals("disk", ScaledBuild.of(build, 5, 8, alone, 1).limit());
    UnitCosts sharing = new UnitCosts(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    assertEquals("memory shared", ScaledBuild.of(build, 5, 8, sharing, 1e18).limit());
    UnitCosts none = new UnitCosts(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    double one = ScaledBuild.of(build, 5, 1, none, 1e18).seconds();
    double eight = ScaledBuild.of(build, 5, 8, none, 1e18).seconds();
    assertEquals(8, one / eight, 1e-9);
    assertTrue(ScaledBuild.of(build, 5, 8, none, 1).seconds() > one);
  }
}
