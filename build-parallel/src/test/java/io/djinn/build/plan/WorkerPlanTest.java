package io.djinn.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkerPlanTest {
  private static final long MIB = 1L << 20;
  private static final BuildOptions ROOMY =
      BuildOptions.defaults().withMaintenanceWorkMem(1024 * MIB);

  @Test
  void aSourceBelowTheLeastSizeIsBuiltSerially() {
    assertEquals(0, WorkerPlan.of(ROOMY, 8 * MIB - 1, 64).workers());
  }

  @Test
  void eachTriplingAddsAWorker() {
    assertEquals(1, WorkerPlan.of(ROOMY, 8 * MIB, 64).workers());
    assertEquals(1, WorkerPlan.of(ROOMY, 24 * MIB - 1, 64).workers());
    assertEquals(2, WorkerPlan.of(ROOMY, 24 * MIB, 64).workers());
    assertEquals(3, WorkerPlan.of(ROOMY, 72 * MIB, 64).workers());
    assertEquals(4, WorkerPlan.of(ROOMY, 216 * MIB, 64).workers());
  }

  @Test
  void aLeastSizeOfZeroStillEnds() {
    BuildOptions options = ROOMY.withMinParallelTableSize(0);
    assertTrue(WorkerPlan.of(options, Long.MAX_VALUE, 4096).workers() >= 1);
    assertEquals(1, WorkerPlan.of(options, 0, 64).workers());
  }

  @Test
  void theCostModelLeavesOneCoreAndObeysTheMaximum() {
    assertEquals(1, WorkerPlan.of(ROOMY, 10_000 * MIB, 2).workers());
    assertEquals(0, WorkerPlan.of(ROOMY, 10_000 * MIB, 1).workers());
    assertEquals(
        3, WorkerPlan.of(ROOMY.withMaxParallelMaintenanceWorkers(3), 10_000 * MIB, 2).workers());
  }

  @Test
  void theCostModelWantsThirtyTwoMebibytesAParticipant() {
    assertEquals(
        1, WorkerPlan.of(ROOMY.withMaintenanceWorkMem(64 * MIB), 10_000 * MIB, 64).workers());
    assertEquals(
        0, WorkerPlan.of(ROOMY.withMaintenanceWorkMem(63 * MIB), 10_000 * MIB, 64).workers());
  }

  @Test
  void aNumberAskedForSkipsCostModelAndMemoryRule() {
    BuildOptions options = ROOMY.withMaintenanceWorkMem(10 * MIB).withParallelWorkers(7);
    assertEquals(7, WorkerPlan.of(options, 0, 1).workers());
    assertEquals(0, WorkerPlan.of(options.withParallelWorkers(0), 10_000 * MIB, 64).workers());
  }

  @Test
  void aNumberAskedForIsCutBelowOneMebibyteAndThePlanSaysSo() {
    BuildOptions options = ROOMY.withMaintenanceWorkMem(4 * MIB).withParallelWorkers(7);
    WorkerPlan plan = WorkerPlan.of(options, 0, 1);
    assertEquals(3, plan.workers());
    assertTrue(plan.reason().contains("asked 7, cut to 3"), plan.reason());
  }

  @Test
  void aNumberAskedForIsCutByAnExplicitMaximum() {
    WorkerPlan plan =
        WorkerPlan.of(ROOMY.withParallelWorkers(7).withMaxParallelMaintenanceWorkers(2), 0, 64);
    assertEquals(2, plan.workers());
    assertTrue(plan.reason().contains("maxParallelMaintenanceWorkers"), plan.reason());
  }

  @Test
  void optionsOutOfBoundsAreRefusedWithValueAndLimit() {
    assertMessage("1048575", () -> ROOMY.withMaintenanceWorkMem(MIB - 1));
    assertMessage("1025", () -> ROOMY.withParallelWorkers(1025));
    assertMessage("-2", () -> ROOMY.withMaxParallelMaintenanceWorkers(-2));
    assertMessage("-1", () -> ROOMY.withMinParallelTableSize(-1));
    assertMessage("-5", () -> ROOMY.withTempFileLimit(-5));
  }

  private static void assertMessage(String part, Runnable change) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, change::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
