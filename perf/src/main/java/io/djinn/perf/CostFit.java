package io.djinn.perf;

import io.djinn.build.plan.BuildCounts;
import io.djinn.build.plan.TableSample;
import io.djinn.build.plan.UnitCosts;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Costs fitted to the measured parts of builds with one participant, each error counted as a share
 * of its build's time so that small tables tell as much as large ones.
 */
final class CostFit {
  private final Map<FitPart, double[]> factors = new EnumMap<>(FitPart.class);
  private double sharing;
  private double startNanos;

  private CostFit() {}

  /**
   * Fits.
   *
   * @param builds with one participant, at least one
   * @param pairs builds with one and with two participants that are alike in all else
   */
  static CostFit of(List<Figures> builds, List<List<Figures>> pairs) {
    CostFit fit = new CostFit();
    for (FitPart part : FitPart.values()) {
      double[][] rows = new double[builds.size()][part.counts().size()];
      double[] values = new double[builds.size()];
      for (int i = 0; i < rows.length; i++) {
        Figures build = builds.get(i);
        BuildCounts counts = counts(build);
        double whole = ownSeconds(build);
        for (int j = 0; j < part.counts().size(); j++) {
          rows[i][j] = part.counts().get(j).of(counts) / whole;
        }
        values[i] = part.seconds(build) * 1e9 / whole;
      }
      fit.factors.put(part, LeastSquares.nonNegative(rows, values));
    }
    if (!pairs.isEmpty()) {
      fit.sharing = Math.max(0, median(pairs, fit::sharing));
      fit.startNanos = Math.max(0, median(pairs, CostFit::startNanos));
    }
    return fit;
  }

  @FunctionalInterface
  private interface OfPair {
    double of(Figures one, Figures two);
  }

  private static double median(List<List<Figures>> pairs, OfPair figure) {
    return Series.of(
            pairs.stream().mapToDouble(pair -> figure.of(pair.get(0), pair.get(1))).toArray())
        .median();
  }

  /** What two at work add to each other's time, beside what they have more to do. */
  private double sharing(Figures one, Figures two) {
    return sharedSeconds(two) / sharedSeconds(one) / (workNanos(two) / workNanos(one)) - 1;
  }

  private double workNanos(Figures build) {
    return costs().workNanos(counts(build));
  }

  private static double startNanos(Figures one, Figures two) {
    return (two.number("startSeconds") - one.number("startSeconds")) * 1e9;
  }

  /** Seconds a build would have taken, had each participant always had a processor. */
  static double ownSeconds(Figures build) {
    double participants = build.number("participants");
    double disk = FitPart.diskSeconds(build);
    return (sharedSeconds(build) + disk) / participants + FitPart.LEAD.seconds(build) - disk;
  }

  private static double sharedSeconds(Figures build) {
    double seconds = 0;
    for (FitPart part : FitPart.values()) {
      seconds += part.isShared() ? part.seconds(build) : 0;
    }
    return seconds;
  }

  /**
   * What a build had to do, from its report; length of keys and time of rows are from the sample.
   */
  static BuildCounts counts(Figures build) {
    TableSample sample = sample(build);
    double records = build.number("records");
    // Runs in memory are not packed.
    double inMemory = build.number("compressedBytes") - build.number("spilledBytes");
    return new BuildCounts(
        sample.tableRows() * sample.extractNanosARow(),
        build.number("tids"),
        build.number("keys"),
        records,
        records * sample.keyBytes(),
        build.number("rawBytes") - inMemory);
  }

  /** What was seen of the table before the build. */
  static TableSample sample(Figures build) {
    return new TableSample(
        (long) build.number("rows"),
        (long) build.number("sampledRows"),
        (long) build.number("sampledKeys"),
        (long) build.number("sampledDistinctKeys"),
        (long) build.number("sampledSingleKeys"),
        (long) build.number("sampledDistinctBytes"),
        (long) build.number("sampledNanos"));
  }

  /** Nanoseconds of a part for each thing counted, in the order of {@link FitPart#counts}. */
  double[] factors(FitPart part) {
    return factors.get(part).clone();
  }

  /** Seconds a part takes, over all participants. */
  double seconds(FitPart part, BuildCounts counts) {
    double nanos = 0;
    for (int i = 0; i < part.counts().size(); i++) {
      nanos += factors.get(part)[i] * part.counts().get(i).of(counts);
    }
    return nanos / 1e9;
  }

  /** Seconds a build with these counts takes. */
  double seconds(BuildCounts counts, int participants) {
    UnitCosts costs = costs();
    return (costs.workNanos(counts) * (1 + sharing * (participants - 1)) / participants
            + costs.leadNanos(counts)
            + (participants - 1) * startNanos)
        / 1e9;
  }

  /** What the parts cost together, as the build's own cost model takes it. */
  UnitCosts costs() {
    double[] shared = new double[FitPart.Count.values().length];
    double[] lead = new double[shared.length];
    for (FitPart part : FitPart.values()) {
      double[] sum = part.isShared() ? shared : lead;
      for (int i = 0; i < part.counts().size(); i++) {
        sum[part.counts().get(i).ordinal()] += factors.get(part)[i];
      }
    }
    return new UnitCosts(
        shared[FitPart.Count.EXTRACT_NANO.ordinal()],
        shared[FitPart.Count.TID.ordinal()],
        shared[FitPart.Count.KEY.ordinal()],
        shared[FitPart.Count.RECORD.ordinal()],
        shared[FitPart.Count.RECORD_KEY_BYTE.ordinal()],
        shared[FitPart.Count.FILE_BYTE.ordinal()],
        lead[FitPart.Count.ONE.ordinal()],
        lead[FitPart.Count.KEY.ordinal()],
        lead[FitPart.Count.TID.ordinal()],
        startNanos,
        sharing);
  }
}
