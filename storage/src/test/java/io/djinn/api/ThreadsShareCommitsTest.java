package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.file.Vfs;
import io.djinn.opclass.builtin.ArrayOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that real threads commit while the writer's slot is held become one in the log. */
class ThreadsShareCommitsTest {
  private static final int THREADS = 12;
  private static final int ROUNDS = 40;

  /** The operating system, where time stands still: so no batch is full because of its time. */
  private record Timeless(Env env) implements Env {
    @Override
    public Vfs vfs() {
      return env.vfs();
    }

    @Override
    public long nanoTime() {
      return 1;
    }

    @Override
    public long randomLong() {
      return env.randomLong();
    }

    @Override
    public EngineThread start(String name, Agent agent) {
      return env.start(name, agent);
    }

    @Override
    public <T> T call(String name, Callable<T> task) {
      return env.call(name, task);
    }
  }

  private static Env env(Path directory) throws Exception {
    return new Timeless(new OsEnv(OsVfs.create(directory)));
  }

  private static long insert(Djinn db, long tid) {
    try (WriteBatch batch = db.begin()) {
      db.gin("i").insert(batch, tid, List.of(1, (int) tid + 2));
      return batch.commit();
    }
  }

  private static FutureTask<Long> start(Callable<Long> work, List<Thread> threads) {
    FutureTask<Long> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "committer-" + threads.size());
    threads.add(thread);
    thread.start();
    return task;
  }

  private static void assertRows(Path directory, int rows) throws Exception {
    try (Djinn db = Djinn.open(env(directory), DjinnOptions.defaults());
        Snapshot snapshot = db.snapshot();
        TidCursor cursor = db.gin("i").search(snapshot, ArrayOps.containsAll(1))) {
      for (long tid = 0; tid < rows; tid++) {
        assertTrue(cursor.next());
        assertEquals(tid, cursor.tid());
      }
      assertTrue(!cursor.next());
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void batchesThatWaitForTheSlotShareOneCommit(@TempDir Path directory) throws Exception {
    List<Thread> threads = new ArrayList<>();
    try (Djinn db = Djinn.open(env(directory), DjinnOptions.defaults())) {
      db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()));
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      FutureTask<Long> holder =
          start(
              () ->
                  db.store()
                      .commit(
                          batch -> {
                            held.countDown();
                            awaitQuietly(release);
                          },
                          SyncMode.NONE,
                          0),
              threads);
      held.await();
      List<FutureTask<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long tid = i;
        tasks.add(start(() -> insert(db, tid), threads));
      }
      for (Thread thread : threads.subList(1, threads.size())) {
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      }
      DjinnMetrics before = db.metrics();
      release.countDown();
      holder.get();
      TreeSet<Long> numbers = new TreeSet<>();
      for (FutureTask<Long> task : tasks) {
        numbers.add(task.get());
      }
      DjinnMetrics after = db.metrics();
      assertTrue(numbers.size() < THREADS, numbers::toString);
      assertEquals(numbers.size(), after.batches() - before.batches());
      assertEquals(THREADS, after.rows() - before.rows());
    }
    assertRows(directory, THREADS);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyCommitOfManyThreadsIsThereAfterReopening(@TempDir Path directory) throws Exception {
    List<Thread> threads = new ArrayList<>();
    try (Djinn db = Djinn.open(env(directory), DjinnOptions.defaults())) {
      db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()));
      List<FutureTask<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long first = (long) i * ROUNDS;
        tasks.add(
            start(
                () -> {
                  long last = 0;
                  for (int round = 0; round < ROUNDS; round++) {
                    long number = insert(db, first + round);
                    assertTrue(number > last);
                    last = number;
                  }
                  return last;
                },
                threads));
      }
      for (FutureTask<Long> task : tasks) {
        task.get();
      }
      DjinnMetrics metrics = db.metrics();
      assertEquals(THREADS * ROUNDS, metrics.rows());
      assertTrue(metrics.batches() <= metrics.commits());
    }
    assertRows(directory, THREADS * ROUNDS);
  }
}
