package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.DjinnException;
import io.djinn.error.StoreClosedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimEnvTest {
  private final SimVfs vfs = new SimVfs();
  private final SimEnv env = new SimEnv(vfs, 1);

  @AfterEach
  void close() {
    vfs.close();
  }

  /** Does as many units as were put in, and notes them. */
  private static final class Worker implements Agent {
    final String name;
    final List<String> done;
    int left;
    long idleNanos;
    Throwable toThrow;
    Throwable failure;

    Worker(String name, List<String> done) {
      this.name = name;
      this.done = done;
    }

    @Override
    public boolean work() {
      if (toThrow instanceof Error) {
        throw (Error) toThrow;
      }
      if (toThrow instanceof RuntimeException) {
        throw (RuntimeException) toThrow;
      }
      if (left == 0) {
        return false;
      }
      left--;
      done.add(name);
      return true;
    }

    @Override
    public long idleNanos() {
      return idleNanos;
    }

    @Override
    public void failed(Throwable t) {
      failure = t;
      toThrow = null;
    }
  }

  @Test
  void agentsRunOnlyInsideAWait() {
    List<String> done = new ArrayList<>();
    Worker worker = new Worker("a", done);
    worker.left = 3;
    EngineThread thread = env.start("a", worker);
    thread.wake();
    assertEquals(List.of(), done);
    thread.await(() -> done.size() == 2);
    assertEquals(2, done.size());
    env.runAgents();
    assertEquals(3, done.size());
  }

  @Test
  void theSeedGivesTheOrder() {
    assertEquals(order(5), order(5));
    List<List<String>> orders = new ArrayList<>();
    for (int seed = 0; seed < 10; seed++) {
      orders.add(order(seed));
    }
    assertTrue(orders.stream().distinct().count() > 5);
  }

  private List<String> order(long seed) {
    SimEnv ordered = new SimEnv(vfs, seed);
    List<String> done = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Worker worker = new Worker(name, done);
      worker.left = 3;
      ordered.start(name, worker);
    }
    ordered.runAgents();
    return done;
  }

  @Test
  void aForgottenWakeUpIsAnError() {
    List<String> done = new ArrayList<>();
    Worker first = new Worker("a", done);
    Worker second = new Worker("b", done);
    EngineThread firstThread = env.start("a", first);
    EngineThread secondThread = env.start("b", second);
    env.runAgents();
    second.left = 1;
    assertThrows(AssertionError.class, () -> firstThread.await(() -> done.size() == 1));
    secondThread.wake();
    firstThread.await(() -> done.size() == 1);
  }

  @Test
  void aWaitThatNeverEndsIsAnErrorAlsoWithTimersAndAgentsThatWakeEachOther() {
    Worker timer = new Worker("timer", new ArrayList<>());
    timer.idleNanos = 10;
    EngineThread thread = env.start("timer", timer);
    assertThrows(AssertionError.class, () -> thread.await(() -> false));
    thread.close();
    EngineThread[] threads = new EngineThread[2];
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      threads[i] =
          env.start(
              "t" + i,
              () -> {
                threads[other].wake();
                return false;
              });
    }
    assertThrows(AssertionError.class, () -> threads[0].await(() -> false));
  }

  @Test
  void timeMovesToTheNextDeadlineWhenAllAgentsAreIdle() {
    List<String> done = new ArrayList<>();
    Worker timer = new Worker("timer", done);
    timer.idleNanos = 1_000_000_000L;
    EngineThread thread = env.start("timer", timer);
    long start = env.nanoTime();
    env.runAgents();
    assertTrue(env.nanoTime() - start < timer.idleNanos);
    thread.await(() -> env.nanoTime() - start >= timer.idleNanos);
    env.advance(5_000_000_000L);
    timer.left = 1;
    env.runAgents();
    assertEquals(1, done.size());
  }

  @Test
  void whatAnAgentThrowsReachesIt() {
    Worker worker = new Worker("a", new ArrayList<>());
    EngineThread thread = env.start("a", worker);
    IllegalStateException thrown = new IllegalStateException("x");
    worker.toThrow = thrown;
    thread.await(() -> worker.failure != null);
    assertSame(thrown, worker.failure);
  }

  @Test
  void aBugInAnAgentReachesTheTestToo() {
    Worker worker = new Worker("a", new ArrayList<>());
    EngineThread thread = env.start("a", worker);
    worker.toThrow = new AssertionError("bug");
    assertThrows(AssertionError.class, () -> thread.await(() -> false));
    assertEquals("bug", worker.failure.getMessage());
  }

  @Test
  void aSimulatedCrashReachesTheTestAndNotTheAgent() {
    Worker worker = new Worker("a", new ArrayList<>());
    EngineThread thread = env.start("a", worker);
    worker.toThrow = new SimulatedCrash("cut");
    assertThrows(SimulatedCrash.class, () -> thread.await(() -> false));
    assertSame(null, worker.failure);
  }

  @Test
  void aClosedThreadRunsNoMoreAndEndsWaits() {
    List<String> done = new ArrayList<>();
    Worker worker = new Worker("a", done);
    worker.left = 1;
    EngineThread thread = env.start("a", worker);
    assertEquals(List.of("a"), env.threadNames());
    thread.close();
    env.runAgents();
    assertEquals(List.of(), done);
    assertEquals(List.of(), env.threadNames());
    assertThrows(StoreClosedException.class, () -> thread.await(() -> false));
  }

  @Test
  void anAgentMayWaitForAnotherAndNotForItself() {
    List<String> done = new ArrayList<>();
    Worker helper = new Worker("b", done);
    EngineThread helperThread = env.start("b", helper);
    env.runAgents();
    EngineThread[] self = new EngineThread[1];
    self[0] =
        env.start(
            "a",
            () -> {
              if (!done.isEmpty()) {
                return false;
              }
              helper.left = 1;
              helperThread.await(() -> done.size() == 1);
              assertThrows(IllegalStateException.class, () -> self[0].await(() -> false));
              return true;
            });
    env.runAgents();
    assertEquals(List.of("b"), done);
  }

  @Test
  void tasksRunInline() {
    assertSame(Thread.currentThread(), env.call("task", Thread::currentThread));
    IOException io = new IOException();
    assertSame(
        io,
        assertThrows(
                UncheckedIOException.class,
                () ->
                    env.call(
                        "io",
                        () -> {
                          throw io;
                        }))
            .getCause());
    assertThrows(
        DjinnException.class,
        () ->
            env.call(
                "odd",
                () -> {
                  throw new Exception();
                }));
  }

  @Test
  void numbersAreRepeatable() {
    SimEnv first = new SimEnv(vfs, 9);
    SimEnv second = new SimEnv(vfs, 9);
    assertEquals(first.randomLong(), second.randomLong());
    assertNotEquals(first.randomLong(), first.randomLong());
    assertEquals(first.nanoTime() + SimEnv.TICK_NANOS, first.nanoTime());
  }
}
