package io.djinn.build;

import io.djinn.api.BuildWait;
import io.djinn.build.work.BuildWork;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one participant did, or all together.
 *
 * @param participant its number, or {@link #ALL}
 * @param rows scanned
 * @param keys loaded
 * @param tids loaded, over all keys
 * @param pages written by its loaders; above them all, the leader's
 * @param logBytes that batches of its thread added to the log; those of the build's first batch and
 *     of the thread that reserves extents are the leader's
 * @param ring what went through its ring
 * @param work seconds of work, by kind
 * @param waits seconds without work, by cause
 * @param phases what it did in each of {@link BuildPhase#SCAN}, {@link BuildPhase#COMBINE}, {@link
 *     BuildPhase#LOAD} and {@link BuildPhase#COMPLETE}
 */
public record ParticipantReport(
    int participant,
    long rows,
    long keys,
    long tids,
    long pages,
    long logBytes,
    RingReport ring,
    Map<BuildWork, Double> work,
    Map<BuildWait, Double> waits,
    List<PhaseReport> phases) {
  /** In place of a number: all participants together. */
  public static final int ALL = -1;

  static final ParticipantReport NOTHING =
      new ParticipantReport(ALL, 0, 0, 0, 0, 0, RingReport.NOTHING, Map.of(), Map.of(), List.of());

  public ParticipantReport {
    work = Map.copyOf(work);
    waits = Map.copyOf(waits);
    phases = List.copyOf(phases);
  }

  ParticipantReport plus(ParticipantReport other) {
    Map<BuildWork, Double> worked = new EnumMap<>(BuildWork.class);
    for (BuildWork kind : BuildWork.values()) {
      worked.put(kind, workSeconds(kind) + other.workSeconds(kind));
    }
    Map<BuildWait, Double> sum = new EnumMap<>(BuildWait.class);
    for (BuildWait cause : BuildWait.values()) {
      sum.put(cause, waitSeconds(cause) + other.waitSeconds(cause));
    }
    List<PhaseReport> both = new ArrayList<>();
    for (int i = 0; i < other.phases.size(); i++) {
      PhaseReport phase = other.phases.get(i);
      both.add(phases.isEmpty() ? phase : phases.get(i).plus(phase));
    }
    return new ParticipantReport(
        ALL,
        rows + other.rows,
        keys + other.keys,
        tids + other.tids,
        pages + other.pages,
        logBytes + other.logBytes,
        ring.plus(other.ring),
        worked,
        sum,
        both);
  }

  /** Runs written, those of earlier merges included. */
  public long runs() {
    return phases.stream().mapToLong(PhaseReport::runs).sum();
  }

  /** Records of those runs: a key has one in each run it is in. */
  public long records() {
    return phases.stream().mapToLong(PhaseReport::records).sum();
  }

  /** Bytes of the runs' records. */
  public long rawBytes() {
    return phases.stream().mapToLong(PhaseReport::rawBytes).sum();
  }

  /** Bytes of the runs as stored. */
  public long compressedBytes() {
    return phases.stream().mapToLong(PhaseReport::compressedBytes).sum();
  }

  /** Bytes of the runs in temporary files. */
  public long spilledBytes() {
    return phases.stream().mapToLong(PhaseReport::spilledBytes).sum();
  }

  /** Raw bytes of a compressed one, over all runs; 1 where there are none. */
  public double ratio() {
    return compressedBytes() == 0 ? 1 : (double) rawBytes() / compressedBytes();
  }

  /** Processor time. */
  public double cpuSeconds() {
    return phases.stream().mapToDouble(PhaseReport::cpuSeconds).sum();
  }

  /** Time of work of one kind, by the clock. */
  public double workSeconds(BuildWork kind) {
    return work.getOrDefault(kind, 0.0);
  }

  /** Time without work, between the build's begin and end. */
  public double waitSeconds() {
    return waits.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Time without work for one cause. */
  public double waitSeconds(BuildWait cause) {
    return waits.getOrDefault(cause, 0.0);
  }
}
