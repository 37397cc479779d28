package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.SnapshotExpiredException;
import io.djinn.file.EngineThread;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.BatonEnv;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/**
 * Committers, a reader with held snapshots, a checkpointer that verifies and a dropper share a
 * store with the engine's threads, interleaved by a seed, and the power is cut on the way.
 */
class InterleavedThreadsTest {
  private static final int FULL_SCHEDULES = 3_000;
  private static final int BATCHES = 12;

  /** The power is cut before one of so many operations; most schedules have as many. */
  private static final int MOST_OPERATIONS = 70;

  private static final long MAP_BYTES = 4L << 20;
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(192 * 512)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  /** Rows by commit number, and what was acknowledged when the power was cut. */
  private static final class Round {
    final long seed;
    final SimVfs disk = new SimVfs(MAP_BYTES);
    final BatonEnv env;
    final SplittableRandom random;

    /** TIDs each commit added; complete when all threads have ended. */
    final ConcurrentSkipListMap<Long, Set<Long>> commits = new ConcurrentSkipListMap<>();

    volatile long acknowledged;
    Djinn db;
    SimVfs image;
    long acknowledgedAtCut;

    Round(long seed) {
      this.seed = seed;
      env = new BatonEnv(disk, seed);
      random = new SplittableRandom(seed);
    }

    void run() {
      env.spawn(
          "open",
          () -> {
            db = Djinn.open(env, OPTIONS);
            db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()));
            try (WriteBatch batch = db.begin(Durability.sync())) {
              db.gin("i").insert(batch, 0, List.of(1));
              long number = batch.commit();
              commits.put(number, Set.of(0L));
              acknowledged = number;
            }
          });
      env.run();
      long cutAt = disk.operations() + 1 + random.nextLong(MOST_OPERATIONS);
      CrashMode mode = CrashMode.values()[random.nextInt(CrashMode.values().length)];
      long cutSeed = random.nextLong();
      disk.hook(
          call -> {
            if (image == null && call.op().changes() && call.operation() >= cutAt) {
              acknowledgedAtCut = acknowledged;
              image = disk.crash(mode, cutSeed);
            }
          });
      for (int committer = 1; committer <= 2; committer++) {
        int at = committer;
        long commitSeed = random.nextLong();
        env.spawn("committer", () -> commit(at, new SplittableRandom(commitSeed)));
      }
      env.spawn("reader", this::read);
      env.spawn("checkpointer", this::checkpoint);
      env.spawn("dropper", this::drop);
      env.run();
      disk.hook(null);
      env.spawn(
          "close",
          () -> {
            assertEquals(List.of(), db.verify());
            db.close();
          });
      env.run();
    }

    private void commit(int committer, SplittableRandom own) {
      for (int at = 0; at < BATCHES; at++) {
        Durability[] modes = {
          Durability.sync(), Durability.group(1), Durability.async(1), Durability.none()
        };
        int mode = own.nextInt(modes.length);
        Set<Long> tids = new TreeSet<>();
        try (WriteBatch batch = db.begin(modes[mode])) {
          int rows = 1 + own.nextInt(4);
          for (int row = 0; row < rows; row++) {
            long tid = committer * 1_000_000L + at * 1_000L + row;
            db.gin("i").insert(batch, tid, List.of(1, own.nextInt(50) + 2));
            tids.add(tid);
          }
          long number = batch.commit();
          // Commits that waited together share a number.
          commits.merge(number, tids, Round::union);
          if (mode < 2) {
            acknowledged = Math.max(acknowledged, number);
          }
        }
      }
    }

    private static Set<Long> union(Set<Long> some, Set<Long> others) {
      Set<Long> all = new TreeSet<>(some);
      all.addAll(others);
      return all;
    }

    private void read() {
      for (int at = 0; at < BATCHES / 2; at++) {
        try (Snapshot held = db.snapshot()) {
          Set<Long> first = rows(db, held);
          for (int again = 0; again < 2; again++) {
            try (Snapshot other = db.snapshot()) {
              assertTrue(rows(db, other).containsAll(first));
              env.pause();
            }
            assertEquals(first, rows(db, held));
          }
        } catch (SnapshotExpiredException e) {
          env.pause();
        }
      }
    }

    private void checkpoint() {
      for (int at = 0; at < 4; at++) {
        db.checkpoint();
        try {
          assertEquals(List.of(), db.verify());
        } catch (SnapshotExpiredException e) {
          env.pause();
        }
      }
    }

    private void drop() {
      for (int at = 0; at < 3; at++) {
        db.createGin("d", GinSpec.column("c", ArrayOps.ofInts()));
        try (WriteBatch batch = db.begin(Durability.none())) {
          for (int row = 0; row < 20; row++) {
            db.gin("d").insert(batch, row, List.of(row, row + 1, 7));
          }
          batch.commit();
        }
        db.drop("d");
        if (at == 1) {
          db.awaitDropped();
        }
      }
    }

    /** What the power cut left is the state after a prefix of the commits, with every ack in it. */
    void checkImage() {
      if (image == null) {
        return;
      }
      try (Djinn found = Djinn.open(new SimEnv(image, seed), OPTIONS)) {
        assertEquals(List.of(), found.verify());
        Set<Long> rows;
        try (Snapshot snapshot = found.snapshot()) {
          rows = rows(found, snapshot);
        }
        Set<Long> prefix = new TreeSet<>();
        boolean isPrefix = false;
        for (var commit : new TreeMap<>(commits).entrySet()) {
          prefix.addAll(commit.getValue());
          isPrefix |= commit.getKey() >= acknowledgedAtCut && prefix.equals(rows);
        }
        assertTrue(
            isPrefix,
            () -> "found " + rows + ", acknowledged batch " + acknowledgedAtCut + " of " + commits);
      }
    }

    void close() {
      if (image != null) {
        image.close();
      }
      disk.close();
    }
  }

  private static Set<Long> rows(Djinn db, Snapshot snapshot) {
    Set<Long> rows = new TreeSet<>();
    try (TidCursor cursor = db.gin("i").search(snapshot, ArrayOps.containsAll(1))) {
      while (cursor.next()) {
        rows.add(cursor.tid());
      }
    }
    return rows;
  }

  private static Round round(long seed) {
    Round round = new Round(seed);
    try {
      round.run();
      round.checkImage();
      return round;
    } catch (Throwable t) {
      throw new AssertionError(
          "mvn -B -ntp -pl storage test -Dtest=InterleavedThreadsTest -Ddjinn.seed="
              + seed
              + "\n"
              + round.env,
          t);
    } finally {
      round.close();
    }
  }

  @Test
  void everyScheduleKeepsSnapshotsWholeAndEveryPowerCutLeavesAPrefix() throws Exception {
    long first = TestSeed.forTest("InterleavedThreadsTest");
    int schedules = Tier.current().count(FULL_SCHEDULES);
    Tier.current()
        .rounds(
            first,
            start -> {
              Set<Long> traces = new HashSet<>();
              int cuts = 0;
              int blocks = 0;
              long steps = 0;
              for (int i = 0; i < schedules; i++) {
                Round round = round(start + i);
                traces.add(round.env.traceHash());
                cuts += round.image == null ? 0 : 1;
                blocks += round.env.nativeBlocks();
                steps += round.env.steps();
              }
              System.out.println(
                  "schedules="
                      + schedules
                      + " distinct="
                      + traces.size()
                      + " cuts="
                      + cuts
                      + " steps="
                      + steps
                      + " nativeBlocks="
                      + blocks);
              assertEquals(schedules, traces.size());
              assertTrue(cuts > schedules / 2);
            });
  }

  @Test
  void aSeedGivesOneScheduleAndAnotherSeedAnother() {
    long seed = TestSeed.forTest("InterleavedThreadsTest");
    for (long at = seed; at < seed + 5; at++) {
      Round first = round(at);
      Round second = round(at);
      assertEquals(0, first.env.nativeBlocks());
      assertEquals(first.env.steps(), second.env.steps());
      assertEquals(first.env.traceHash(), second.env.traceHash());
      assertEquals(first.commits, second.commits);
      assertNotEquals(first.env.traceHash(), round(at + 1_000).env.traceHash());
    }
  }

  @Test
  void aWaitThatNobodyEndsIsADeadlockThatNamesAllThreads() {
    try (SimVfs disk = new SimVfs()) {
      BatonEnv env = new BatonEnv(disk, 1);
      List<String> ran = new ArrayList<>();
      EngineThread idle =
          env.start(
              "idle",
              () -> {
                ran.add("unit");
                return false;
              });
      env.spawn("waiter", () -> idle.await(() -> false));
      AssertionError deadlock = assertThrows(AssertionError.class, env::run);
      assertTrue(deadlock.getMessage().contains("deadlock"), deadlock.getMessage());
      assertTrue(deadlock.getMessage().contains("waiter#1 waiting for a signal of idle"));
      assertTrue(deadlock.getMessage().contains("idle#0 waiting for work"));
      assertTrue(!ran.isEmpty());
    }
  }
}
