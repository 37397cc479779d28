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
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * An environment of real threads of which one runs at a time: whoever has the baton passes it on,
 * to one chosen by the seed, so that the interleaving is as wild as a scheduler's and can be
 * repeated.
 *
 * <p>The baton may pass before each call on a file but the control file, before and after each unit
 * of an agent's work, at {@link EngineThread#await} and {@link EngineThread#awaitSignal}. It does
 * not pass where the engine may be inside a monitor of its own: at the clock, {@link
 * EngineThread#wake}, {@link EngineThread#signal} and calls on the control file. A thread that
 * blocks in spite of that is passed over, counted by {@link #nativeBlocks}, and costs
 * repeatability, not correctness.
 *
 * <p>Time moves by a tick a look, and to the next deadline where nobody can run; where there is
 * none either, that is a deadlock and an {@link AssertionError} that names all threads.
 */
public final class BatonEnv implements Env {
  private static final long TICK_NANOS = 1_000;
  private static final long POLL_MILLIS = 2;
  private static final int POLLS_UNTIL_BLOCKED = 10;
  private static final long MOST_SECONDS = 60;

  private final Vfs vfs;
  private final SplittableRandom random;
  private final Turns turns;
  private final List<Runner> runners = new ArrayList<>();
  private final ThreadLocal<Runner> current = new ThreadLocal<>();
  private volatile Runner holder;
  private long now = 1;
  private long traceHash = 17;
  private long steps;
  private int nativeBlocks;
  private int names;
  private volatile Throwable failure;

  /** An environment in which each thread that can run gets the baton as often as any other. */
  public BatonEnv(SimVfs disk, long seed) {
    this(disk, seed, Turns.uniform(new SplittableRandom(seed).split()));
  }

  /** An environment with another rule for who gets the baton. */
  public BatonEnv(SimVfs disk, long seed, Turns turns) {
    vfs = new YieldingVfs(new CheckVfs(disk), this::yieldBefore);
    random = new SplittableRandom(seed);
    this.turns = turns;
  }

  /** What one registered thread waits for. */
  private final class Runner implements Runnable {
    private final String name;
    private final int number;
    private final Runnable work;
    private final Thread thread;
    private final boolean isOfTest;
    private boolean isParked = true;
    private volatile boolean isAwaitingBaton = true;
    private boolean isDone;
    private boolean isPassedOver;
    private BooleanSupplier wanted;
    private String wantedWhat = "";
    private long deadline = Long.MAX_VALUE;

    Runner(String name, boolean isOfTest, Runnable work) {
      this.isOfTest = isOfTest;
      number = names++;
      this.name = name + "#" + number;
      this.work = work;
      thread = new Thread(this, "baton-" + name);
      thread.setDaemon(true);
    }

    @Override
    public void run() {
      current.set(this);
      try {
        awaitBaton(this);
        work.run();
      } catch (Throwable t) {
        fail(t);
      } finally {
        synchronized (BatonEnv.this) {
          isDone = true;
          if (holder == this || holder == null) {
            passOn("end");
          }
          BatonEnv.this.notifyAll();
        }
      }
    }

    boolean isReady() {
      return !isDone && isParked && (wanted == null || wanted.getAsBoolean() || deadline <= now);
    }

    @Override
    public String toString() {
      return name
          + (isDone
              ? " done"
              : this == holder
                  ? " running"
                  : isPassedOver
                      ? " blocked natively"
                      : wanted == null ? " ready" : " waiting for ")
          + (isDone || wanted == null ? "" : wantedWhat);
    }
  }

  /** Registers a thread of the test; it begins in {@link #run}. */
  public void spawn(String name, Runnable work) {
    register(name, true, work);
  }

  private synchronized Runner register(String name, boolean isOfTest, Runnable work) {
    Runner runner = new Runner(name, isOfTest, work);
    runners.add(runner);
    runner.thread.start();
    return runner;
  }

  /**
   * Lets all threads run until those of the test have ended and the engine's have nothing to do.
   */
  public void run() {
    synchronized (this) {
      passOn("begin");
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    Runner seen = null;
    long seenSteps = -1;
    int polls = 0;
    synchronized (this) {
      while (failure == null && (holder != null || isTestAtWork())) {
        waitQuietly();
        boolean isStuck =
            holder != null
                && holder == seen
                && steps == seenSteps
                && !holder.isAwaitingBaton
                && holder.thread.getState() != Thread.State.RUNNABLE;
        polls = isStuck ? polls + 1 : 0;
        seen = holder;
        seenSteps = steps;
        if (polls > POLLS_UNTIL_BLOCKED) {
          nativeBlocks++;
          holder.isPassedOver = true;
          passOn("blocked");
          polls = 0;
        }
        if (System.nanoTime() > end) {
          fail(new AssertionError("no end after " + MOST_SECONDS + " s: " + runners));
        }
      }
      if (failure != null) {
        throw new AssertionError("a thread failed: " + failure, failure);
      }
    }
  }

  private boolean isTestAtWork() {
    return runners.stream().anyMatch(runner -> runner.isOfTest && !runner.isDone);
  }

  private void waitQuietly() {
    try {
      wait(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Lets others run; for a thread of the test. */
  public void pause() {
    yieldBefore("pause");
  }

  /** Lets others run until they have moved the clock so far, or until none of them can. */
  @Override
  public void pause(long nanos) {
    long deadline;
    synchronized (this) {
      deadline = now + nanos;
    }
    block("a pause", () -> false, deadline);
  }

  @Override
  public synchronized String toString() {
    return "after " + steps + " steps, hash " + traceHash + ": " + runners;
  }

  /** A hash of every passing of the baton: equal where the schedule was. */
  public synchronized long traceHash() {
    return traceHash;
  }

  /** How often the baton was passed. */
  public synchronized long steps() {
    return steps;
  }

  /** How often a thread had to be passed over because it blocked outside this environment. */
  public synchronized int nativeBlocks() {
    return nativeBlocks;
  }

  private synchronized void fail(Throwable t) {
    if (failure == null) {
      failure = t;
    } else if (t != failure) {
      failure.addSuppressed(t);
    }
    runners.forEach(runner -> LockSupport.unpark(runner.thread));
    notifyAll();
  }

  /** Gives the baton to a thread that can run. Called with this object's monitor. */
  private void passOn(String why) {
    List<Runner> ready = new ArrayList<>();
    collectReady(ready);
    if (ready.isEmpty() && isTestAtWork()) {
      long first = Long.MAX_VALUE;
      for (Runner runner : runners) {
        if (!runner.isDone && runner.isParked) {
          first = Math.min(first, runner.deadline);
        }
      }
      if (first != Long.MAX_VALUE) {
        now = Math.max(now, first);
        collectReady(ready);
      }
    }
    holder = null;
    if (ready.isEmpty()) {
      if (runners.stream().anyMatch(runner -> runner.isPassedOver && !runner.isDone)) {
        // Whoever was passed over will come back and find that nobody has the baton.
        notifyAll();
        return;
      }
      if (isTestAtWork()) {
        fail(new AssertionError("deadlock: " + runners));
      }
      notifyAll();
      return;
    }
    Runner next =
        ready.size() == 1
            ? ready.get(0)
            : ready.get(turns.next(ready.size(), at -> ready.get(at).number, steps));
    traceHash = (traceHash * 31 + next.name.hashCode()) * 31 + why.hashCode();
    steps++;
    next.isParked = false;
    next.wanted = null;
    next.deadline = Long.MAX_VALUE;
    holder = next;
    LockSupport.unpark(next.thread);
  }

  private void collectReady(List<Runner> ready) {
    runners.removeIf(runner -> runner.isDone);
    for (Runner runner : runners) {
      if (runner.isReady()) {
        ready.add(runner);
      }
    }
  }

  /** Waits for the baton. */
  private void awaitBaton(Runner self) {
    boolean interrupted = false;
    self.isAwaitingBaton = true;
    while (holder != self) {
      if (failure != null) {
        throw new SimulatedCrash("the schedule has ended: " + failure.getMessage());
      }
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    self.isAwaitingBaton = false;
    if (interrupted) {
      self.thread.interrupt();
    }
  }

  private void yieldBefore(String why) {
    block(why, null, Long.MAX_VALUE);
  }

  /** Passes the baton on until a condition holds or a time is over; null holds at once. */
  private void block(String why, BooleanSupplier wanted, long deadline) {
    Runner self = current.get();
    if (self == null) {
      // The test's own thread, before or after the threads run.
      return;
    }
    synchronized (this) {
      self.wanted = wanted;
      self.wantedWhat = why;
      self.deadline = deadline;
      self.isParked = true;
      if (holder == self || holder == null) {
        self.isPassedOver = false;
        passOn(why);
      }
      self.isPassedOver = false;
    }
    awaitBaton(self);
  }

  @Override
  public Vfs vfs() {
    return vfs;
  }

  @Override
  public synchronized long nanoTime() {
    now += TICK_NANOS;
    return now;
  }

  @Override
  public synchronized long randomLong() {
    return random.nextLong();
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    return new BatonThread(name, agent);
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

  /** An agent on a thread of its own, which works while it has the baton. */
  private final class BatonThread implements EngineThread {
    private final String name;
    private final Agent agent;
    private final Runner runner;
    private volatile boolean woken = true;
    private volatile boolean closing;
    private volatile boolean ended;
    private final AtomicLong signals = new AtomicLong();
    private final Set<Thread> signalled = ConcurrentHashMap.newKeySet();

    BatonThread(String name, Agent agent) {
      this.name = name;
      this.agent = agent;
      runner = register(name, false, this::work);
    }

    private void work() {
      try {
        while (!closing) {
          woken = false;
          long idleNanos = workOnce();
          if (idleNanos < 0) {
            yieldBefore("unit");
          } else {
            signal();
            block(
                "work", () -> woken || closing, idleNanos == 0 ? Long.MAX_VALUE : now + idleNanos);
          }
        }
      } finally {
        ended = true;
        signal();
      }
    }

    private long workOnce() {
      try {
        return agent.work() ? -1 : Math.max(0, agent.idleNanos());
      } catch (AssertionError bug) {
        fail(bug);
        throw bug;
      } catch (Throwable t) {
        agent.failed(t);
        return 0;
      }
    }

    @Override
    public void wake() {
      woken = true;
    }

    @Override
    public void await(BooleanSupplier condition) {
      if (current.get() == runner) {
        throw new IllegalStateException("thread " + name + " would wait for itself");
      }
      if (condition.getAsBoolean()) {
        return;
      }
      wake();
      long seen = signals.get();
      while (!condition.getAsBoolean()) {
        if (ended) {
          throw new StoreClosedException("thread " + name + " was closed during a wait");
        }
        long since = seen;
        block("a signal of " + name, () -> signals.get() != since, Long.MAX_VALUE);
        seen = signals.get();
      }
    }

    @Override
    public void signal() {
      signals.incrementAndGet();
    }

    @Override
    public void awaitSignal(BooleanSupplier condition, long spinNanos) {
      yieldBefore("wait for a signal of one's own");
      while (!condition.getAsBoolean()) {
        Thread self = Thread.currentThread();
        block("a signal of one's own", () -> signalled.contains(self), Long.MAX_VALUE);
        signalled.remove(self);
      }
    }

    @Override
    public void signal(Thread waiter) {
      signalled.add(waiter);
    }

    @Override
    public void close() {
      closing = true;
      if (current.get() != runner) {
        block("the end of " + name, () -> ended, Long.MAX_VALUE);
      }
    }
  }
}
