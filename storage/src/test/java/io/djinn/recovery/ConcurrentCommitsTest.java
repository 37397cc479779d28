package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimVfs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batch sees what every batch before it made, though that may not be published yet. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrentCommitsTest {
  private static final int THREADS = 4;
  private static final int COMMITS = 60;
  private static final PageStoreOptions ROOMY =
      new PageStoreOptions(512, 512 * 512, 64 << 10, 4 * (64 << 10), 1 << 20, 1_000_000_000L);

  @Test
  void noCommitIsBuiltOnAStateWithoutTheOneBefore(@TempDir Path directory) throws Exception {
    try (PageStore store =
        PageStore.open(
            new OsEnv(OsVfs.create(directory)), PageStoreTest.SMALL, PageStoreTest.TABLE)) {
      int[] pageNo = new int[1];
      long[] last = new long[1];
      store.commit(
          batch -> batch.operation(() -> pageNo[0] = batch.allocate(PageKind.POSTING_LEAF, 0)),
          SyncMode.SYNC,
          0);
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        FutureTask<Void> task =
            new FutureTask<>(
                () -> {
                  for (int n = 0; n < COMMITS; n++) {
                    store.commit(
                        batch -> batch.operation(() -> last[0] = count(batch, pageNo[0])),
                        SyncMode.SYNC,
                        0);
                  }
                  return null;
                });
        tasks.add(task);
        new Thread(task, "committer-" + i).start();
      }
      for (FutureTask<Void> task : tasks) {
        task.get();
      }
      assertEquals(THREADS * COMMITS, last[0]);
    }
  }

  @Test
  void whatNobodyWaitsForIsAppendedBehindASyncAndSeenAfterIt() throws Exception {
    try (SimVfs disk = new SimVfs(1 << 20);
        PageStore store = PageStore.open(new OsEnv(disk), ROOMY, PageStoreTest.TABLE)) {
      int[] pageNo = new int[1];
      store.commit(
          batch -> batch.operation(() -> pageNo[0] = batch.allocate(PageKind.POSTING_LEAF, 0)),
          SyncMode.SYNC,
          0);
      BatchCommitter.Work work = batch -> batch.operation(() -> count(batch, pageNo[0]));
      CountDownLatch mayEnd = new CountDownLatch(1);
      CountDownLatch isAppended = new CountDownLatch(1);
      disk.hook(
          call -> {
            if (call.op() == IoOp.SYNC) {
              awaitUninterrupted(mayEnd);
            }
          });
      FutureTask<Long> synced =
          start(() -> store.commit(counting(work, isAppended), SyncMode.SYNC, 0));
      isAppended.await();
      store.append(work);
      long published = store.versions().snapshots().published();
      FutureTask<Long> seen = new FutureTask<>(() -> publishedThen(store));
      assertWaits(seen);
      mayEnd.countDown();
      assertEquals(published + 1, synced.get());
      assertEquals(published + 2, seen.get());
    }
  }

  @Test
  void aBatchIsWaitedForAsSoonAsItsCommitIsToldOfIt(@TempDir Path directory) throws Exception {
    try (PageStore store =
        PageStore.open(
            new OsEnv(OsVfs.create(directory)), PageStoreTest.SMALL, PageStoreTest.TABLE)) {
      FutureTask<Long> seen = new FutureTask<>(() -> publishedThen(store));
      long number =
          store.commit(
              new BatchCommitter.Work() {
                @Override
                public void apply(OpenBatch batch) {
                  batch.operation(() -> batch.allocate(PageKind.POSTING_LEAF, 0));
                }

                @Override
                public void appended(long batch) {
                  assertWaits(seen);
                }
              },
              SyncMode.SYNC,
              0);
      assertEquals(number, seen.get());
    }
  }

  private static long publishedThen(PageStore store) {
    store.awaitPublished();
    return store.versions().snapshots().published();
  }

  /** Starts a task that has to wait for what the caller has not done yet. */
  private static void assertWaits(FutureTask<Long> task) {
    Thread thread = new Thread(task, "waiter");
    thread.start();
    while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
      Thread.onSpinWait();
    }
    assertFalse(task.isDone());
  }

  private static BatchCommitter.Work counting(BatchCommitter.Work work, CountDownLatch appended) {
    return new BatchCommitter.Work() {
      @Override
      public void apply(OpenBatch batch) {
        work.apply(batch);
      }

      @Override
      public void appended(long number) {
        appended.countDown();
      }
    };
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FutureTask<Long> start(Callable<Long> work) {
    FutureTask<Long> task = new FutureTask<>(work);
    new Thread(task, "committer").start();
    return task;
  }

  /** Adds one to the number on a page, under the writer's slot. */
  private static long count(OpenBatch batch, int pageNo) {
    long page = batch.rewrite(pageNo);
    long next = Page.lower(page) == Page.HEADER_BYTES ? 1 : 1 + number(page);
    Page.lower(page, Page.HEADER_BYTES + 8);
    NativeMemory.putLong(page + Page.HEADER_BYTES, next);
    return next;
  }

  private static long number(long page) {
    return NativeMemory.getLong(page + Page.HEADER_BYTES);
  }
}
