package io.djinn.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostModelTest {
  private static final long MIB = 1L << 20;

  /** Costs of another machine are at most so many times those of the fit, or as little. */
  private static final double OTHER = 1.5;

  /** A hundred small keys a row, of ten thousand. */
  private static TableSample arrays(long tableRows) {
    return new TableSample(tableRows, 300, 30_000, 9_500, 1_400, 38_000, 300_000);
  }

  /** One key a row, each another one. */
  private static TableSample distinct(long tableRows) {
    return new TableSample(tableRows, 8_000, 8_000, 8_000, 8_000, 64_000, 2_000_000);
  }

  @Test
  void aTableThatTakesHardlyAnyTimeIsBuiltSerially() {
    assertEquals(0, new CostModel(arrays(1_000), 64 * MIB, 8).workers(7));
    assertEquals(0, new CostModel(distinct(10_000), 64 * MIB, 8).workers(7));
  }

  @Test
  void aLargeTableIsWorthWorkers() {
    assertEquals(1, new CostModel(arrays(1_000_000), 64 * MIB, 2).workers(1));
    assertTrue(new CostModel(arrays(10_000_000), 1024 * MIB, 8).workers(7) >= 5);
  }

  @Test
  void moreParticipantsThanCoresGainNothing() {
    CostModel model = new CostModel(arrays(1_000_000), 256 * MIB, 2);
    assertEquals(1, model.workers(7));
    assertTrue(model.seconds(4) > model.seconds(2));
    assertEquals(0, new CostModel(arrays(1_000_000), 256 * MIB, 1).workers(7));
  }

  @Test
  void tablesThatHoldTheKeysAHandfulOfTimesMakeMoreWork() {
    TableSample sample = distinct(100_000_000);
    double narrow = new CostModel(sample, 64 * MIB, 8).seconds(1);
    double wide = new CostModel(sample, 64 * 1024 * MIB, 8).seconds(1);
    assertTrue(narrow >= wide, narrow + " " + wide);
  }

  /** Costs of a machine where nothing but what is given costs anything. */
  private static CostModel model(double tid, double leadTid, double sharing) {
    UnitCosts costs = new UnitCosts(0, tid, 0, 0, 0, 0, 0, 0, leadTid, 1e6, sharing);
    return new CostModel(arrays(1_000_000), 256 * MIB, 8, costs);
  }

  @Test
  void workersThatSlowEachOtherDownAsMuchAsTheyShareAreNotChosen() {
    assertEquals(7, model(50, 0, 0).workers(7));
    assertEquals(0, model(50, 0, 1).workers(7));
    assertEquals(0, model(50, 0, 1.2).workers(7));
  }

  @Test
  void aGainBelowATenthOfTheTimeIsNone() {
    assertEquals(1, model(6, 20, 0).workers(1));
    CostModel little = model(4, 20, 0);
    assertTrue(little.seconds(1) - little.seconds(2) > 2 * CostModel.LEAST_GAIN_SECONDS);
    assertEquals(0, little.workers(1));
  }

  @Test
  void whatTakesNoLongerThanAGainIsWorthIsBuiltSerially() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("CostModelTest"));
    int serial = 0;
    for (int i = 0; i < 3_000; i++) {
      CostModel model = new CostModel(anySample(random), 64 * MIB, 1 + random.nextInt(64));
      if (model.seconds(1) <= CostModel.LEAST_GAIN_SECONDS) {
        assertEquals(0, model.workers(64));
        serial++;
      }
    }
    assertTrue(serial > 20, serial + " serial ones");
  }

  /**
   * On a machine that is unlike that of the fit a choice may be no good one, but it hardly ever
   * does harm: one in a thousand is slower than serial (measured of 300,000), and none by more than
   * work and sharing that cost so much more where serial work costs so much less.
   */
  @Test
  void aChoiceIsHardlyEverSlowerThanSerialWhereCostsAreOthers() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("CostModelTest"));
    double most = (1 - CostModel.LEAST_GAIN_SHARE) * OTHER * OTHER * OTHER;
    int parallel = 0;
    int slower = 0;
    for (int i = 0; i < 3_000; i++) {
      TableSample sample = anySample(random);
      long budget = 64 * MIB << random.nextInt(0, 8);
      int cores = 2 + random.nextInt(31);
      int workers = new CostModel(sample, budget, cores).workers(cores - 1);
      if (workers > 0) {
        CostModel elsewhere = new CostModel(sample, budget, cores, otherCosts(random));
        double serial = elsewhere.seconds(1);
        double chosen = elsewhere.seconds(workers + 1);
        assertTrue(chosen <= serial * most, sample + ": " + serial + " and " + chosen);
        parallel++;
        slower += chosen > serial ? 1 : 0;
      }
    }
    assertTrue(parallel > 200, parallel + " parallel ones");
    assertTrue(slower <= parallel / 50, slower + " of " + parallel + " slower than serial");
  }

  /** Each cost up to {@link #OTHER} times or as little. */
  private static UnitCosts otherCosts(SplittableRandom random) {
    UnitCosts costs = UnitCosts.MEASURED;
    return new UnitCosts(
        other(random, costs.extract()),
        other(random, costs.tid()),
        other(random, costs.key()),
        other(random, costs.record()),
        other(random, costs.recordKeyByte()),
        other(random, costs.fileByte()),
        other(random, costs.lead()),
        other(random, costs.leadKey()),
        other(random, costs.leadTid()),
        other(random, costs.start()),
        other(random, costs.sharing()));
  }

  private static double other(SplittableRandom random, double cost) {
    return cost * Math.pow(OTHER, random.nextDouble() * 2 - 1);
  }

  private static TableSample anySample(SplittableRandom random) {
    long rows = 1 + random.nextLong(1L << random.nextInt(1, 14));
    long keys = random.nextLong(1 + rows * random.nextInt(1, 200));
    long distinct = keys == 0 ? 0 : 1 + random.nextLong(keys);
    long single = random.nextLong(distinct + 1);
    return new TableSample(
        rows + random.nextLong(1L << random.nextInt(1, 34)),
        rows,
        keys,
        distinct,
        single,
        distinct * random.nextInt(0, 2_000),
        random.nextLong(1L << random.nextInt(10, 34)));
  }

  @Test
  void aChoiceIsNeverWorseThanSerialByItsOwnReckoning() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("CostModelTest"));
    for (int i = 0; i < 3_000; i++) {
      TableSample sample = anySample(random);
      CostModel model = new CostModel(sample, MIB << random.nextInt(0, 14), 1 + random.nextInt(64));
      int most = random.nextInt(0, 64);
      int workers = model.workers(most);
      assertTrue(workers >= 0 && workers <= most);
      assertTrue(Double.isFinite(model.seconds(workers + 1)) && model.seconds(1) >= 0);
      if (workers > 0) {
        double gain = model.seconds(1) - model.seconds(workers + 1);
        assertTrue(gain > CostModel.LEAST_GAIN_SECONDS, sample + " gains " + gain);
      }
    }
  }

  @Test
  void aSampleOfNothingOrOfMoreThanThereIsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TableSample(10, 0, 0, 0, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new TableSample(10, 11, 1, 1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new TableSample(10, 5, 1, 2, 1, 1, 1));
  }

  @Test
  void theOperatorClassAndTheSampleAreAskedOnlyWhereTheyDecide() {
    BuildOptions options = BuildOptions.defaults().withMaintenanceWorkMem(256 * MIB);
    WorkerPlan none = WorkerPlan.of(options, 100 * MIB, 8, false, CostModelTest::mustNotBeAsked);
    assertEquals(0, none.workers());
    assertTrue(none.reason().contains("operator class"), none.reason());
    assertEquals(0, WorkerPlan.of(options, MIB, 8, true, CostModelTest::mustNotBeAsked).workers());
    assertEquals(
        5,
        WorkerPlan.of(options.withParallelWorkers(5), 0, 8, false, CostModelTest::mustNotBeAsked)
            .workers());
    WorkerPlan small = WorkerPlan.of(options, 100 * MIB, 8, true, () -> arrays(1_000));
    assertEquals(0, small.workers());
    assertTrue(small.reason().contains("gain"), small.reason());
    assertEquals(3, WorkerPlan.of(options, 100 * MIB, 8, true, () -> arrays(5_000_000)).workers());
    assertEquals(3, WorkerPlan.of(options, 100 * MIB, 8, true, () -> null).workers());
  }

  private static TableSample mustNotBeAsked() {
    throw new AssertionError("no sample is needed");
  }
}
