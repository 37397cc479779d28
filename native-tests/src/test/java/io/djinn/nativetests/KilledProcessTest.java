package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.nativetests.KilledStore.Moment;
import io.djinn.nativetests.StoreProcess.Said;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After SIGKILL at any moment everything acknowledged is there, nothing is there by half, no file
 * is left over, and the store goes on.
 *
 * <p>The moments are times, acknowledgements, and positions before, inside and after system calls.
 */
class KilledProcessTest {
  private static final int INSERT_KILLS = 90;
  private static final int CHECKPOINT_KILLS = 90;
  private static final int BUILD_KILLS = 60;
  private static final int RECOVERY_KILLS = 80;

  private static final int LATE_EACH = 5;
  private static final long MILLIS = 1_000_000;

  /** Examining a store takes longer the more is in it. */
  private static final long MOST_BATCHES = 1_500;

  private static final long MOST_NANOS = 200 * MILLIS;
  private static final int MOST_ACKNOWLEDGEMENTS = 120;
  private static final int MOST_CALLS = 300;

  /** Times a build reports its progress, at least. */
  private static final int PROGRESS_REPORTS = 4;

  private static final long FILL_NANOS = 500 * MILLIS;

  private enum Way {
    TIME,
    ACKNOWLEDGEMENT,
    CALL;

    static Way of(int round) {
      Way way = values()[round % values().length];
      return way == CALL && !FaultShim.isPresent() ? TIME : way;
    }
  }

  /** One kill, done by a lane in a directory of its own. */
  private interface Lane {
    /** Kills and examines; false where the kill came too late. */
    boolean kill(int round, SplittableRandom random) throws Exception;
  }

  private interface Lanemaker {
    Lane make(Path directory, FaultShim shim) throws Exception;
  }

  @TempDir private Path directory;

  @AfterEach
  void noJvmDiedOfItself() {
    assertEquals(List.of(), ForkedJvm.errorFiles());
  }

  @Test
  void everyAcknowledgedInsertSurvivesAKillDuringInsertion() throws Exception {
    kill(
        Family.KILL_INSERT,
        INSERT_KILLS,
        (own, shim) -> insertionLane(own, shim, Work.INSERT, "change", "store/*"));
  }

  @Test
  void everyAcknowledgedInsertSurvivesAKillDuringACheckpoint() throws Exception {
    kill(
        Family.KILL_CHECKPOINT,
        CHECKPOINT_KILLS,
        (own, shim) -> insertionLane(own, shim, Work.CHECKPOINT, "change", "store/[cp]*"));
  }

  @Test
  void aKilledRecoveryIsDoneAgainByTheNextOne() throws Exception {
    kill(Family.KILL_RECOVERY, RECOVERY_KILLS, KilledProcessTest::recoveryLane);
  }

  @Test
  void aKilledBuildLeavesNothing() throws Exception {
    kill(Family.KILL_BUILD, BUILD_KILLS, KilledProcessTest::buildLane);
  }

  private void kill(Family family, int fullKills, Lanemaker lanemaker) throws Exception {
    String test = "KilledProcessTest." + family;
    int kills = Tier.current().count(fullKills);
    try (ProofPart part = new ProofPart(family, "kills");
        ProofPart all = new ProofPart(Family.KILL, family.name().replace('_', '-'))) {
      if (!FaultShim.isPresent()) {
        part.absent("gcc");
      }
      Tier.current()
          .rounds(
              TestSeed.forTest(test),
              seed ->
                  Lanes.run(
                      kills,
                      seed,
                      (number, share, random) -> {
                        Path own = Files.createTempDirectory(directory, "lane");
                        FaultShim shim = FaultShim.isPresent() ? FaultShim.below(own, null) : null;
                        Lane lane = lanemaker.make(own, shim);
                        int done = 0;
                        for (int round = 0; done < share; round++) {
                          assertTrue(round - done < LATE_EACH * (share + 2), "kills come too late");
                          try {
                            if (lane.kill(round, random)) {
                              done++;
                              part.add(1);
                              all.add(1);
                            }
                          } catch (Throwable t) {
                            part.failed(1);
                            throw new AssertionError(
                                "lane "
                                    + number
                                    + ", round "
                                    + round
                                    + ": mvn -B -ntp -pl native-tests -am test"
                                    + " -Dtest=KilledProcessTest"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.seed="
                                    + seed,
                                t);
                          }
                        }
                      }));
      assertTrue(part.cases() >= kills, "kills " + part.cases());
      System.out.println(test + ": " + part.cases() + " kills");
    }
  }

  /** Inserts into one store again and again, and begins a new one when it is large. */
  private static Lane insertionLane(
      Path own, FaultShim shim, Work work, String calls, String files) {
    Path store = own.resolve("store");
    long[] batches = {0};
    return (round, random) -> {
      if (batches[0] > MOST_BATCHES) {
        delete(store);
        batches[0] = 0;
      }
      Moment moment =
          switch (Way.of(round)) {
            case TIME -> Moment.after(Said.OPEN, random.nextLong(MOST_NANOS));
            case ACKNOWLEDGEMENT ->
                Moment.at(Said.COMMITTED, 1 + random.nextLong(MOST_ACKNOWLEDGEMENTS));
            case CALL ->
                Moment.inside(
                    shim, Said.OPEN, rule(calls, 1 + random.nextInt(MOST_CALLS), files, random));
          };
      boolean isInside = Way.of(round) == Way.CALL;
      KilledStore killed = KilledStore.run(store, work, batches[0], isInside ? shim : null, moment);
      batches[0] = StoreExamination.examineAndGoOn(store, work, killed.acknowledged);
      return killed.isOpened && (work != Work.CHECKPOINT || killed.isInCheckpoint);
    };
  }

  /** Kills before, inside or after the n-th call. */
  private static String rule(String calls, long nth, String files, SplittableRandom random) {
    String action =
        switch (random.nextInt(4)) {
          case 0 -> "KILL";
          case 1 -> "KILL_AFTER";
          default -> "TORN=" + random.nextInt(1, 9);
        };
    return calls + ":" + nth + ":" + action + ":" + files;
  }

  private static Lane recoveryLane(Path own, FaultShim shim) throws Exception {
    Path unclean = own.resolve("unclean");
    long acknowledged =
        KilledStore.run(unclean, Work.FILL_LOG, 0, null, Moment.after(Said.OPEN, FILL_NANOS))
            .acknowledged;
    Path store = own.resolve("store");
    copy(unclean, store);
    if (shim != null) {
      shim.arm();
    }
    KilledStore whole =
        KilledStore.run(store, Work.RECOVER, acknowledged, shim, Moment.at(Said.OPEN, 1));
    long calls = shim == null ? 0 : shim.changes();
    long[] window = {whole.nanos};
    boolean[] isUnclean = {false};
    return (round, random) -> {
      // Every second kill meets what the one before it left.
      if (!isUnclean[0]) {
        delete(store);
        copy(unclean, store);
      }
      Way way = round % 3 == 0 ? Way.TIME : Way.of(Way.CALL.ordinal());
      Moment moment =
          way == Way.CALL
              ? Moment.inside(shim, rule("change", 1 + random.nextLong(calls), "store/*", random))
              : Moment.after(Said.OPENING, random.nextLong(window[0]));
      KilledStore killed =
          KilledStore.run(store, Work.RECOVER, acknowledged, way == Way.CALL ? shim : null, moment);
      boolean isInTime = killed.isKilled && !killed.isOpened;
      if (killed.isOpened) {
        window[0] = Math.max(1, Math.min(window[0], killed.nanos));
      }
      if (isInTime && !isUnclean[0]) {
        isUnclean[0] = true;
        return true;
      }
      isUnclean[0] = false;
      StoreExamination.examineAndGoOn(store, Work.RECOVER, acknowledged);
      return isInTime;
    };
  }

  private static Lane buildLane(Path own, FaultShim shim) throws Exception {
    Path store = own.resolve("store");
    try (Djinn db = Djinn.open(store, Work.BUILD.options)) {
      for (long batch = 0; batch < StoreProcess.BATCHES_BEFORE_BUILD; batch++) {
        StoreProcess.commit(db, StoreProcess.inserted(db), batch);
      }
    }
    Path copy = own.resolve("copy");
    copy(store, copy);
    long calls = 0;
    KilledStore whole;
    if (shim == null) {
      whole = KilledStore.run(copy, Work.BUILD, 0, null, Moment.at(Said.BUILT, 1));
    } else {
      shim.arm();
      long[] before = {0};
      whole =
          KilledStore.run(
              copy,
              Work.BUILD,
              0,
              shim,
              (line, process) -> {
                if (line.said() == Said.BUILDING) {
                  before[0] = shim.changes();
                } else if (line.said() == Said.BUILT) {
                  process.kill();
                }
              });
      calls = shim.changes() - before[0];
    }
    assertTrue(whole.progress >= PROGRESS_REPORTS, whole.progress + " reports of progress");
    long[] most = {calls, whole.progress, whole.nanos};
    return (round, random) -> {
      Way way = Way.of(round);
      Moment moment =
          switch (way) {
            case TIME -> Moment.after(Said.BUILDING, random.nextLong(most[2]));
            case ACKNOWLEDGEMENT ->
                Moment.at(Said.PROGRESS, 1 + random.nextLong(most[1])).orAt(Said.BUILT);
            case CALL ->
                Moment.inside(
                    shim,
                    Said.BUILDING,
                    rule("change", 1 + random.nextLong(most[0]), "store/*", random));
          };
      KilledStore killed =
          KilledStore.run(store, Work.BUILD, 0, way == Way.CALL ? shim : null, moment);
      assertEquals(
          StoreProcess.BATCHES_BEFORE_BUILD,
          StoreExamination.examine(store, Work.BUILD, StoreProcess.BATCHES_BEFORE_BUILD));
      StoreExamination.examineBuilt(store, Work.BUILD, killed.isBuilt);
      if (killed.isBuilt) {
        most[2] = Math.max(1, Math.min(most[2], killed.nanos));
      }
      return killed.isBuilding && !killed.isBuilt;
    };
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
