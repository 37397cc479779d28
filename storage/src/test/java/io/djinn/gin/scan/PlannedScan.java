package io.djinn.gin.scan;

import io.djinn.page.StepReader;

/** Runs a scan as a cursor does: plans it between steps. */
final class PlannedScan {
  private PlannedScan() {}

  /** The next block, or PAUSED or END. */
  static int next(GinScan scan, StepReader step, long[] block) {
    scan.plan();
    return scan.next(step, block);
  }
}
