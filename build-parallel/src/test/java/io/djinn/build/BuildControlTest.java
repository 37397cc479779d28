package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.NoSpaceException;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A build of a real store is ended at every phase in every way, and leaves nothing behind. */
class BuildControlTest {
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(8 << 10)
          .withFrameMemoryBytes(4 << 20)
          .withLogSegmentBytes(256 << 10)
          .withLogLimitBytes(4 << 20);
  private static final int ROWS = 3_000;
  private static final int KEYS_A_ROW = 60;
  private static final int MOST_KEYS = 400_000;

  /** What ends a build. */
  enum End {
    CANCEL,
    INTERRUPT,
    EXCEPTION,
    OUT_OF_MEMORY,
    DISK_FULL
  }

  /** Where it ends. */
  enum Place {
    SCAN_BEGINS,
    SCAN_SPILLS,
    COMBINE_BEGINS,
    COMBINE_STEP,
    LOAD_BEGINS,
    LOAD_STEP,
    COMPLETE_BEGINS;

    /** Whether an event is the place, as its n-th one. */
    boolean is(BuildEvent event, int nth) {
      return switch (this) {
        case SCAN_BEGINS -> event instanceof BuildEvent.Begun && nth == 1;
        case SCAN_SPILLS -> event instanceof BuildEvent.Written && nth == 3;
        case COMBINE_BEGINS -> isBegin(event, BuildPhase.COMBINE);
        case COMBINE_STEP -> isStep(event, BuildPhase.COMBINE);
        case LOAD_BEGINS -> isBegin(event, BuildPhase.LOAD);
        case LOAD_STEP -> event instanceof BuildEvent.Loaded && nth == 3;
        case COMPLETE_BEGINS -> isBegin(event, BuildPhase.COMPLETE);
      };
    }

    boolean isCombine() {
      return this == COMBINE_BEGINS || this == COMBINE_STEP;
    }

    private static boolean isBegin(BuildEvent event, BuildPhase phase) {
      return event instanceof BuildEvent.PhaseBegun begun && begun.phase() == phase;
    }

    private static boolean isStep(BuildEvent event, BuildPhase phase) {
      return event instanceof BuildEvent.MergeStep step && step.phase() == phase;
    }
  }

  /** Rows, and what an index over them has. */
  private record Table(TestRows rows, long keys, long tids) {
    static Table of(int count) {
      TestRows rows = new TestRows();
      BitSet keys = new BitSet();
      long tids = 0;
      SplittableRandom random = new SplittableRandom(11);
      for (int i = 0; i < count; i++) {
        int[] value = random.ints(KEYS_A_ROW, 0, MOST_KEYS).distinct().toArray();
        for (int key : value) {
          keys.set(key);
        }
        tids += value.length;
        rows.add(i, value);
      }
      return new Table(rows, keys.cardinality(), tids);
    }
  }

  private static final Table SMALL = Table.of(ROWS);

  /** With the least budget its runs are combined before they are loaded. */
  private static final Table LARGE = Table.of(6 * ROWS);

  @AfterEach
  void forgetInterrupt() {
    Thread.interrupted();
  }

  static Stream<Arguments> ends() {
    return Stream.of(Place.values())
        .flatMap(place -> Stream.of(End.values()).map(end -> Arguments.of(place, end)));
  }

  @Test
  void whatComesWhenTheIndexIsThereChangesNothing() throws IOException {
    for (boolean throwsBug : new boolean[] {false, true}) {
      for (Class<?> last : List.of(BuildEvent.Ended.class, BuildEvent.PhaseBegun.class)) {
        try (SimVfs disk = new SimVfs(64 << 20);
            Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
          IndexBuild[] build = new IndexBuild[1];
          boolean[] isComplete = new boolean[1];
          BuildListener listener =
              new BuildListener() {
                @Override
                public void event(BuildEvent event) {
                  isComplete[0] |=
                      event instanceof BuildEvent.Ended ended && ended.participant() == 0;
                  if (isComplete[0] && last.isInstance(event)) {
                    build[0].cancel();
                    if (throwsBug) {
                      throw new IllegalArgumentException("a bug (simulated)");
                    }
                  }
                }
              };
          build[0] = build(db, SMALL, listener);
          build[0].run();
          assertIsBuilt(db, SMALL);
          assertEquals(List.of(), disk.list("tmp"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ends")
  void anEndedBuildLeavesNothing(Place place, End end) throws IOException {
    try (SimVfs disk = new SimVfs(64 << 20)) {
      assertLeavesNothing(new SimEnv(disk, 1), disk, place, end);
    }
  }

  /** Each place, and in a full proof each end. */
  static Stream<Arguments> someEnds() {
    return ends()
        .filter(
            both ->
                Tier.current() != Tier.QUICK
                    || ((Place) both.get()[0]).ordinal() % End.values().length
                        == ((End) both.get()[1]).ordinal());
  }

  @ParameterizedTest
  @MethodSource("someEnds")
  void anEndedBuildOfRealThreadsLeavesNothing(Place place, End end) throws IOException {
    try (SimVfs disk = new SimVfs(64 << 20)) {
      assertLeavesNothing(new OsEnv(disk), disk, place, end);
    }
  }

  private static IndexBuild build(Djinn db, Table table, BuildListener listener) {
    int workers = table == LARGE ? 0 : 1;
    return new IndexBuild(
        db,
        "built",
        GinSpec.column("$", ArrayOps.ofInts()),
        table.rows(),
        BuildOptions.defaults()
            .withMaintenanceWorkMem((workers + 1L) << 20)
            .withParallelWorkers(workers),
        listener);
  }

  private void assertLeavesNothing(Env env, SimVfs disk, Place place, End end) throws IOException {
    Table table = place.isCombine() ? LARGE : SMALL;
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      try (WriteBatch batch = db.begin()) {
        db.createGin("other", GinSpec.column("$", ArrayOps.ofInts())).insert(batch, 1, List.of(1));
        batch.commit();
      }
      IndexBuild[] build = new IndexBuild[1];
      Thread caller = Thread.currentThread();
      RuntimeException bug = new IllegalArgumentException("a bug (simulated)");
      Error shortage = new OutOfMemoryError("Java heap space (simulated)");
      AtomicInteger ended = new AtomicInteger();
      BuildListener listener =
          new BuildListener() {
            private final Map<Class<?>, Integer> seen = new HashMap<>();

            @Override
            public synchronized void event(BuildEvent event) {
              int nth = seen.merge(event.getClass(), 1, Integer::sum);
              if (!place.is(event, nth) || ended.getAndIncrement() > 0) {
                return;
              }
              switch (end) {
                case CANCEL -> build[0].cancel();
                case INTERRUPT -> caller.interrupt();
                case EXCEPTION -> throw bug;
                case OUT_OF_MEMORY -> throw shortage;
                case DISK_FULL -> disk.quota(1);
              }
            }
          };
      build[0] = build(db, table, listener);
      boolean isSimulated = env instanceof SimEnv;
      BuildFailedException e = run(build[0], mayEndWell(place, end, isSimulated));
      assertTrue(ended.get() > 0, "the place was not reached: " + e);
      disk.quota(Long.MAX_VALUE);
      if (e == null) {
        assertEquals(end == End.INTERRUPT, Thread.interrupted());
        assertIsBuilt(db, table);
        return;
      }
      assertEquals(end == End.INTERRUPT, Thread.interrupted());
      switch (end) {
        case CANCEL, INTERRUPT -> assertInstanceOf(CancellationException.class, e.getCause());
        case EXCEPTION -> assertSame(bug, e.getCause());
        case OUT_OF_MEMORY -> assertSame(shortage, e.getCause());
        case DISK_FULL -> assertTrue(isNoSpace(e), e::toString);
      }
      assertEquals(List.of("other"), db.indexes().stream().map(IndexInfo::name).toList());
      assertEquals(List.of(), disk.list("tmp"));
      assertFalse(db.isSealed());
      assertEquals(List.of(), db.verify());
      build(db, table, BuildListener.SILENT).run();
      assertIsBuilt(db, table);
    }
  }

  private static void assertIsBuilt(Djinn db, Table table) {
    assertEquals(List.of(), db.verify());
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = db.gin("built").stats(snapshot);
      assertEquals(table.keys(), stats.keys());
      assertEquals(table.tids(), stats.tids());
    }
  }

  /** The space that is left, or the time, may be enough for the rest. */
  private static boolean mayEndWell(Place place, End end, boolean isSimulated) {
    return switch (end) {
      case DISK_FULL -> place == Place.COMBINE_STEP || place.compareTo(Place.LOAD_STEP) >= 0;
      case INTERRUPT -> isSimulated || place != Place.SCAN_BEGINS;
      default -> false;
    };
  }

  /** Why the build failed; null where it did not and need not. */
  private static BuildFailedException run(IndexBuild build, boolean mayEndWell) {
    if (!mayEndWell) {
      return assertThrows(BuildFailedException.class, build::run);
    }
    try {
      build.run();
      return null;
    } catch (BuildFailedException e) {
      return e;
    }
  }

  private static boolean isNoSpace(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof NoSpaceException || String.valueOf(t.getMessage()).contains("o space")) {
        return true;
      }
    }
    return false;
  }
}
