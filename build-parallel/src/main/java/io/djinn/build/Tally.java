package io.djinn.build;

import io.djinn.api.BuildWait;
import io.djinn.build.run.RunStore;
import io.djinn.build.work.BuildWork;
import io.djinn.build.work.WorkMeter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one participant has done so far: written by its thread alone, and read by others for
 * progress only, who may see figures that are a little behind.
 */
final class Tally {
  private static final List<BuildPhase> PHASES =
      List.of(BuildPhase.SCAN, BuildPhase.COMBINE, BuildPhase.LOAD, BuildPhase.COMPLETE);

  /** What was counted when the store of runs was looked at last, or in one phase. */
  private static final class PhaseTally {
    private long busyNanos;
    private long cpuNanos;
    private long runs;
    private long records;
    private long rawBytes;
    private long storedBytes;
    private long spilledBytes;
  }

  private final RunStore store;
  private final Map<BuildPhase, PhaseTally> phases = new EnumMap<>(BuildPhase.class);
  private final PhaseTally seen = new PhaseTally();
  private final long[] waitNanos = new long[BuildWait.values().length];
  private volatile long rows;
  private volatile long runs;
  private volatile long spilledBytes;
  private volatile long pages;
  private long keys;
  private long tids;
  private long logBytes;

  /**
   * @param store counts the runs
   */
  Tally(RunStore store) {
    this.store = store;
    PHASES.forEach(phase -> phases.put(phase, new PhaseTally()));
  }

  void rows(long scanned) {
    rows = scanned;
  }

  void loaded(long allPages) {
    pages = allPages;
  }

  void merged(long mergedKeys, long mergedTids) {
    keys = mergedKeys;
    tids = mergedTids;
  }

  void logged(long bytes) {
    logBytes += bytes;
  }

  void waited(BuildWait cause, long nanos) {
    waitNanos[cause.ordinal()] += nanos;
  }

  /** A unit of work of a phase has ended. */
  void worked(BuildPhase phase, long busyNanos, long cpuNanos) {
    PhaseTally tally = phases.get(phase);
    tally.busyNanos += busyNanos;
    tally.cpuNanos += cpuNanos;
    tally.runs += store.runs() - seen.runs;
    tally.records += store.records() - seen.records;
    tally.rawBytes += store.rawBytes() - seen.rawBytes;
    tally.storedBytes += store.storedBytes() - seen.storedBytes;
    tally.spilledBytes += store.spilledBytes() - seen.spilledBytes;
    seen.runs = store.runs();
    seen.records = store.records();
    seen.rawBytes = store.rawBytes();
    seen.storedBytes = store.storedBytes();
    seen.spilledBytes = store.spilledBytes();
    runs = seen.runs;
    spilledBytes = seen.spilledBytes;
  }

  long rows() {
    return rows;
  }

  long runs() {
    return runs;
  }

  long spilledBytes() {
    return spilledBytes;
  }

  long pages() {
    return pages;
  }

  long keys() {
    return keys;
  }

  long tids() {
    return tids;
  }

  /**
   * The report, once the thread has ended.
   *
   * @param meter of its thread
   * @param wallNanos from begin to end of the build
   */
  ParticipantReport report(int participant, RingReport ring, WorkMeter meter, long wallNanos) {
    Map<BuildWork, Double> work = new EnumMap<>(BuildWork.class);
    for (BuildWork kind : BuildWork.values()) {
      work.put(kind, meter.nanos(kind) / 1e9);
    }
    Map<BuildWait, Double> waits = new EnumMap<>(BuildWait.class);
    long spent = 0;
    for (BuildWait cause : BuildWait.values()) {
      waits.put(cause, waitNanos[cause.ordinal()] / 1e9);
      spent += waitNanos[cause.ordinal()];
    }
    List<PhaseReport> reports = new ArrayList<>();
    for (BuildPhase phase : PHASES) {
      PhaseTally tally = phases.get(phase);
      spent += tally.busyNanos;
      reports.add(
          new PhaseReport(
              phase,
              tally.busyNanos / 1e9,
              tally.cpuNanos / 1e9,
              tally.runs,
              tally.records,
              tally.rawBytes,
              tally.storedBytes,
              tally.spilledBytes));
    }
    waits.put(BuildWait.PHASE, Math.max(0, wallNanos - spent) / 1e9);
    return new ParticipantReport(
        participant, rows, keys, tids, pages, logBytes, ring, work, waits, reports);
  }
}
