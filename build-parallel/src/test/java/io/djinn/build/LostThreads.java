package io.djinn.build;

import io.djinn.error.StoreClosedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.Vfs;
import io.djinn.memory.MemorySource;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Another environment in which some threads of a build are lost in one of several ways. */
final class LostThreads implements Env {
  /** How a thread is lost. */
  enum Loss {
    /** It can not be started. */
    REFUSED,
    /** It never runs. */
    SILENT,
    /** It runs once, and never again. */
    SILENT_LATER,
    /** It comes long after it was awaited. */
    LATE,
    /** It ends before it runs. */
    ENDED,
    /** It ends when it has run once. */
    ENDED_LATER
  }

  private static final String NAME = "build-";
  private static final long LATE_NANOS = 3_000_000_000L;

  private final Env env;
  private final Loss loss;
  private final Set<Integer> lost;

  /**
   * @param lost numbers of the threads, in the order of their start
   */
  LostThreads(Env env, Loss loss, Set<Integer> lost) {
    this.env = env;
    this.loss = loss;
    this.lost = lost;
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    if (!name.startsWith(NAME)
        || !lost.contains(Integer.parseInt(name, NAME.length(), name.length(), 10))) {
      return env.start(name, agent);
    }
    if (loss == Loss.REFUSED) {
      throw new OutOfMemoryError("unable to create native thread (simulated)");
    }
    if (loss == Loss.LATE) {
      return env.start(name, new LateAgent(agent, env.nanoTime() + LATE_NANOS));
    }
    boolean isLater = loss == Loss.ENDED_LATER || loss == Loss.SILENT_LATER;
    boolean isEnded = loss == Loss.ENDED_LATER || loss == Loss.ENDED;
    LostAgent silent = new LostAgent(agent, isLater ? 1 : 0);
    return new LostThread(env.start(name, silent), silent, isEnded);
  }

  /** Runs another agent from some time on. */
  private final class LateAgent implements Agent {
    private static final long LOOK_NANOS = 10_000_000;

    private final Agent agent;
    private final long startNanos;

    LateAgent(Agent agent, long startNanos) {
      this.agent = agent;
      this.startNanos = startNanos;
    }

    private boolean isHere() {
      return env.nanoTime() - startNanos >= 0;
    }

    @Override
    public boolean work() {
      return isHere() && agent.work();
    }

    @Override
    public long idleNanos() {
      return isHere() ? agent.idleNanos() : LOOK_NANOS;
    }
  }

  /** Runs another agent so often, and then never again. */
  private static final class LostAgent implements Agent {
    private final Agent agent;
    private volatile int left;

    LostAgent(Agent agent, int units) {
      this.agent = agent;
      left = units;
    }

    @Override
    public boolean work() {
      if (left == 0) {
        return false;
      }
      left = 0;
      return agent.work();
    }
  }

  /** Behaves to those who wait for it as a thread that has ended does, or one that never runs. */
  private record LostThread(EngineThread thread, LostAgent agent, boolean isEnded)
      implements EngineThread {
    @Override
    public void wake() {
      thread.wake();
    }

    @Override
    public void await(BooleanSupplier condition) {
      thread.await(() -> condition.getAsBoolean() || isEnded && agent.left == 0);
      if (!condition.getAsBoolean()) {
        throw new StoreClosedException("the thread has ended (simulated)");
      }
    }

    @Override
    public void signal() {
      thread.signal();
    }

    @Override
    public void awaitSignal(BooleanSupplier condition, long spinNanos) {
      thread.awaitSignal(condition, spinNanos);
    }

    @Override
    public void signal(Thread waiter) {
      thread.signal(waiter);
    }

    @Override
    public void close() {
      thread.close();
    }
  }

  @Override
  public Vfs vfs() {
    return env.vfs();
  }

  @Override
  public MemorySource memory() {
    return env.memory();
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
  public <T> T call(String name, Callable<T> task) {
    return env.call(name, task);
  }

  @Override
  public void pause(long nanos) {
    env.pause(nanos);
  }
}
