package io.djinn.testkit;

import io.djinn.error.DjinnException;
import io.djinn.error.StoreClosedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.Vfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * An environment without threads, for tests that must be repeatable: agents run on the one calling
 * thread, inside {@link EngineThread#await} and {@link #runAgents}, in an order given by the seed,
 * and time stands still but for a tick a look. The order of file calls is held against {@link
 * CheckVfs}.
 *
 * <p>An agent that found nothing to do is not run again before it is woken or its idle time is
 * over, so a wake-up that the engine forgot shows as a wait that would never end, which is an
 * error.
 */
public final class SimEnv implements Env {
  /** How far the clock moves when it is read. */
  public static final long TICK_NANOS = 1_000;

  private static final int MAX_IDLE_ROUNDS = 10_000;
  private static final int MAX_BUSY_ROUNDS = 10_000_000;

  private final Vfs vfs;
  private final SplittableRandom random;
  private final SplittableRandom order;
  private final List<InlineThread> threads = new ArrayList<>();
  private long now = 1;

  /** Holds the calls on the files against the store's protocol ({@link CheckVfs}). */
  public SimEnv(Vfs vfs, long seed) {
    this(seed, new CheckVfs(vfs));
  }

  private SimEnv(long seed, Vfs vfs) {
    this.vfs = vfs;
    random = new SplittableRandom(seed);
    order = random.split();
  }

  /**
   * An environment over files that were damaged from outside: what a store does then can not be
   * held against a protocol that takes what it reads for true.
   */
  public static SimEnv ofDamaged(Vfs vfs, long seed) {
    return new SimEnv(seed, vfs);
  }

  @Override
  public Vfs vfs() {
    return vfs;
  }

  @Override
  public long nanoTime() {
    now += TICK_NANOS;
    return now;
  }

  /** Moves the clock. */
  public void advance(long nanos) {
    now += nanos;
  }

  @Override
  public long randomLong() {
    return random.nextLong();
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    InlineThread thread = new InlineThread(name, agent);
    threads.add(thread);
    return thread;
  }

  @Override
  public <T> T call(String name, Callable<T> task) {
    try {
      return task.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new DjinnException(name + " failed", e);
    }
  }

  /** Runs the agents until each has parked; time stands still. */
  public void runAgents() {
    runAgents(MAX_BUSY_ROUNDS);
  }

  /** As {@link #runAgents()}; an agent that is not idle after so many rounds is an error. */
  public void runAgents(int mostRounds) {
    for (int round = 0; runRound(); round++) {
      if (round == mostRounds) {
        throw new AssertionError("agents not idle after " + mostRounds + " rounds: " + threads);
      }
    }
  }

  /** Names of the threads not closed yet. */
  public List<String> threadNames() {
    List<String> names = new ArrayList<>();
    threads.forEach(thread -> names.add(thread.name));
    return names;
  }

  /** Runs each agent that may run once, in some order; false where none did anything. */
  private boolean runRound() {
    List<InlineThread> round = new ArrayList<>(threads);
    boolean busy = false;
    while (!round.isEmpty()) {
      InlineThread thread = round.remove(order.nextInt(round.size()));
      busy |= thread.runOnce();
    }
    return busy;
  }

  /** Moves the clock to the first end of an idle time; false where no agent has one. */
  private boolean advanceToDeadline() {
    long first = Long.MAX_VALUE;
    for (InlineThread thread : threads) {
      if (!thread.running) {
        first = Math.min(first, thread.deadline);
      }
    }
    if (first == Long.MAX_VALUE) {
      return false;
    }
    now = Math.max(now, first);
    return true;
  }

  /** A registered agent and whether it may run. */
  private final class InlineThread implements EngineThread {
    private final String name;
    private final Agent agent;
    private boolean runnable = true;
    private boolean running;
    private boolean closed;
    private long deadline = Long.MAX_VALUE;

    InlineThread(String name, Agent agent) {
      this.name = name;
      this.agent = agent;
    }

    /** One unit of work; true where there was one, or the agent failed. */
    boolean runOnce() {
      if (closed || running || !runnable && now < deadline) {
        return false;
      }
      runnable = false;
      deadline = Long.MAX_VALUE;
      running = true;
      try {
        runnable = agent.work();
        if (!runnable) {
          long idleNanos = agent.idleNanos();
          deadline = idleNanos > 0 ? now + idleNanos : Long.MAX_VALUE;
          return false;
        }
        return true;
      } catch (SimulatedCrash crash) {
        throw crash;
      } catch (AssertionError bug) {
        agent.failed(bug);
        throw bug;
      } catch (Throwable failure) {
        agent.failed(failure);
        return true;
      } finally {
        running = false;
      }
    }

    @Override
    public void wake() {
      runnable = true;
    }

    @Override
    public void await(BooleanSupplier condition) {
      if (condition.getAsBoolean()) {
        return;
      }
      if (running) {
        throw new IllegalStateException("thread " + name + " would wait for itself");
      }
      wake();
      awaitRounds(condition);
    }

    private void awaitRounds(BooleanSupplier condition) {
      int busyRounds = 0;
      for (int idleRounds = 0;
          idleRounds < MAX_IDLE_ROUNDS && busyRounds < MAX_BUSY_ROUNDS;
          idleRounds++) {
        boolean busy = isAgentRunning() && runOnce() || runRoundUnless(condition);
        if (condition.getAsBoolean()) {
          return;
        }
        if (closed) {
          throw new StoreClosedException("thread " + name + " was closed during a wait");
        }
        if (busy) {
          idleRounds = 0;
          busyRounds++;
        } else if (!anyRunnable() && !advanceToDeadline()) {
          break;
        }
      }
      throw new AssertionError("waiting for " + name + " would never end: " + threads);
    }

    /**
     * A round of all agents, but none where the condition holds already: an agent that waits runs
     * the one it waits for first, as another that it ran in here could come to wait for it.
     */
    private boolean runRoundUnless(BooleanSupplier condition) {
      return !condition.getAsBoolean() && runRound();
    }

    private boolean isAgentRunning() {
      for (InlineThread thread : threads) {
        if (thread.running) {
          return true;
        }
      }
      return false;
    }

    private boolean anyRunnable() {
      for (InlineThread thread : threads) {
        if (thread.runnable && !thread.running) {
          return true;
        }
      }
      return false;
    }

    /** Nothing to do: whoever waits looks at its condition after every round. */
    @Override
    public void signal() {}

    @Override
    public void awaitSignal(BooleanSupplier condition, long spinNanos) {
      if (!condition.getAsBoolean()) {
        awaitRounds(condition);
      }
    }

    /** Nothing to do, as for all. */
    @Override
    public void signal(Thread waiter) {}

    @Override
    public void close() {
      closed = true;
      threads.remove(this);
    }

    @Override
    public String toString() {
      return name + (running ? " running" : runnable ? " runnable" : " parked");
    }
  }
}
