package io.djinn.perf;

import io.djinn.build.plan.CostModel;
import io.djinn.build.plan.TableSample;
import io.djinn.build.plan.UnitCosts;

/**
 * What a build of a larger table is expected to take with as many cores as participants, by what it
 * takes.
 *
 * @param ownSeconds of the work that participants share, were none slowed down
 * @param sharingSeconds by which they slow each other down
 * @param leadSeconds of one thread alone
 * @param diskSeconds in which the disk takes the runs, gives them back, and takes the pages
 */
record ScaledBuild(
    double ownSeconds, double sharingSeconds, double leadSeconds, double diskSeconds) {
  private static final long BUDGET_A_PARTICIPANT = 64L << 20;

  static ScaledBuild of(
      Figures build, int growth, int participants, UnitCosts costs, double diskBytesASecond) {
    TableSample seen = CostFit.sample(build);
    TableSample sample =
        new TableSample(
            seen.tableRows() * growth,
            seen.rows(),
            seen.keys(),
            seen.distinctKeys(),
            seen.singleKeys(),
            seen.distinctBytes(),
            seen.extractNanos());
    CostModel model =
        new CostModel(sample, BUDGET_A_PARTICIPANT * participants, participants, costs);
    double own = costs.workNanos(model.counts(participants)) / participants / 1e9;
    double packed =
        build.number("spilledBytes") == 0
            ? 1
            : build.number("compressedBytes") / build.number("rawBytes");
    double diskBytes =
        2 * model.counts(participants).fileBytes() * packed + growth * build.number("indexBytes");
    return new ScaledBuild(
        own,
        model.sharedSeconds(participants) - own,
        model.leadSeconds(participants),
        diskBytes / diskBytesASecond);
  }

  /** The disk works beside the participants, and is waited for where it is slower. */
  double seconds() {
    return Math.max(ownSeconds + sharingSeconds + leadSeconds, diskSeconds);
  }

  /** What takes most of the time. */
  String limit() {
    if (diskSeconds > ownSeconds + sharingSeconds + leadSeconds) {
      return "disk";
    }
    if (ownSeconds >= Math.max(sharingSeconds, leadSeconds)) {
      return "cores";
    }
    return sharingSeconds >= leadSeconds ? "memory shared" : "one thread alone";
  }
}
