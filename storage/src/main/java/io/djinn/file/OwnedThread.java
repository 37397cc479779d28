package io.djinn.file;

import io.djinn.error.DjinnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon thread of the engine, which nobody can interrupt: an interrupt during file access would
 * close the file for everybody.
 */
final class OwnedThread extends Thread {
  private static final long KEEP_ALIVE_MILLIS = 1_000;

  /** Threads for short tasks; each ends when it has had none for a while. */
  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          KEEP_ALIVE_MILLIS,
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          task -> new OwnedThread("djinn-idle", task));

  OwnedThread(String name, Runnable task) {
    super(null, task, name, 0, false);
    setDaemon(true);
    setContextClassLoader(OwnedThread.class.getClassLoader());
  }

  /** Does nothing. */
  @Override
  public void interrupt() {}

  /** Whether the calling thread is one of these. */
  static boolean isCurrent() {
    return Thread.currentThread() instanceof OwnedThread;
  }

  /**
   * Runs a task on such a thread, the calling one where it is one, and waits for it. An interrupt
   * does not end the wait and is kept. An unchecked exception of the task is thrown as it is, an
   * {@link IOException} as an {@link UncheckedIOException}, any other as the cause of a {@link
   * DjinnException}.
   */
  static <T> T call(String name, Callable<T> task) {
    Handoff<T> handoff = new Handoff<>(name, task);
    if (isCurrent()) {
      handoff.runTask();
    } else {
      POOL.execute(handoff);
      handoff.await();
    }
    return handoff.result();
  }

  /** Waits until the thread has ended; an interrupt does not end the wait and is kept. */
  void joinUninterrupted() {
    boolean interrupted = false;
    while (isAlive()) {
      try {
        join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One task on its way to a thread, and its outcome on the way back. */
  private static final class Handoff<T> implements Runnable {
    private final String name;
    private final Callable<T> task;
    private final Thread caller = Thread.currentThread();
    private T value;
    private Throwable failure;
    private volatile boolean done;

    Handoff(String name, Callable<T> task) {
      this.name = name;
      this.task = task;
    }

    @Override
    public void run() {
      Thread thread = Thread.currentThread();
      String idleName = thread.getName();
      thread.setName("djinn-" + name);
      runTask();
      thread.setName(idleName);
      done = true;
      LockSupport.unpark(caller);
    }

    void runTask() {
      try {
        value = task.call();
      } catch (Throwable t) {
        failure = t;
      }
    }

    void await() {
      boolean interrupted = false;
      while (!done) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    T result() {
      if (failure == null) {
        return value;
      }
      if (failure instanceof RuntimeException) {
        throw (RuntimeException) failure;
      }
      if (failure instanceof Error) {
        throw (Error) failure;
      }
      if (failure instanceof IOException) {
        throw new UncheckedIOException((IOException) failure);
      }
      throw new DjinnException(name + " failed", failure);
    }
  }
}
