package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.file.OsEnv;
import io.djinn.testkit.SimVfs;
import org.junit.jupiter.api.Test;

class ThreadClockTest {
  private static final long WORK_NANOS = 300_000_000;

  /** Work that asks the system for little but the time is nearly all the thread's own. */
  @Test
  void whatAThreadComputesIsUserTime() {
    ThreadClock clock = new ThreadClock(new OsEnv(new SimVfs()));
    clock.start();
    ThreadTimes none = clock.times();
    long before = ThreadClock.cpuNanos();
    long sum = 0;
    while (ThreadClock.cpuNanos() - before < WORK_NANOS) {
      for (int i = 0; i < 1_000_000; i++) {
        sum = sum * 31 + i;
      }
    }
    ThreadTimes times = clock.times();
    assertTrue(sum != 0);
    double all = times.userSeconds() + times.systemSeconds();
    assertTrue(all >= WORK_NANOS / 1e9, times.toString());
    assertTrue(times.userSeconds() > 0.8 * all, times.toString());
    assertTrue(times.elapsedSeconds() > 0.9 * all, times.toString());
    assertTrue(none.userSeconds() + none.systemSeconds() < all - 0.9 * WORK_NANOS / 1e9);
  }

  /** What the thread used before belongs to others. */
  @Test
  void timesBeginWithTheStart() {
    long begun = ThreadClock.cpuNanos();
    ThreadClock clock = new ThreadClock(new OsEnv(new SimVfs()));
    clock.start();
    ThreadTimes times = clock.times();
    double most = (ThreadClock.cpuNanos() - begun) / 1e9;
    assertTrue(times.userSeconds() >= 0 && times.systemSeconds() >= 0, times.toString());
    assertTrue(times.userSeconds() + times.systemSeconds() <= most, times.toString());
    assertEquals(0, times.userSeconds(), most);
  }
}
