package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * However four clients and the engine's threads interleave, every answer is that of the state
 * behind its snapshot's number, the numbers agree with the time, and a power cut leaves a prefix.
 *
 * <p>In half of the schedules each thread that can run gets the baton as often as any other, in the
 * other half the one with the highest random priority, with a few changes of priority on the way.
 */
class SchedulesTest {
  private static final int FULL_COUNT = 20_000;
  private static final int THREADS = 2;

  /** One schedule of so many is given time to become quiet at its end. */
  private static final int QUIET_ONE_OF = 10;

  /** Seed of the only schedule to run. */
  private static final String ONLY = System.getProperty("djinn.schedule", "");

  private static final List<ScheduleBase> BASES = new ArrayList<>();

  @BeforeAll
  static void fillStores() {
    for (boolean fastUpdate : new boolean[] {true, false}) {
      BASES.add(new ScheduleBase(fastUpdate, 0, 60));
      BASES.add(new ScheduleBase(fastUpdate, 80, 20));
      BASES.add(new ScheduleBase(fastUpdate, 250, 40));
      BASES.add(new ScheduleBase(fastUpdate, 560, 40));
    }
  }

  @AfterAll
  static void closeStores() {
    BASES.forEach(ScheduleBase::close);
    BASES.clear();
  }

  /** What the schedules of one run came to. */
  private static final class Counts {
    final Set<Long> traces = ConcurrentHashMap.newKeySet();
    final AtomicInteger run = new AtomicInteger();
    final AtomicInteger cuts = new AtomicInteger();
    final AtomicInteger quiet = new AtomicInteger();
    final AtomicLong steps = new AtomicLong();
    final AtomicLong commits = new AtomicLong();
    final AtomicLong answers = new AtomicLong();
    final AtomicLong expired = new AtomicLong();
    final AtomicLong nativeBlocks = new AtomicLong();

    @Override
    public String toString() {
      return "schedules="
          + run
          + " distinct="
          + traces.size()
          + " steps="
          + steps
          + " commits="
          + commits
          + " answers="
          + answers
          + " cuts="
          + cuts
          + " quiet="
          + quiet
          + " expired="
          + expired
          + " nativeBlocks="
          + nativeBlocks;
    }
  }

  private static Schedule schedule(long seed) {
    int base = Math.floorMod(Long.hashCode(seed * 0x9E3779B97F4A7C15L), BASES.size());
    boolean isQuietRequired = Math.floorMod(seed, QUIET_ONE_OF) == 0;
    return new Schedule(BASES.get(base), seed, isQuietRequired);
  }

  private static void run(long seed, Counts counts) {
    try (Schedule schedule = schedule(seed)) {
      try {
        schedule.run();
      } catch (Throwable t) {
        throw new AssertionError(
            "mvn -B -ntp -pl storage test -Dtest=SchedulesTest -Ddjinn.schedule="
                + seed
                + "\n"
                + schedule.env(),
            t);
      }
      counts.run.incrementAndGet();
      counts.traces.add(schedule.env().traceHash());
      counts.steps.addAndGet(schedule.env().steps());
      counts.commits.addAndGet(schedule.history().commitCount());
      counts.answers.addAndGet(schedule.history().seenCount());
      counts.expired.addAndGet(schedule.expired());
      counts.nativeBlocks.addAndGet(schedule.env().nativeBlocks());
      counts.cuts.addAndGet(schedule.isCut() ? 1 : 0);
      counts.quiet.addAndGet(Math.floorMod(seed, QUIET_ONE_OF) == 0 ? 1 : 0);
    }
  }

  private static void runAll(long first, int schedules, Counts counts) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicInteger next = new AtomicInteger();
    try {
      List<Future<Void>> workers = new ArrayList<>();
      for (int worker = 0; worker < THREADS; worker++) {
        workers.add(
            threads.submit(
                () -> {
                  for (int at = next.getAndIncrement();
                      at < schedules;
                      at = next.getAndIncrement()) {
                    run(first + at, counts);
                  }
                  return null;
                }));
      }
      for (Future<Void> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      next.set(schedules);
      if (e.getCause() instanceof AssertionError failed) {
        throw failed;
      }
      throw e;
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void whateverTheScheduleIsNothingIsLostOrSeenTooEarlyOrInPart() throws Exception {
    if (!ONLY.isEmpty()) {
      Counts counts = new Counts();
      run(Long.parseLong(ONLY), counts);
      System.out.println("SchedulesTest: " + counts);
      return;
    }
    try (ProofPart part = new ProofPart(Family.SCHEDULE, "baton");
        ProofPart quiet = new ProofPart(Family.LIVENESS, "schedules")) {
      int schedules = Tier.current().count(FULL_COUNT);
      Tier.current()
          .rounds(
              TestSeed.forTest("SchedulesTest"),
              first -> {
                Counts counts = new Counts();
                long start = System.nanoTime();
                try {
                  runAll(first, schedules, counts);
                } catch (AssertionError failure) {
                  part.failed(1);
                  throw failure;
                } finally {
                  part.add(counts.run.get(), counts.traces.size());
                  quiet.add(counts.quiet.get());
                  System.out.printf(
                      Locale.ROOT,
                      "SchedulesTest: %s seconds=%.1f%n",
                      counts,
                      (System.nanoTime() - start) / 1e9);
                }
                assertEquals(schedules, counts.traces.size(), "distinct schedules");
                assertTrue(counts.cuts.get() > schedules / 10, "power cuts: " + counts);
              });
    }
  }

  @Test
  void aSeedGivesOneScheduleAndAnotherSeedAnother() throws Exception {
    long seed = TestSeed.forTest("SchedulesTest");
    for (long at = seed; at < seed + 5; at++) {
      try (Schedule first = schedule(at);
          Schedule second = schedule(at);
          Schedule other = schedule(at + 1_000)) {
        first.run();
        second.run();
        other.run();
        assertEquals(first.env().steps(), second.env().steps());
        assertEquals(first.env().traceHash(), second.env().traceHash());
        assertEquals(first.history().toString(), second.history().toString());
        assertNotEquals(first.env().traceHash(), other.env().traceHash());
      }
    }
  }
}
