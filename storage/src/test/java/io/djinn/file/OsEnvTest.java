package io.djinn.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreClosedException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OsEnvTest {
  private static final int ROUNDS = 20_000;

  @TempDir Path directory;
  private OsVfs vfs;
  private OsEnv env;

  @BeforeEach
  void open() throws IOException {
    vfs = new OsVfs(directory);
    env = new OsEnv(vfs);
  }

  @AfterEach
  void close() throws IOException {
    vfs.close();
  }

  /** Moves {@code done} up to {@code asked}, one a unit of work. */
  private static final class CountingAgent implements Agent {
    final AtomicLong asked = new AtomicLong();
    final AtomicLong done = new AtomicLong();
    volatile EngineThread thread;

    @Override
    public boolean work() {
      if (done.get() >= asked.get()) {
        return false;
      }
      done.incrementAndGet();
      EngineThread self = thread;
      if (self != null) {
        self.signal();
      }
      return true;
    }

    void start(OsEnv env) {
      thread = env.start("count", this);
    }

    void askAndAwait() {
      long number = asked.incrementAndGet();
      thread.await(() -> done.get() >= number);
      assertTrue(done.get() >= number);
    }
  }

  @Test
  void noWakeUpIsLostBetweenOneWaiterAndItsAgent() {
    CountingAgent agent = new CountingAgent();
    agent.start(env);
    for (int i = 0; i < ROUNDS; i++) {
      agent.askAndAwait();
    }
    agent.thread.close();
    assertEquals(ROUNDS, agent.done.get());
  }

  @Test
  void noWakeUpIsLostBetweenManyWaitersUnderAStormOfInterrupts() throws Exception {
    CountingAgent agent = new CountingAgent();
    agent.start(env);
    List<Thread> callers = new ArrayList<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicInteger interruptsKept = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      Thread caller =
          new Thread(
              () -> {
                for (int round = 0; round < ROUNDS / 10; round++) {
                  agent.askAndAwait();
                  if (Thread.interrupted()) {
                    interruptsKept.incrementAndGet();
                  }
                }
              });
      caller.setUncaughtExceptionHandler((thread, t) -> failure.set(t));
      callers.add(caller);
      caller.start();
    }
    int interrupts = 0;
    while (callers.stream().anyMatch(Thread::isAlive)) {
      callers.forEach(Thread::interrupt);
      interrupts++;
      Thread.yield();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    agent.thread.close();
    assertEquals(null, failure.get());
    assertTrue(interrupts > 0 && interruptsKept.get() > 0);
  }

  @Test
  void anInterruptedFileWriterOnAnEngineThreadGoesOn() throws Exception {
    RawFile file = vfs.open("log", OpenMode.CREATE_NEW);
    MemoryRegion memory = MemoryRegion.allocate(new MemoryAccount("test", 512), 512);
    AtomicReference<Thread> worker = new AtomicReference<>();
    AtomicLong asked = new AtomicLong();
    AtomicLong written = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    EngineThread thread =
        env.start(
            "log",
            new Agent() {
              @Override
              public boolean work() {
                worker.set(Thread.currentThread());
                if (written.get() == asked.get()) {
                  return false;
                }
                try {
                  file.writeFully(written.get() * 512, memory.address(), 512);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                written.incrementAndGet();
                return true;
              }

              @Override
              public void failed(Throwable t) {
                failure.set(t);
              }
            });
    Thread caller = Thread.currentThread();
    for (int i = 1; i <= 10_000; i++) {
      asked.incrementAndGet();
      caller.interrupt();
      if (worker.get() != null) {
        worker.get().interrupt();
      }
      long number = i;
      thread.await(() -> written.get() >= number || failure.get() != null);
      assertTrue(Thread.interrupted());
    }
    thread.close();
    assertEquals(null, failure.get());
    assertEquals(10_000 * 512, file.sizeBytes());
    file.close();
    memory.close();
  }

  @Test
  void whatAnAgentThrowsReachesItAndItIsCalledAgain() {
    AtomicReference<Throwable> sealedBy = new AtomicReference<>();
    AtomicInteger callsAfter = new AtomicInteger();
    AtomicBoolean go = new AtomicBoolean();
    AssertionError thrown = new AssertionError("bug");
    EngineThread thread =
        env.start(
            "seal",
            new Agent() {
              @Override
              public boolean work() {
                if (sealedBy.get() != null) {
                  callsAfter.incrementAndGet();
                } else if (go.get()) {
                  throw thrown;
                }
                return false;
              }

              @Override
              public void failed(Throwable t) {
                sealedBy.set(t);
              }
            });
    go.set(true);
    thread.await(() -> sealedBy.get() != null);
    assertSame(thrown, sealedBy.get());
    thread.await(() -> callsAfter.get() > 0);
    thread.close();
  }

  @Test
  void anAgentThatFailsForEverDoesNotSpin() {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger failures = new AtomicInteger();
    EngineThread thread =
        env.start(
            "fail",
            new Agent() {
              @Override
              public boolean work() {
                calls.incrementAndGet();
                throw new IllegalStateException("again");
              }

              @Override
              public void failed(Throwable t) {
                failures.incrementAndGet();
              }
            });
    for (int i = 1; i <= 100; i++) {
      int number = i;
      thread.await(() -> failures.get() >= number);
    }
    thread.close();
    assertEquals(calls.get(), failures.get());
    assertTrue(calls.get() <= 102, "calls " + calls.get());
  }

  @Test
  void closingEndsTheWaitOfOthers() throws Exception {
    EngineThread thread = env.start("idle", () -> false);
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    BooleanSupplier never =
        () -> {
          waiting.countDown();
          return false;
        };
    Thread waiter =
        new Thread(
            () -> {
              try {
                thread.await(never);
              } catch (Throwable t) {
                failure.set(t);
              }
            });
    waiter.start();
    waiting.await();
    thread.close();
    waiter.join();
    assertEquals(StoreClosedException.class, failure.get().getClass());
    assertThrows(StoreClosedException.class, () -> thread.await(() -> false));
    thread.await(() -> true);
  }

  @Test
  void anIdleAgentRunsAgainWhenItsTimeIsOver() {
    AtomicInteger calls = new AtomicInteger();
    EngineThread thread =
        env.start(
            "timer",
            new Agent() {
              @Override
              public boolean work() {
                calls.incrementAndGet();
                return false;
              }

              @Override
              public long idleNanos() {
                return 1_000;
              }
            });
    while (calls.get() < 100) {
      Thread.onSpinWait();
    }
    thread.close();
  }

  @Test
  void anAgentMayNotWaitForItself() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<EngineThread> self = new AtomicReference<>();
    EngineThread thread =
        env.start(
            "self",
            new Agent() {
              @Override
              public boolean work() {
                if (self.get() != null) {
                  self.get().await(() -> false);
                }
                return false;
              }

              @Override
              public void failed(Throwable t) {
                failure.set(t);
              }
            });
    self.set(thread);
    thread.await(() -> failure.get() != null);
    assertEquals(IllegalStateException.class, failure.get().getClass());
    thread.close();
  }

  @Test
  void aTaskRunsOnAnOwnedThreadAndANestedOneOnTheSame() {
    Thread outer =
        env.call(
            "outer",
            () -> {
              assertTrue(OwnedThread.isCurrent());
              assertSame(Thread.currentThread(), env.call("inner", Thread::currentThread));
              return Thread.currentThread();
            });
    assertNotEquals(Thread.currentThread(), outer);
    assertTrue(outer.isDaemon());
    assertFalse(OwnedThread.isCurrent());
  }

  @Test
  void whatATaskThrowsIsThrownToItsCaller() {
    NoSpaceException unchecked = new NoSpaceException("full");
    assertSame(unchecked, assertThrows(NoSpaceException.class, () -> fail(unchecked)));
    StackOverflowError error = new StackOverflowError();
    assertSame(error, assertThrows(StackOverflowError.class, () -> fail(error)));
    IOException io = new IOException("gone");
    assertSame(io, assertThrows(UncheckedIOException.class, () -> fail(io)).getCause());
    Exception checked = new Exception("odd");
    assertSame(checked, assertThrows(DjinnException.class, () -> fail(checked)).getCause());
  }

  @Test
  void anInterruptDoesNotEndATaskAndIsKept() {
    Thread caller = Thread.currentThread();
    AtomicBoolean finished = new AtomicBoolean();
    env.call(
        "task",
        () -> {
          Thread self = Thread.currentThread();
          for (int i = 0; i < 1_000; i++) {
            caller.interrupt();
            self.interrupt();
            Thread.yield();
          }
          finished.set(!self.isInterrupted());
          return null;
        });
    assertTrue(finished.get());
    assertTrue(Thread.interrupted());
  }

  @Test
  void randomNumbersDiffer() {
    assertNotEquals(env.randomLong(), env.randomLong());
    assertSame(vfs, env.vfs());
  }

  private void fail(Throwable t) {
    env.call(
        "fail",
        () -> {
          if (t instanceof Error) {
            throw (Error) t;
          }
          throw (Exception) t;
        });
  }
}
