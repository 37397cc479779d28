package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.build.plan.BuildOptions;
import io.djinn.build.ring.RunRing;
import io.djinn.error.BuildFailedException;
import io.djinn.error.KeyTooLongException;
import io.djinn.error.NoSpaceException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.OsEnv;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelBuildTest {
  private static final int[] WORKERS = {0, 1, 2, 3, 8};
  private static final long MIB = 1L << 20;
  private static final int STALE_FILES = 20;

  @ParameterizedTest
  @EnumSource(RowShape.class)
  void anyNumberOfWorkersAndAnyBudgetGiveTheSameIndex(RowShape shape) throws IOException {
    long seed = TestSeed.forTest("ParallelBuildTest " + shape);
    TestRows rows = new TestRows();
    shape.fill(rows, new SplittableRandom(seed));
    Map<String, List<Long>> oracle = rows.oracle();
    long tids = oracle.values().stream().mapToLong(List::size).sum();
    for (int workers : WORKERS) {
      for (long budget : new long[] {(workers + 1) * MIB, 64 * MIB}) {
        for (boolean threads : new boolean[] {false, true}) {
          SimVfs vfs = new SimVfs();
          MemoryLoaders loaders = new MemoryLoaders();
          BuildReport report =
              new ParallelBuild(
                      threads ? new OsEnv(vfs) : new SimEnv(vfs, seed),
                      request(rows, loaders, workers, budget),
                      BuildListener.SILENT)
                  .run();
          String run = workers + " workers, " + budget + " bytes, threads: " + threads;
          assertEquals("", loaders.difference(oracle), run);
          assertEquals(rows.size(), report.total().rows(), run);
          assertEquals(oracle.size(), report.total().keys(), run);
          assertEquals(tids, report.total().tids(), run);
          assertEquals(workers, report.startedWorkers(), run);
          assertTrue(report.accountedPeak() <= budget, run);
          assertNoFiles(vfs);
        }
      }
    }
  }

  @Test
  void aTinyBudgetCombinesRunsBeforeItLoads() throws IOException {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 25_000; i++) {
      int[] value = new int[60];
      for (int j = 0; j < value.length; j++) {
        value[j] = random.nextInt(60_000);
      }
      rows.add(i, value);
    }
    List<BuildEvent> events = new ArrayList<>();
    SimVfs vfs = new SimVfs();
    MemoryLoaders loaders = new MemoryLoaders();
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            events.add(event);
          }
        };
    BuildReport report =
        new ParallelBuild(new SimEnv(vfs, 1), request(rows, loaders, 1, 2 * MIB), listener).run();
    assertEquals("", loaders.difference(rows.oracle()));
    assertTrue(events.stream().anyMatch(event -> isBegin(event, BuildPhase.COMBINE)));
    PhaseReport scan = report.total().phases().get(0);
    PhaseReport combine = report.total().phases().get(1);
    assertEquals(BuildPhase.COMBINE, combine.phase());
    assertTrue(combine.runs() > 0 && combine.rawBytes() > 0 && combine.spilledBytes() > 0);
    assertTrue(scan.ratio() > 1 && combine.ratio() > 1);
    assertEquals(report.total().runs(), scan.runs() + combine.runs());
    assertEquals(report.total().spilledBytes(), scan.spilledBytes() + combine.spilledBytes());
    assertEquals(scan.runs(), report.total().ring().runs());
    assertEquals(scan.compressedBytes(), report.total().ring().bytes());
    assertNoFiles(vfs);
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void runsAreCombinedAsOftenAsItTakes() {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 18_000; i++) {
      rows.add(i, random.ints(60, 0, 30_000).toArray());
    }
    AtomicInteger passes = new AtomicInteger();
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            if (isBegin(event, BuildPhase.COMBINE)) {
              passes.incrementAndGet();
            }
          }
        };
    HungryLoaders loaders = new HungryLoaders(MIB - (120 << 10));
    new ParallelBuild(new SimEnv(new SimVfs(), 1), request(rows, loaders, 0, MIB), listener).run();
    assertEquals("", loaders.loaders().difference(rows.oracle()));
    assertTrue(passes.get() > 1, passes + " passes");
  }

  /** Long keys make blocks large and so the ring small: it is full long before the scan ends. */
  @Test
  void aRingThatIsFullIsEmptiedByWhoPutsIntoIt() {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 18_000; i++) {
      rows.add(i, random.ints(60, 0, 3_000_000).toArray());
    }
    MemoryLoaders loaders = new MemoryLoaders();
    List<Long> stalls = new ArrayList<>();
    AtomicLong ringBytes = new AtomicLong();
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            if (event instanceof BuildEvent.HandedOver handedOver) {
              stalls.add(handedOver.stalls());
            } else if (event instanceof BuildEvent.Begun begun) {
              ringBytes.set(begun.ringBytes());
            }
          }
        };
    BuildReport report =
        new ParallelBuild(
                new SimEnv(new SimVfs(), 1), request(rows, loaders, 0, MIB, 8_200), listener)
            .run();
    assertEquals("", loaders.difference(rows.oracle()));
    RingReport ring = report.total().ring();
    long handles = ringBytes.get() / RunRing.HANDLE_BYTES;
    assertTrue(ring.runs() > handles, ring.runs() + " runs, " + handles + " handles");
    assertTrue(ring.stalls() > 0, "no stalls");
    assertTrue(ring.stalls() <= 2 * ring.runs() / handles, "stalls: " + ring.stalls());
    assertEquals(ring.stalls(), stalls.get(stalls.size() - 1));
    assertEquals(ring.runs(), stalls.size());
  }

  @Test
  void aSmallSourceStaysInMemory() {
    TestRows rows = new TestRows();
    RowShape.SKEW.fill(rows, new SplittableRandom(1));
    BuildReport report =
        new ParallelBuild(
                new SimEnv(new SimVfs(), 1),
                request(rows, new MemoryLoaders(), 2, 64 * MIB),
                BuildListener.SILENT)
            .run();
    assertEquals(0, report.total().spilledBytes());
    assertTrue(report.total().runs() >= 3);
  }

  @Test
  void severalColumnsAreKeptApart() {
    MemoryLoaders loaders = new MemoryLoaders();
    RowSource source =
        InMemorySource.of(
            List.of("a", "b"),
            List.of(new Object[] {List.of(1), List.of("x")}, new Object[] {null, List.of()}),
            2);
    BuildRequest request =
        new BuildRequest(
            "b",
            source,
            List.of(
                new BuildColumn(ColumnPath.field("a"), ArrayOps.ofInts()),
                new BuildColumn(ColumnPath.field("b"), ArrayOps.ofStrings())),
            100,
            loaders,
            BuildOptions.defaults());
    new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
    assertEquals(
        Map.of(
            "000080000001", List.of(0L),
            "0003", List.of(1L),
            "010078", List.of(0L),
            "0102", List.of(1L)),
        loaders.index());
  }

  @Test
  void longKeysOfEveryLengthArrive() {
    List<Object> values = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 3_000; i++) {
      values.add(List.of("k".repeat(random.nextInt(2_000)), "same", "tail" + i));
    }
    MemoryLoaders loaders = new MemoryLoaders();
    for (long budget : new long[] {2 * MIB, 64 * MIB}) {
      loaders = new MemoryLoaders();
      BuildRequest request =
          new BuildRequest(
              "b",
              InMemorySource.ofValues(values),
              List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofStrings())),
              2_000,
              loaders,
              BuildOptions.defaults().withParallelWorkers(1).withMaintenanceWorkMem(budget));
      new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
      assertEquals(3_000, loaders.index().get("000073616d65").size());
      long tids = loaders.index().values().stream().mapToLong(List::size).sum();
      assertEquals(9_000, tids);
    }
  }

  @Test
  void aKeyThatIsTooLongIsNamed() {
    BuildRequest request =
        new BuildRequest(
            "b",
            InMemorySource.of(
                List.of("words"), List.<Object[]>of(new Object[] {List.of("abcdef")}), 1),
            List.of(new BuildColumn(ColumnPath.field("words"), ArrayOps.ofStrings())),
            5,
            new MemoryLoaders(),
            BuildOptions.defaults());
    BuildFailedException e =
        assertThrows(
            BuildFailedException.class,
            () ->
                new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT)
                    .run());
    assertInstanceOf(KeyTooLongException.class, e.getCause());
    assertTrue(e.getMessage().contains("\"words\""), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anExceptionAtAnyPlaceEndsTheBuildAndLeavesNothing(boolean threads) throws IOException {
    for (String place : List.of("scan", "open", "key", "tids", "finish", "complete")) {
      for (int workers : new int[] {0, 2}) {
        SimVfs vfs = new SimVfs();
        TestRows rows = new TestRows();
        RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
        IllegalArgumentException bug = new IllegalArgumentException("at " + place);
        if (place.equals("scan")) {
          rows.onVisit(
              tid -> {
                if (tid == 30_000) {
                  throw bug;
                }
              });
        }
        MemoryLoaders loaders = new MemoryLoaders();
        BuildFailedException e =
            assertThrows(
                BuildFailedException.class,
                () ->
                    new ParallelBuild(
                            threads ? new OsEnv(vfs) : new SimEnv(vfs, 1),
                            request(rows, new Failing(loaders, place, bug), workers, 3 * MIB),
                            BuildListener.SILENT)
                        .run(),
                place);
        assertSame(bug, e.getCause(), place);
        assertEquals(0, bug.getSuppressed().length, place);
        assertFalse(loaders.isComplete());
        assertNoFiles(vfs);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyFailingWriteEndsTheBuildAndLeavesNothing(boolean isElsewhere) throws IOException {
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    boolean failed = true;
    int nth = 1;
    for (; failed && nth < 2_000; nth += nth < 4 ? 1 : nth / 2) {
      SimVfs vfs = new SimVfs();
      vfs.hook(IoHook.fail(IoOp.PWRITE, nth, false, "no luck"));
      SimVfs store = isElsewhere ? new SimVfs() : vfs;
      try {
        new ParallelBuild(
                new SimEnv(store, 1),
                vfs,
                request(rows, new MemoryLoaders(), 1, 2 * MIB),
                BuildListener.SILENT)
            .run();
        failed = false;
      } catch (BuildFailedException e) {
        assertTrue(e.getMessage().contains("temporary file tmp/b-"), e.getMessage());
        assertEquals(0, e.getCause().getSuppressed().length);
      }
      assertEquals(isElsewhere, !store.exists("tmp"));
      assertNoFiles(vfs);
    }
    assertTrue(nth > 4);
  }

  @Test
  void aLimitOfTemporaryFilesEndsTheBuild() throws IOException {
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    SimVfs vfs = new SimVfs();
    BuildRequest asked = request(rows, new MemoryLoaders(), 0, MIB);
    BuildRequest request =
        new BuildRequest(
            asked.name(),
            asked.source(),
            asked.columns(),
            asked.maxKeyBytes(),
            asked.loaders(),
            asked.options().withTempFileLimit(100_000));
    BuildFailedException e =
        assertThrows(
            BuildFailedException.class,
            () -> new ParallelBuild(new SimEnv(vfs, 1), request, BuildListener.SILENT).run());
    assertInstanceOf(NoSpaceException.class, e.getCause());
    assertNoFiles(vfs);
  }

  @Test
  void aStaleTemporaryFileIsReplaced() throws IOException {
    SimVfs vfs = new SimVfs();
    vfs.createDirectory("tmp");
    for (int run = 0; run < STALE_FILES; run++) {
      vfs.open("tmp/b-0-" + run, OpenMode.CREATE_NEW).close();
    }
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    MemoryLoaders loaders = new MemoryLoaders();
    BuildReport report =
        new ParallelBuild(new SimEnv(vfs, 1), request(rows, loaders, 0, MIB), BuildListener.SILENT)
            .run();
    assertTrue(report.total().spilledBytes() > 0);
    assertEquals("", loaders.difference(rows.oracle()));
    assertEquals(STALE_FILES - 1, vfs.list("tmp").size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCancelledBuildEndsInAnyPhase(boolean threads) throws IOException {
    for (BuildPhase phase : List.of(BuildPhase.SCAN, BuildPhase.LOAD, BuildPhase.COMPLETE)) {
      SimVfs vfs = new SimVfs();
      TestRows rows = new TestRows();
      RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
      ParallelBuild[] build = new ParallelBuild[1];
      if (phase == BuildPhase.SCAN) {
        rows.onVisit(tid -> build[0].cancel());
      }
      MemoryLoaders loaders = new MemoryLoaders();
      BuildListener listener =
          new BuildListener() {
            @Override
            public void event(BuildEvent event) {
              if (isBegin(event, phase)) {
                build[0].cancel();
              }
            }
          };
      build[0] =
          new ParallelBuild(
              threads ? new OsEnv(vfs) : new SimEnv(vfs, 1),
              request(rows, loaders, 2, 3 * MIB),
              listener);
      BuildFailedException e = assertThrows(BuildFailedException.class, build[0]::run);
      assertInstanceOf(CancellationException.class, e.getCause());
      assertFalse(loaders.isComplete());
      assertNoFiles(vfs);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCancelledBuildDoesHardlyAnythingMore(boolean threads) {
    int participants = 3;
    for (boolean whileLoading : new boolean[] {false, true}) {
      TestRows rows = new TestRows();
      RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
      ParallelBuild[] build = new ParallelBuild[1];
      AtomicLong seen = new AtomicLong();
      AtomicLong seenLater = new AtomicLong();
      AtomicBoolean isCancelled = new AtomicBoolean();
      Runnable look =
          () -> {
            if (isCancelled.get()) {
              seenLater.incrementAndGet();
            }
            if (seen.incrementAndGet() == 5_000) {
              build[0].cancel();
              isCancelled.set(true);
            }
          };
      MemoryLoaders loaders = new MemoryLoaders();
      RangeLoaderFactory looking = loaders;
      if (whileLoading) {
        looking = new Failing(loaders, look);
      } else {
        rows.onVisit(tid -> look.run());
      }
      SimVfs vfs = new SimVfs();
      build[0] =
          new ParallelBuild(
              threads ? new OsEnv(vfs) : new SimEnv(vfs, 1),
              request(rows, looking, participants - 1, participants * MIB),
              BuildListener.SILENT);
      assertThrows(BuildFailedException.class, build[0]::run);
      assertTrue(isCancelled.get());
      // Rows or keys between two looks at whether to go on.
      int most = participants * (whileLoading ? 64 : 32);
      assertTrue(seenLater.get() <= most, seenLater.get() + " more");
    }
  }

  @Test
  void anInterruptOfTheCallerCancelsAndIsKept() throws IOException {
    SimVfs vfs = new SimVfs();
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    Thread caller = Thread.currentThread();
    rows.onVisit(tid -> caller.interrupt());
    BuildFailedException e =
        assertThrows(
            BuildFailedException.class,
            () ->
                new ParallelBuild(
                        new OsEnv(vfs),
                        request(rows, new MemoryLoaders(), 1, 2 * MIB),
                        BuildListener.SILENT)
                    .run());
    assertTrue(Thread.interrupted());
    assertInstanceOf(CancellationException.class, e.getCause());
    assertNoFiles(vfs);
  }

  /** One thread is slow with each key; what the other can have of its range it gets. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aThreadThatHasNothingToLoadGetsAPartOfWhatAnotherLoads() {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 20_000; i++) {
      rows.add(i, random.ints(20, 0, 1_000_000).toArray());
    }
    Env env = new OsEnv(new SimVfs());
    AtomicReference<Thread> slow = new AtomicReference<>();
    AtomicInteger planned = new AtomicInteger();
    AtomicInteger loaded = new AtomicInteger();
    Runnable look =
        () -> {
          slow.compareAndSet(null, Thread.currentThread());
          long begun = env.nanoTime();
          while (slow.get() == Thread.currentThread() && env.nanoTime() - begun < 300_000) {
            Thread.onSpinWait();
          }
        };
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            if (event instanceof BuildEvent.MergePlanned plan) {
              planned.set(plan.tasks());
            } else if (event instanceof BuildEvent.Loaded) {
              loaded.incrementAndGet();
            }
          }
        };
    MemoryLoaders loaders = new MemoryLoaders();
    BuildReport report =
        new ParallelBuild(env, request(rows, new Failing(loaders, look), 1, 2 * MIB), listener)
            .run();
    assertEquals("", loaders.difference(rows.oracle()));
    assertTrue(loaded.get() > planned.get(), loaded + " ranges of " + planned);
    assertEquals(loaded.get(), report.ranges());
  }

  /** The caller looks around while ranges are loaded too, which here takes seconds by the clock. */
  @Test
  void anInterruptOfTheCallerWhileRangesAreLoadedCancelsAndIsKept() throws IOException {
    SimVfs vfs = new SimVfs();
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    int keys = rows.oracle().size();
    assertTrue(keys > 5_000, keys + " keys");
    Thread caller = Thread.currentThread();
    AtomicInteger loaded = new AtomicInteger();
    Env env = new OsEnv(vfs);
    Runnable look =
        () -> {
          if (loaded.getAndIncrement() == 0) {
            caller.interrupt();
          }
          long begun = env.nanoTime();
          while (env.nanoTime() - begun < 1_000_000) {
            Thread.onSpinWait();
          }
        };
    RangeLoaderFactory slow = new Failing(new MemoryLoaders(), look);
    BuildFailedException e =
        assertThrows(
            BuildFailedException.class,
            () ->
                new ParallelBuild(env, request(rows, slow, 1, 2 * MIB), BuildListener.SILENT)
                    .run());
    assertTrue(Thread.interrupted());
    assertInstanceOf(CancellationException.class, e.getCause());
    assertTrue(loaded.get() < keys, "all keys were loaded");
    assertNoFiles(vfs);
  }

  @Test
  void fewerThreadsThanAskedGoOnAlone() {
    TestRows rows = new TestRows();
    RowShape.SKEW.fill(rows, new SplittableRandom(1));
    MemoryLoaders loaders = new MemoryLoaders();
    BuildReport report =
        new ParallelBuild(
                new FewThreads(new SimEnv(new SimVfs(), 1), 2),
                request(rows, loaders, 5, 12 * MIB),
                BuildListener.SILENT)
            .run();
    assertEquals(5, report.askedWorkers());
    assertEquals(1, report.startedWorkers());
    assertEquals("", loaders.difference(rows.oracle()));
  }

  private static boolean isBegin(BuildEvent event, BuildPhase phase) {
    return event instanceof BuildEvent.PhaseBegun begun && begun.phase() == phase;
  }

  private static BuildRequest request(
      RowSource source, RangeLoaderFactory loaders, int workers, long budget) {
    return request(source, loaders, workers, budget, 2_000);
  }

  private static BuildRequest request(
      RowSource source, RangeLoaderFactory loaders, int workers, long budget, int maxKeyBytes) {
    return new BuildRequest(
        "b",
        source,
        List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
        maxKeyBytes,
        loaders,
        BuildOptions.defaults().withParallelWorkers(workers).withMaintenanceWorkMem(budget));
  }

  private static void assertNoFiles(SimVfs vfs) throws IOException {
    if (vfs.exists("tmp")) {
      assertEquals(List.of(), vfs.list("tmp"));
    }
    assertFalse(vfs.exists("b-0-0"));
  }

  /** Throws a given exception at one place of loading, and looks at each key. */
  private record Failing(MemoryLoaders loaders, String place, RuntimeException bug, Runnable look)
      implements RangeLoaderFactory {
    Failing(MemoryLoaders loaders, String place, RuntimeException bug) {
      this(loaders, place, bug, () -> {});
    }

    Failing(MemoryLoaders loaders, Runnable look) {
      this(loaders, "", null, look);
    }

    private void at(String here) {
      if (here.equals(place)) {
        throw bug;
      }
    }

    @Override
    public long workBytes() {
      return loaders.workBytes();
    }

    @Override
    public RangeLoader open(int range, MemoryAccount account) {
      at("open");
      return failing(loaders.open(range, account));
    }

    @Override
    public RangeLoader openPart(int range, int part, MemoryAccount account) {
      at("open");
      return failing(loaders.openPart(range, part, account));
    }

    private RangeLoader failing(RangeLoader loader) {
      return new RangeLoader() {
        @Override
        public void key(long address, int length) {
          at("key");
          look.run();
          loader.key(address, length);
        }

        @Override
        public void tids(long[] tids, int count) {
          at("tids");
          loader.tids(tids, count);
        }

        @Override
        public void endKey() {
          loader.endKey();
        }

        @Override
        public void finish() {
          at("finish");
          loader.finish();
        }

        @Override
        public long pages() {
          return loader.pages();
        }

        @Override
        public void close() {
          loader.close();
        }
      };
    }

    @Override
    public void complete(int[] inKeyOrder, MemoryAccount account) {
      at("complete");
      loaders.complete(inKeyOrder, account);
    }
  }

  /** Starts only so many threads. */
  private static final class FewThreads implements Env {
    private final Env env;
    private int left;

    FewThreads(Env env, int threads) {
      this.env = env;
      left = threads;
    }

    @Override
    public Vfs vfs() {
      return env.vfs();
    }

    @Override
    public long nanoTime() {
      return env.nanoTime();
    }

    @Override
    public long randomLong() {
      return env.randomLong();
    }

    @Override
    public EngineThread start(String name, Agent agent) {
      if (left-- <= 0) {
        throw new OutOfMemoryError("unable to create native thread (simulated)");
      }
      return env.start(name, agent);
    }

    @Override
    public <T> T call(String name, Callable<T> task) {
      return env.call(name, task);
    }
  }
}
