package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.WriteBatch;
import io.djinn.nativetests.StoreProcess.Work;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However often threads of users are interrupted, no file is closed and nothing is lost. */
class InterruptedThreadsTest {
  private static final int WRITERS = 3;
  private static final int BATCHES = 150;
  private static final int VALUE = 17;
  private static final long INTERRUPTS = 10_000;

  private static ProofPart part;

  @TempDir private Path directory;
  private final AtomicLong interruptsSeen = new AtomicLong();
  private final AtomicLong interrupts = new AtomicLong();

  @BeforeAll
  static void begin() {
    part = new ProofPart(Family.REAL_SYSTEM, "interrupts");
  }

  @AfterAll
  static void end() {
    part.close();
  }

  @Test
  void aStormOfInterruptsClosesNoFileAndLosesNoCommit() throws Exception {
    try (Djinn db = Djinn.open(directory, Work.INSERT.options)) {
      GinIndex index = StoreProcess.inserted(db);
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long first = (long) writer * BATCHES;
        tasks.add(repeated(BATCHES, at -> insert(db, index, first + at)));
      }
      tasks.add(repeated(BATCHES / 5, at -> db.checkpoint()));
      tasks.add(
          repeated(BATCHES, at -> StoreExamination.find(db, index, ArrayOps.containsAll(VALUE))));
      tasks.add(
          new FutureTask<>(
              () -> {
                while (interrupts.get() < INTERRUPTS) {
                  StoreExamination.find(db, index, ArrayOps.containsAll(VALUE));
                }
              },
              null));
      storm(tasks);
      assertFalse(db.isSealed());
      assertEquals(List.of(), db.verify());
      assertAllThere(db, index);
    }
    System.out.println(
        "InterruptedThreadsTest: " + interrupts + " interrupts, " + interruptsSeen + " seen after");
    assertTrue(interruptsSeen.get() > 0, "no thread was interrupted in a call");
    try (Djinn db = Djinn.open(directory, Work.INSERT.options)) {
      assertEquals(List.of(), db.verify());
      assertAllThere(db, db.gin(StoreProcess.INSERTED));
    }
    StoreExamination.assertOwnFilesOnly(directory);
    assertTrue(interrupts.get() >= INTERRUPTS, interrupts + " interrupts");
    part.add(1);
  }

  @Test
  void aStoreOpensAndClosesUnderInterrupts() throws IOException {
    for (int round = 0; round < 5; round++) {
      Thread.currentThread().interrupt();
      try (Djinn db = Djinn.open(directory, Work.INSERT.options)) {
        insert(db, StoreProcess.inserted(db), round);
        Thread.currentThread().interrupt();
      }
      assertTrue(Thread.interrupted(), "the interrupt was taken from the caller");
    }
    try (Djinn db = Djinn.open(directory, Work.INSERT.options)) {
      assertEquals(
          List.of(0L, 1L, 2L, 3L, 4L),
          StoreExamination.find(db, db.gin(StoreProcess.INSERTED), ArrayOps.containsAll(VALUE)));
    }
    part.add(1);
  }

  private static void insert(Djinn db, GinIndex index, long tid) {
    try (WriteBatch batch = db.begin()) {
      index.insert(batch, tid, List.of(VALUE, (int) (1_000 + tid)));
      batch.commit();
    }
  }

  private FutureTask<Void> repeated(int times, IntConsumer work) {
    return new FutureTask<>(
        () -> {
          for (int i = 0; i < times; i++) {
            work.accept(i);
            if (Thread.interrupted()) {
              interruptsSeen.incrementAndGet();
            }
          }
        },
        null);
  }

  /** Runs the tasks, interrupting their threads all the time, and throws what one of them threw. */
  private void storm(List<FutureTask<Void>> tasks) throws ExecutionException, InterruptedException {
    List<Thread> threads = tasks.stream().map(Thread::new).toList();
    threads.forEach(Thread::start);
    while (tasks.stream().anyMatch(task -> !task.isDone())) {
      for (Thread thread : threads) {
        thread.interrupt();
        interrupts.incrementAndGet();
      }
      Thread.yield();
    }
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }

  private static void assertAllThere(Djinn db, GinIndex index) {
    assertEquals(
        LongStream.range(0, (long) WRITERS * BATCHES).boxed().toList(),
        StoreExamination.find(db, index, ArrayOps.containsAll(VALUE)));
  }
}
