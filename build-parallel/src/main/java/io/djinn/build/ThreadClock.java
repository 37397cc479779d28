package io.djinn.build;

import io.djinn.file.Env;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Tells what one thread has used since it was started there; belongs to that thread. */
final class ThreadClock {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Env env;
  private long startNanos;
  private long startCpuNanos;
  private long startUserNanos;

  ThreadClock(Env env) {
    this.env = env;
  }

  void start() {
    startNanos = env.nanoTime();
    startCpuNanos = cpuNanos();
    startUserNanos = THREADS.getCurrentThreadUserTime();
  }

  /** Processor time of the calling thread, nanoseconds. */
  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  ThreadTimes times() {
    long cpu = cpuNanos() - startCpuNanos;
    // Counted in ticks, so that it may be a little more than the whole.
    long user = Math.min(cpu, Math.max(0, THREADS.getCurrentThreadUserTime() - startUserNanos));
    return new ThreadTimes(user / 1e9, (cpu - user) / 1e9, (env.nanoTime() - startNanos) / 1e9);
  }
}
