package io.djinn.perf;

import io.djinn.api.BuildWait;
import io.djinn.build.plan.BuildCounts;
import io.djinn.build.work.BuildWork;
import java.util.List;

/** A part of a build's time that is fitted by itself: to what it is proportional. */
enum FitPart {
  /** {@link BuildWork#SCAN} and {@link BuildWork#EXTRACT}: many parse a row only then. */
  EXTRACT(Count.EXTRACT_NANO),
  /** As {@link BuildWork#ACCUMULATE}. */
  ACCUMULATE(Count.TID, Count.RECORD, Count.RECORD_KEY_BYTE),
  /** As {@link BuildWork#SORT}. */
  SORT(Count.RECORD, Count.RECORD_KEY_BYTE),
  /** As {@link BuildWork#SPILL}. */
  SPILL(Count.TID, Count.RECORD, Count.RECORD_KEY_BYTE, Count.FILE_BYTE),
  /** As {@link BuildWork#MERGE}. */
  MERGE(Count.TID, Count.RECORD, Count.RECORD_KEY_BYTE, Count.FILE_BYTE),
  /** As {@link BuildWork#LOAD}. */
  LOAD(Count.TID, Count.KEY),
  /** What one thread does alone, and waits for the disk. */
  LEAD(Count.ONE, Count.TID, Count.KEY);

  /** Something that a build has a number of. */
  enum Count {
    ONE,
    EXTRACT_NANO,
    TID,
    KEY,
    RECORD,
    RECORD_KEY_BYTE,
    FILE_BYTE;

    double of(BuildCounts counts) {
      return switch (this) {
        case ONE -> 1;
        case EXTRACT_NANO -> counts.extractNanos();
        case TID -> counts.tids();
        case KEY -> counts.keys();
        case RECORD -> counts.records();
        case RECORD_KEY_BYTE -> counts.recordKeyBytes();
        case FILE_BYTE -> counts.fileBytes();
      };
    }
  }

  private final List<Count> counts;

  FitPart(Count... counts) {
    this.counts = List.of(counts);
  }

  /** What it is fitted to. */
  List<Count> counts() {
    return counts;
  }

  /** Whether participants share it. */
  boolean isShared() {
    return this != LEAD;
  }

  /**
   * Seconds of processor time it took in a build, over all participants, as the clock divides that
   * time; what is waited for the disk by the clock.
   */
  double seconds(Figures build) {
    return switch (this) {
      case EXTRACT -> work(build, BuildWork.SCAN) + work(build, BuildWork.EXTRACT);
      case LEAD -> work(build, BuildWork.LEAD) + diskSeconds(build);
      default -> work(build, BuildWork.valueOf(name()));
    };
  }

  /** A thread that works without a processor waits for one: none of that is the build's cost. */
  private static double work(Figures build, BuildWork kind) {
    double all = 0;
    for (BuildWork any : BuildWork.values()) {
      all += seconds(build, any);
    }
    return seconds(build, kind) * Math.min(1, build.number("cpuSeconds") / all);
  }

  private static double seconds(Figures build, BuildWork kind) {
    return build.number(BuildProbe.name(kind) + "WorkSeconds");
  }

  /** Seconds in which participants waited for the disk, or for pages that it was to take. */
  static double diskSeconds(Figures build) {
    double seconds = 0;
    for (BuildWait cause : BuildWait.values()) {
      seconds +=
          cause == BuildWait.PHASE ? 0 : build.number(BuildProbe.name(cause) + "WaitSeconds");
    }
    return seconds;
  }
}
