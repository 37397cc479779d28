package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.nativetests.StoreProcess.Said;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One run of {@link StoreProcess} that is ended by SIGKILL, and what it had said until then. */
final class KilledStore {
  /** 128 and the number of SIGKILL; a JVM that died of itself has another one. */
  static final int KILLED = 128 + 9;

  private static final long LONGEST_SECONDS = 120;

  /** Batches acknowledged by this process or before it. */
  long acknowledged;

  boolean isKilled;
  boolean isOpened;
  boolean isBuilding;
  boolean isBuilt;
  boolean isInCheckpoint;

  /** How long opening or building took where it ended, nanoseconds. */
  long nanos;

  /** Lines the process printed as it built. */
  long progress;

  private KilledStore(long acknowledged) {
    this.acknowledged = acknowledged;
  }

  /** When the kill comes. */
  interface Moment {
    /** Called for each line the process prints. */
    void heard(StoreProcess.Line line, ForkedJvm process);

    default void over() {}

    /** At a line of a kind at the latest: the process says less in one run than in another. */
    default Moment orAt(Said last) {
      return (line, process) -> {
        if (line.said() == last) {
          process.kill();
        } else {
          heard(line, process);
        }
      };
    }

    /** So long after the first line of a kind. */
    static Moment after(Said from, long nanos) {
      ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
      return new Moment() {
        @Override
        public void heard(StoreProcess.Line line, ForkedJvm process) {
          if (line.said() == from) {
            killer.schedule(process::kill, nanos, TimeUnit.NANOSECONDS);
          }
        }

        @Override
        public void over() {
          killer.shutdownNow();
        }
      };
    }

    /** At once when a line of a kind has been heard for the n-th time. */
    static Moment at(Said what, long nth) {
      long[] seen = {0};
      return (line, process) -> {
        if (line.said() == what && ++seen[0] == nth) {
          process.kill();
        }
      };
    }

    /** Where a rule of the shim says so, which is put into force at the first line of a kind. */
    static Moment inside(FaultShim shim, Said from, String rule) {
      boolean[] isArmed = {false};
      return (line, process) -> {
        if (line.said() == from && !isArmed[0]) {
          isArmed[0] = true;
          shim.arm(rule);
        }
      };
    }

    /** Where a rule of the shim says so, which is in force from the start. */
    static Moment inside(FaultShim shim, String rule) {
      shim.arm(rule);
      return (line, process) -> {};
    }
  }

  /**
   * Runs the process and kills it.
   *
   * @param acknowledged batches that are there already
   * @param shim what it runs with; null is none
   */
  static KilledStore run(
      Path directory, Work work, long acknowledged, FaultShim shim, Moment moment)
      throws IOException {
    KilledStore result = new KilledStore(acknowledged);
    ForkedJvm.Launch launch = ForkedJvm.of(StoreProcess.class);
    if (shim != null) {
      launch.environment(shim.environment());
    }
    try (ForkedJvm process =
        launch
            .start(directory.toString(), work.name(), Long.toString(acknowledged))
            .killAfter(LONGEST_SECONDS)) {
      for (String text = process.readLine(); text != null; text = process.readLine()) {
        StoreProcess.Line line = StoreProcess.Line.parse(text);
        result.heard(line);
        moment.heard(line, process);
      }
      int status = process.waitFor();
      result.isKilled = status == KILLED;
      // A recovery may be over before the kill.
      if (work != Work.RECOVER || status != 0) {
        assertEquals(KILLED, status, "exit status of " + work);
      }
    } finally {
      moment.over();
    }
    return result;
  }

  private void heard(StoreProcess.Line line) {
    switch (line.said()) {
      case COMMITTED -> acknowledged = line.number();
      case OPEN -> {
        isOpened = true;
        nanos = line.number();
      }
      case BUILDING -> isBuilding = true;
      case PROGRESS -> progress++;
      case BUILT -> {
        isBuilt = true;
        nanos = line.number();
      }
      case CHECKPOINTING -> isInCheckpoint = true;
      case CHECKPOINTED -> isInCheckpoint = false;
      default -> {}
    }
  }
}
