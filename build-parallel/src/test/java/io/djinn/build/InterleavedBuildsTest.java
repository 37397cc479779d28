package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildLogging;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinRequest;
import io.djinn.api.GinSpec;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.VacuumOptions;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.IndexNotReadyException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.BatonEnv;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import io.djinn.testkit.WindowReader;
import io.djinn.testkit.WindowWriter;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Writers, a reader, a vacuum and a checkpointer go on while an index is built, or built anew,
 * interleaved by a seed with the threads of engine and build, and the power is cut on the way.
 */
class InterleavedBuildsTest {
  private static final int FULL_SCHEDULES = 600;
  private static final int WRITERS = 2;
  private static final int STEPS = 24;

  /** Steps that write more than a pending list takes. */
  private static final int MANY_STEPS = 200;

  private static final String INDEX = "rows";

  /** Built in the same scan, in some rounds, and not written to. */
  private static final String SECOND = "second";

  /** The power is cut before one of so many operations. */
  private static final int MOST_OPERATIONS = 70;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(256 * 512)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  private static final class Round {
    private final long seed;
    private final SimVfs disk = new SimVfs(8L << 20);
    private final BatonEnv env;
    private final SplittableRandom random;
    private final boolean isAnew;
    private final boolean isWithSecond;
    private final GinSpec spec;
    private final List<WindowWriter> writers;
    private final int workers;
    private final int steps;
    private final BuildLogging logging;
    private Djinn db;
    private SimVfs image;

    Round(long seed) {
      this.seed = seed;
      env = new BatonEnv(disk, seed);
      random = new SplittableRandom(seed);
      isAnew = random.nextBoolean();
      isWithSecond = !isAnew && random.nextBoolean();
      workers = random.nextInt(2);
      steps = random.nextInt(4) == 0 ? MANY_STEPS : STEPS;
      spec = GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(random.nextBoolean());
      int width = 4 + random.nextInt(8);
      writers =
          List.of(new WindowWriter(0, WRITERS, width, seed), new WindowWriter(1, WRITERS, 4, seed));
      logging = random.nextBoolean() ? BuildLogging.FULL : BuildLogging.MINIMAL;
    }

    void run() {
      env.spawn(
          "open",
          () -> {
            db = Djinn.open(env, OPTIONS);
            if (isAnew) {
              GinIndex index = db.createGin(INDEX, spec);
              for (int step = 0; step < 9; step++) {
                writers.forEach(writer -> writer.step(db, index));
              }
            }
          });
      env.run();
      long cutAt = disk.operations() + 1 + random.nextLong(MOST_OPERATIONS);
      CrashMode mode = CrashMode.values()[random.nextInt(CrashMode.values().length)];
      long cutSeed = random.nextLong();
      disk.hook(
          call -> {
            if (image == null && call.op().changes() && call.operation() >= cutAt) {
              image = disk.crash(mode, cutSeed);
            }
          });
      writers.forEach(writer -> env.spawn("writer", () -> write(writer)));
      env.spawn("builder", this::build);
      env.spawn("reader", this::read);
      env.spawn("vacuum", () -> index().vacuum(tid -> false, VacuumOptions.defaults()));
      env.spawn("checkpointer", this::checkpoint);
      env.run();
      disk.hook(null);
      env.spawn(
          "close",
          () -> {
            compareAll();
            index().flush();
            compareAll();
            db.close();
          });
      env.run();
    }

    /** The index, as soon as it can be written to. */
    private GinIndex index() {
      while (true) {
        try {
          return db.gin(INDEX);
        } catch (IllegalArgumentException e) {
          env.pause();
        }
      }
    }

    private void write(WindowWriter writer) {
      GinIndex index = index();
      for (int step = 0; step < steps; step++) {
        writer.step(db, index);
        if (step % 5 == 0) {
          env.pause();
        }
      }
    }

    private void build() {
      BuildOptions options =
          BuildOptions.defaults()
              .withMaintenanceWorkMem(2L << 20)
              .withParallelWorkers(workers)
              .withLogging(logging);
      WindowTable table = new WindowTable(writers, this::awaitWriters);
      IndexBuild build =
          isAnew
              ? IndexBuild.reindex(db, INDEX, spec, table, options, BuildListener.SILENT)
              : IndexBuild.of(db, requests(), table, options, BuildListener.SILENT);
      try {
        build.run();
      } catch (IllegalStateException e) {
        // The vacuum was first.
        assertTrue(isAnew && e.getMessage().contains("vacuumed"), e::toString);
      }
    }

    private List<GinRequest> requests() {
      GinRequest first = new GinRequest(INDEX, spec);
      return isWithSecond ? List.of(first, new GinRequest(SECOND, spec)) : List.of(first);
    }

    /** Lets the journal of a long round grow beyond what one prefix of it takes. */
    private void awaitWriters() {
      while (steps == MANY_STEPS
          && writers.stream().anyMatch(writer -> writer.done() < MANY_STEPS - STEPS)) {
        env.pause(1_000_000);
      }
    }

    private void read() {
      WindowReader reader = new WindowReader(db, index(), writers, seed);
      for (int at = 0; at < 8; at++) {
        try {
          reader.look();
          reader.lookBack();
        } catch (IndexNotReadyException e) {
          assertTrue(!isAnew);
          reader.release();
        }
        env.pause();
      }
      reader.release();
    }

    private void checkpoint() {
      for (int at = 0; at < 4; at++) {
        db.checkpoint();
        env.pause();
      }
    }

    private void compareAll() {
      new WindowReader(db, index(), writers, seed).compareAll();
      assertEquals(List.of(), db.verify());
    }

    /** The power cut left no index, or one with some steps of each writer. */
    void checkImage() {
      if (image == null) {
        return;
      }
      try (Djinn found = Djinn.open(new SimEnv(image, seed), OPTIONS)) {
        assertEquals(List.of(), found.verify());
        if (found.indexes().isEmpty()) {
          found.awaitDropped();
          assertEquals(List.of(), found.verify());
          return;
        }
        assertEquals(
            isWithSecond ? List.of(INDEX, SECOND) : List.of(INDEX),
            found.indexes().stream().map(IndexInfo::name).toList());
        assertTrue(found.indexes().stream().allMatch(index -> index.state().equals("ready")));
        for (WindowWriter writer : writers) {
          TreeSet<Long> rows = new TreeSet<>();
          try (Snapshot snapshot = found.snapshot();
              TidCursor cursor =
                  found.gin(INDEX).search(snapshot, ArrayOps.containsAll(writer.key()))) {
            while (cursor.next()) {
              rows.add(cursor.tid());
            }
          }
          long step = writer.begun();
          while (step >= 0 && !writer.rows(step).equals(rows)) {
            step--;
          }
          assertTrue(step >= 0, () -> "rows after no step of " + writer.key() + ": " + rows);
        }
      }
    }

    void close() {
      if (image != null) {
        image.close();
      }
      disk.close();
    }
  }

  private static Round round(long seed) {
    Round round = new Round(seed);
    try {
      round.run();
      round.checkImage();
      return round;
    } catch (Throwable t) {
      throw new AssertionError(
          "mvn -B -ntp -pl storage,build-parallel -am test -Dtest=InterleavedBuildsTest"
              + " -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.seed="
              + seed
              + (round.isAnew ? ": anew, " : round.isWithSecond ? ": two, " : ": new, ")
              + round.workers
              + " workers, "
              + round.spec.fastUpdate()
              + "\n"
              + round.env,
          t);
    } finally {
      round.close();
    }
  }

  @Test
  void everyScheduleKeepsWhatIsWrittenToAnIndexThatIsBeingBuilt() throws Exception {
    long first = TestSeed.forTest("InterleavedBuildsTest");
    int schedules = Tier.current().count(FULL_SCHEDULES);
    Tier.current()
        .rounds(
            first,
            start -> {
              int cuts = 0;
              int anew = 0;
              long steps = 0;
              for (int i = 0; i < schedules; i++) {
                Round round = round(start + i);
                cuts += round.image == null ? 0 : 1;
                anew += round.isAnew ? 1 : 0;
                steps += round.env.steps();
              }
              System.out.println(
                  "InterleavedBuildsTest: schedules="
                      + schedules
                      + " anew="
                      + anew
                      + " cuts="
                      + cuts
                      + " steps="
                      + steps);
              assertTrue(cuts > schedules / 4);
            });
  }
}
