package io.djinn.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Real threads that each do one thing again and again until their time is over or one of them has
 * failed. Where none comes forward for a long time, or one does not end, all stacks are shown and
 * that is a failure.
 */
public final class BusyThreads {
  private static final long WATCH_MILLIS = 500;

  /** Far longer than anything a busy machine delays. */
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(120);

  /** What a thread does again and again. */
  @FunctionalInterface
  public interface Turn {
    void run() throws Exception;
  }

  /** One thread. */
  private final class Role {
    private final String name;
    private final Turn turn;
    private final AtomicLong turns = new AtomicLong();

    Role(String name, Turn turn) {
      this.name = name;
      this.turn = turn;
    }

    void run(long endNanos, CountDownLatch left) {
      try {
        while (System.nanoTime() < endNanos && failure.get() == null) {
          turn.run();
          turns.incrementAndGet();
        }
      } catch (Throwable t) {
        if (!failure.compareAndSet(null, t)) {
          failure.get().addSuppressed(t);
        }
      } finally {
        left.countDown();
      }
    }

    @Override
    public String toString() {
      return name + "=" + turns;
    }
  }

  private final List<Role> roles = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Adds a thread. */
  public BusyThreads add(String name, Turn turn) {
    roles.add(new Role(name, turn));
    return this;
  }

  public int count() {
    return roles.size();
  }

  /** Runs all threads for a time; throws what the first that failed threw. */
  public void run(long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    CountDownLatch left = new CountDownLatch(roles.size());
    for (Role role : roles) {
      Thread thread = new Thread(() -> role.run(end, left), "busy-" + role.name);
      thread.setDaemon(true);
      thread.start();
    }
    long seen = -1;
    long seenAt = System.nanoTime();
    while (!left.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
      long turns = left.getCount() == 0 ? -1 : turns() - left.getCount();
      if (turns != seen) {
        seen = turns;
        seenAt = System.nanoTime();
      } else if (System.nanoTime() - seenAt > STUCK_NANOS) {
        AssertionError stuck = new AssertionError("nothing comes forward: " + this + stacks());
        if (failure.get() != null) {
          stuck.addSuppressed(failure.get());
        }
        throw stuck;
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("a thread failed: " + failure.get(), failure.get());
    }
  }

  private long turns() {
    return roles.stream().mapToLong(role -> role.turns.get()).sum();
  }

  private static String stacks() {
    StringBuilder words = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      words.append("\n  ").append(thread.getName()).append(' ').append(thread.getState());
      for (StackTraceElement element : entry.getValue()) {
        words.append("\n      at ").append(element);
      }
    }
    return words.toString();
  }

  /** How often each thread did what it does. */
  @Override
  public String toString() {
    return roles.toString();
  }
}
