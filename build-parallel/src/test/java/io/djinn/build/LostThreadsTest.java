package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.LostThreads.Loss;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A build goes on without threads that do not start, or end before their first block. */
class LostThreadsTest {
  private static final int WORKERS = 4;
  private static final double MOST_SECONDS = 1.5;

  private final List<BuildEvent> events = Collections.synchronizedList(new ArrayList<>());

  private BuildReport build(Env env, TestRows rows, MemoryLoaders loaders, int workers) {
    BuildRequest request =
        new BuildRequest(
            "b",
            rows,
            List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
            2_000,
            loaders,
            BuildOptions.defaults()
                .withParallelWorkers(workers)
                .withMaintenanceWorkMem((workers + 1L) << 20));
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            events.add(event);
          }
        };
    return new ParallelBuild(env, request, listener).run();
  }

  private static TestRows rows() {
    TestRows rows = new TestRows();
    RowShape.SKEW.fill(rows, new SplittableRandom(1));
    return rows;
  }

  private void assertGoesOn(Env env, Loss loss, Set<Integer> lost) {
    String what = loss + " " + lost;
    events.clear();
    TestRows rows = rows();
    MemoryLoaders loaders = new MemoryLoaders();
    BuildReport report = build(new LostThreads(env, loss, lost), rows, loaders, WORKERS);
    assertEquals("", loaders.difference(rows.oracle()), what);
    assertEquals(WORKERS, report.askedWorkers(), what);
    assertEquals(WORKERS - lost.size(), report.startedWorkers(), what);
    assertEquals(rows.size(), report.total().rows(), what);
    assertTrue(report.accountedPeak() <= report.budgetBytes(), what);
    BuildEvent.Started last =
        (BuildEvent.Started)
            events.stream()
                .filter(BuildEvent.Started.class::isInstance)
                .reduce((a, b) -> b)
                .orElseThrow();
    assertEquals(WORKERS + 1, last.asked(), what);
    assertEquals(WORKERS + 1 - lost.size(), last.started(), what);
    assertTrue(!last.reason().isEmpty(), what);
  }

  /** The first, the second, the last; and all but one. */
  private static List<Set<Integer>> losses() {
    return List.of(
        Set.of(0),
        Set.of(1),
        Set.of(WORKERS),
        Set.of(0, 1, WORKERS),
        IntStream.range(0, WORKERS).boxed().collect(Collectors.toSet()),
        IntStream.rangeClosed(1, WORKERS).boxed().collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, WORKERS})
  void threadsThatAreAllLateAreWaitedFor(int workers) {
    Set<Integer> all = IntStream.rangeClosed(0, workers).boxed().collect(Collectors.toSet());
    for (int seed = 0; seed < 3; seed++) {
      TestRows rows = rows();
      MemoryLoaders loaders = new MemoryLoaders();
      Env env = new LostThreads(new SimEnv(new SimVfs(), seed), Loss.LATE, all);
      BuildReport report = build(env, rows, loaders, workers);
      assertEquals("", loaders.difference(rows.oracle()));
      assertEquals(rows.size(), report.total().rows());
    }
  }

  @Test
  void realThreadsThatAreSilentAreNotWaitedForEither() {
    assertGoesOn(new OsEnv(new SimVfs()), Loss.SILENT, Set.of(WORKERS));
    assertGoesOn(new OsEnv(new SimVfs()), Loss.SILENT_LATER, Set.of(0));
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aBuildGoesOnWithTheThreadsThereAre(Loss loss) {
    for (Set<Integer> lost : losses()) {
      for (int seed = 0; seed < 3; seed++) {
        SimEnv env = new SimEnv(new SimVfs(), seed);
        assertGoesOn(env, loss, lost);
        double seconds = env.nanoTime() / 1e9;
        assertTrue(seconds < MOST_SECONDS, loss + " " + lost + " took " + seconds);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"REFUSED", "ENDED", "ENDED_LATER"})
  void realThreadsAreNotWaitedForEither(Loss loss) {
    for (Set<Integer> lost : losses()) {
      assertGoesOn(new OsEnv(new SimVfs()), loss, lost);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"REFUSED", "ENDED", "ENDED_LATER"})
  void withoutAnyThreadTheBuildFails(Loss loss) {
    Env env = new LostThreads(new SimEnv(new SimVfs(), 1), loss, Set.of(0));
    MemoryLoaders loaders = new MemoryLoaders();
    BuildFailedException e =
        assertThrows(BuildFailedException.class, () -> build(env, rows(), loaders, 0));
    assertInstanceOf(BuildFailedException.class, e.getCause());
    assertTrue(e.getMessage().contains("thread"), e.getMessage());
    assertTrue(!loaders.isComplete());
  }

  @Test
  void theBudgetIsDividedAmongThoseThatStarted() {
    assertGoesOn(new SimEnv(new SimVfs(), 1), Loss.REFUSED, Set.of(1, 2, 3, 4));
    BuildEvent.Begun alone = begun();
    assertGoesOn(new SimEnv(new SimVfs(), 1), Loss.REFUSED, Set.of(4));
    assertTrue(alone.arenaBytes() > 3 * begun().arenaBytes());
  }

  private BuildEvent.Begun begun() {
    return (BuildEvent.Begun)
        events.stream().filter(BuildEvent.Begun.class::isInstance).findFirst().orElseThrow();
  }
}
