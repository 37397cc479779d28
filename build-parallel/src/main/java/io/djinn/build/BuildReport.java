package io.djinn.build;

import java.util.List;
import java.util.Map;

/**
 * What a build did.
 *
 * @param askedWorkers the plan wanted
 * @param startedWorkers that did start
 * @param planReason what decided the number asked for
 * @param seconds from start to visible index
 * @param phaseSeconds by the clock, of each phase there was
 * @param ranges the key space was cut into
 * @param logBytes the build's batches added to the log, the first one included
 * @param accountedPeak the most bytes drawn on the budget at one time
 * @param budgetBytes the budget
 * @param lonelyShare share of the time in which fewer than two participants worked
 * @param participants each one's part, the leader's first
 */
public record BuildReport(
    int askedWorkers,
    int startedWorkers,
    String planReason,
    double seconds,
    Map<BuildPhase, Double> phaseSeconds,
    int ranges,
    long logBytes,
    long accountedPeak,
    long budgetBytes,
    double lonelyShare,
    List<ParticipantReport> participants) {
  public BuildReport {
    phaseSeconds = Map.copyOf(phaseSeconds);
    participants = List.copyOf(participants);
  }

  /** All participants together; rows, keys and TIDs do not depend on how many there were. */
  public ParticipantReport total() {
    return participants.stream().reduce(ParticipantReport.NOTHING, ParticipantReport::plus);
  }

  /** Time of one phase by the clock; 0 where it was left out. */
  public double seconds(BuildPhase phase) {
    return phaseSeconds.getOrDefault(phase, 0.0);
  }

  /** Time of the scan. */
  public double scanSeconds() {
    return seconds(BuildPhase.SCAN);
  }

  /** Time of everything behind the scan. */
  public double mergeSeconds() {
    return seconds(BuildPhase.COMBINE) + seconds(BuildPhase.LOAD) + seconds(BuildPhase.COMPLETE);
  }

  BuildReport withLogBytes(long bytes) {
    return new BuildReport(
        askedWorkers,
        startedWorkers,
        planReason,
        seconds,
        phaseSeconds,
        ranges,
        bytes,
        accountedPeak,
        budgetBytes,
        lonelyShare,
        participants);
  }
}
