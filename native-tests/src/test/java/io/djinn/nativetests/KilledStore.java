package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One run of {@link StoreProcess} that is ended by SIGKILL, and what it had said until then. */
final class KilledStore {
  /** 128 and the number of SIGKILL; a JVM that died of itself has another one. */
  private static final int KILLED = 128 + 9;

  /** Batches acknowledged by this process or before it. */
  long acknowledged;

  boolean isOpened;
  boolean isBuilt;

  /** How long opening or building took where it ended, nanoseconds. */
  long nanos;

  private KilledStore(long acknowledged) {
    this.acknowledged = acknowledged;
  }

  /**
   * Runs the process and kills it.
   *
   * @param acknowledged batches that are there already
   * @param from the line after which the time runs
   * @param afterNanos how long after it the kill comes
   */
  static KilledStore run(
      Path directory,
      StoreProcess.Work work,
      long acknowledged,
      StoreProcess.Said from,
      long afterNanos)
      throws IOException {
    KilledStore result = new KilledStore(acknowledged);
    ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
    try (ForkedJvm process =
        ForkedJvm.start(
            StoreProcess.class, directory.toString(), work.name(), Long.toString(acknowledged))) {
      for (String text = process.readLine(); text != null; text = process.readLine()) {
        StoreProcess.Line line = StoreProcess.Line.parse(text);
        if (line.said() == from) {
          killer.schedule(process::kill, afterNanos, TimeUnit.NANOSECONDS);
        }
        result.heard(line);
      }
      int status = process.waitFor();
      // A recovery may be over before the kill.
      if (work != StoreProcess.Work.RECOVER || status != 0) {
        assertEquals(KILLED, status, "exit status of " + work);
      }
    } finally {
      killer.shutdownNow();
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
      case BUILT -> {
        isBuilt = true;
        nanos = line.number();
      }
      default -> {}
    }
  }
}
