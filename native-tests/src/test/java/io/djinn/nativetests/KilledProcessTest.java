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
    long recoveryNanos =
        KilledStore.run(first, Work.RECOVER, acknowledged, Said.OPEN, 0).nanos + MILLIS;
    int ended = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path store = copy(unclean, "recovery" + kill);
      // Twice, so that what a killed recovery left is met by one that is killed as well.
      for (int again = 0; again < 2; again++) {
        KilledStore killed =
            KilledStore.run(
                store, Work.RECOVER, acknowledged, Said.OPENING, random.nextLong(recoveryNanos));
        ended += killed.isOpened ? 1 : 0;
      }
      StoreExamination.examine(store, Work.RECOVER, acknowledged);
    }
    System.out.println(
        Work.RECOVER
            + ": "
            + 2 * KILLS
            + " kills within "
            + recoveryNanos / MILLIS
            + " ms, "
            + ended
            + " after the end, "
            + acknowledged
            + " batches");
    assertTrue(ended < KILLS, ended + " recoveries were over before the kill");
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
    int visible = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      KilledStore killed =
          KilledStore.run(store, Work.BUILD, 0, Said.BUILDING, random.nextLong(whole.nanos));
      assertEquals(
          StoreProcess.BATCHES_BEFORE_BUILD,
          StoreExamination.examine(store, Work.BUILD, StoreProcess.BATCHES_BEFORE_BUILD));
      visible += StoreExamination.examineBuilt(store, Work.BUILD, killed.isBuilt) ? 1 : 0;
    }
    System.out.println(
        Work.BUILD
            + ": "
            + KILLS
            + " kills within "
            + whole.nanos / MILLIS
            + " ms, "
            + visible
            + " after the index was visible");
    assertTrue(visible < KILLS / 2, visible + " builds were over before the kill");
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
