package io.djinn.perf;

/**
 * A build that costs are fitted to, or that a fit is tried on.
 *
 * @param share of a copy of the table: one row in so many, the first ones
 * @param participants of the build
 * @param budgetBytes of the build
 * @param isHeldOut whether the fit does not see it
 */
record FitBuild(int share, int participants, long budgetBytes, boolean isHeldOut) {
  /** Whether another build differs from this one by nothing but two participants for one. */
  boolean isPairedWith(FitBuild other) {
    return participants == 1
        && other.participants == 2
        && share == other.share
        && budgetBytes == other.budgetBytes;
  }

  /** As in {@code 1/4 x1 64MiB}. */
  String text() {
    return "1/" + share + " x" + participants + " " + (budgetBytes >> 20) + "MiB";
  }
}
