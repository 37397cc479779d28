package io.djinn.build;

import java.util.List;

/**
 * What a build did.
 *
 * @param askedWorkers the plan wanted
 * @param startedWorkers that did start
 * @param planReason what decided the number asked for
 * @param seconds from start to visible index
 * @param scanSeconds of the scan
 * @param mergeSeconds of everything behind the scan
 * @param ranges the key space was cut into
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
    double scanSeconds,
    double mergeSeconds,
    int ranges,
    long accountedPeak,
    long budgetBytes,
    double lonelyShare,
    List<ParticipantReport> participants) {
  public BuildReport {
    participants = List.copyOf(participants);
  }

  /** All participants together; rows, keys and TIDs do not depend on how many there were. */
  public ParticipantReport total() {
    return participants.stream().reduce(ParticipantReport.NOTHING, ParticipantReport::plus);
  }
}
