package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.nativetests.StoreProcess.Said;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * After SIGKILL at any moment everything acknowledged is there, nothing is there by half, and no
 * file is left over.
 */
class KilledProcessTest {
  private static final int KILLS = 10;
  private static final int MOST_LATE = 5 * KILLS;
  private static final long MILLIS = 1_000_000;

  @TempDir private Path directory;
  private SplittableRandom random;

  @BeforeEach
  void seed(TestInfo test) {
    random = new SplittableRandom(TestSeed.forTest("KilledProcessTest." + test.getDisplayName()));
  }

  @AfterEach
  void noJvmDiedOfItself() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      assertEquals(0, files.filter(f -> f.toString().startsWith("hs_err_pid")).count());
    }
  }

  @Test
  void everyAcknowledgedInsertSurvivesAKillDuringInsertion() throws IOException {
    killWhileInserting(Work.INSERT, 300 * MILLIS);
  }

  @Test
  void everyAcknowledgedInsertSurvivesAKillDuringACheckpoint() throws IOException {
    killWhileInserting(Work.CHECKPOINT, 300 * MILLIS);
  }

  private void killWhileInserting(Work work, long mostNanos) throws IOException {
    Path store = directory.resolve("store");
    long batches = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      KilledStore killed =
          KilledStore.run(store, work, batches, Said.OPEN, random.nextLong(mostNanos));
      batches = StoreExamination.examine(store, work, killed.acknowledged);
    }
    System.out.println(work + ": " + KILLS + " kills, " + batches + " batches");
    assertTrue(batches > KILLS, "hardly anything was committed");
  }

  @Test
  void aKilledRecoveryIsDoneAgainByTheNextOne() throws IOException {
    Path unclean = directory.resolve("unclean");
    long acknowledged =
        KilledStore.run(unclean, Work.FILL_LOG, 0, Said.OPEN, 2_000 * MILLIS).acknowledged;
    Path first = copy(unclean, "first");
    long window = KilledStore.run(first, Work.RECOVER, acknowledged, Said.OPEN, 0).nanos;
    int kills = 0;
    int late = 0;
    while (kills < KILLS) {
      Path store = copy(unclean, "recovery" + (kills + late));
      // Twice, so that what a killed recovery left is met by one that is killed as well.
      for (int again = 0; again < 2; again++) {
        KilledStore killed =
            KilledStore.run(
                store, Work.RECOVER, acknowledged, Said.OPENING, random.nextLong(window));
        if (!killed.isOpened) {
          kills++;
        } else {
          window = tooLate(window, killed, ++late);
          break;
        }
      }
      StoreExamination.examine(store, Work.RECOVER, acknowledged);
    }
    report(Work.RECOVER, kills, late, window);
  }

  /** A kill that came too late does not count, and the next ones come within the time it took. */
  private static long tooLate(long window, KilledStore ended, int late) {
    assertTrue(late < MOST_LATE, "kills always come too late");
    return Math.max(1, Math.min(window, ended.nanos));
  }

  private static void report(Work work, int kills, int late, long window) {
    System.out.println(
        work
            + ": "
            + kills
            + " kills within "
            + window / MILLIS
            + " ms, "
            + late
            + " more came too late");
  }

  @Test
  void aKilledBuildLeavesNothing() throws IOException {
    Path empty = directory.resolve("empty");
    try (Djinn db = Djinn.open(empty, Work.BUILD.options)) {
      for (long batch = 0; batch < StoreProcess.BATCHES_BEFORE_BUILD; batch++) {
        StoreProcess.commit(db, StoreProcess.inserted(db), batch);
      }
    }
    KilledStore whole = KilledStore.run(copy(empty, "whole"), Work.BUILD, 0, Said.BUILT, 0);
    Path store = copy(empty, "store");
    long window = whole.nanos;
    int kills = 0;
    int late = 0;
    while (kills < KILLS) {
      KilledStore killed =
          KilledStore.run(store, Work.BUILD, 0, Said.BUILDING, random.nextLong(window));
      assertEquals(
          StoreProcess.BATCHES_BEFORE_BUILD,
          StoreExamination.examine(store, Work.BUILD, StoreProcess.BATCHES_BEFORE_BUILD));
      StoreExamination.examineBuilt(store, Work.BUILD, killed.isBuilt);
      if (!killed.isBuilt) {
        kills++;
      } else {
        window = tooLate(window, killed, ++late);
      }
    }
    report(Work.BUILD, kills, late, window);
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = directory.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }
}
