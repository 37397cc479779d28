package io.djinn.file;

import io.djinn.error.StoreClosedException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * An owned thread that runs an agent: it works while there is work, then parks until woken or until
 * the agent's idle time is over.
 *
 * <p>No wake-up is lost. {@link #wake} raises {@code woken} and unparks; the loop lowers it
 * <em>before</em> a unit of work and parks only while it is down, so a request made during the unit
 * costs one more unit. A waiter enters {@code waiters} before it looks at its condition, and {@link
 * #signal} looks at {@code waiters} after the condition was made true, with a full fence between
 * the two steps on either side: one of them sees the other. Both sides look again after every
 * return from park.
 */
final class AgentThread implements EngineThread, Runnable {
  private static final long BUSY = -1;

  private final String name;
  private final Agent agent;
  private final OwnedThread thread;
  private final ConcurrentLinkedQueue<Thread> waiters = new ConcurrentLinkedQueue<>();
  private volatile boolean woken;
  private volatile boolean closing;
  private volatile boolean ended;

  private AgentThread(String name, Agent agent) {
    this.name = name;
    this.agent = agent;
    thread = new OwnedThread("djinn-" + name, this);
  }

  static AgentThread start(String name, Agent agent) {
    AgentThread started = new AgentThread(name, agent);
    started.thread.start();
    return started;
  }

  @Override
  public void run() {
    try {
      while (!closing) {
        woken = false;
        long idleNanos = workOnce();
        if (idleNanos != BUSY) {
          signal();
          park(idleNanos);
        }
      }
    } finally {
      ended = true;
      signal();
    }
  }

  /**
   * The time to be idle for, or BUSY. A unit that failed counts as idle until woken, so that an
   * agent that fails for ever does not spin.
   */
  private long workOnce() {
    try {
      return agent.work() ? BUSY : Math.max(0, agent.idleNanos());
    } catch (Throwable failure) {
      try {
        agent.failed(failure);
      } catch (Throwable second) {
        if (second != failure && second.getCause() != failure) {
          second.addSuppressed(failure);
        }
        thread.getUncaughtExceptionHandler().uncaughtException(thread, second);
      }
      return 0;
    }
  }

  private void park(long idleNanos) {
    long spinNanos = agent.spinNanos();
    if (spinNanos > 0) {
      long since = System.nanoTime();
      while (!woken && !closing && System.nanoTime() - since < spinNanos) {
        Thread.onSpinWait();
      }
    }
    if (idleNanos == 0) {
      while (!woken && !closing) {
        LockSupport.park(this);
      }
      return;
    }
    long deadline = System.nanoTime() + idleNanos;
    for (long left = idleNanos; left > 0 && !woken && !closing; ) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
  }

  @Override
  public void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void await(BooleanSupplier condition) {
    if (condition.getAsBoolean()) {
      return;
    }
    Thread self = Thread.currentThread();
    if (self == thread) {
      throw new IllegalStateException("thread " + name + " would wait for itself");
    }
    boolean interrupted = false;
    waiters.add(self);
    try {
      wake();
      while (true) {
        VarHandle.fullFence();
        boolean last = ended;
        if (condition.getAsBoolean()) {
          return;
        }
        if (last) {
          throw new StoreClosedException("thread " + name + " was closed during a wait");
        }
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    } finally {
      waiters.remove(self);
      if (interrupted) {
        self.interrupt();
      }
    }
  }

  @Override
  public void signal() {
    VarHandle.fullFence();
    for (Thread waiter : waiters) {
      LockSupport.unpark(waiter);
    }
  }

  @Override
  public void awaitSignal(BooleanSupplier condition, long spinNanos) {
    if (spinNanos > 0) {
      long since = System.nanoTime();
      while (!condition.getAsBoolean() && System.nanoTime() - since < spinNanos) {
        Thread.onSpinWait();
      }
    }
    boolean interrupted = false;
    while (!condition.getAsBoolean()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void signal(Thread waiter) {
    LockSupport.unpark(waiter);
  }

  @Override
  public void close() {
    closing = true;
    wake();
    if (Thread.currentThread() != thread) {
      thread.joinUninterrupted();
    }
  }
}
