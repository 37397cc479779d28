package io.djinn.build;

/**
 * How far a build was at one moment.
 *
 * @param phase it was in
 * @param done of the phase's work: blocks scanned, or bytes merged
 * @param total of the phase's work
 * @param participants at work
 * @param rows scanned
 * @param runs written
 * @param spilledBytes written to temporary files
 * @param pages loaded
 * @param usedBytes drawn on the budget
 * @param seconds since the build began
 */
public record BuildProgress(
    BuildPhase phase,
    long done,
    long total,
    int participants,
    long rows,
    long runs,
    long spilledBytes,
    long pages,
    long usedBytes,
    double seconds) {
  /** Of a build that has not begun. */
  public static final BuildProgress NONE =
      new BuildProgress(BuildPhase.START, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
