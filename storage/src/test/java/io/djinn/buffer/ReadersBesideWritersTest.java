package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.recovery.PageStore;
import io.djinn.recovery.PageStoreOptions;
import io.djinn.space.CatalogRecords;
import io.djinn.space.SpaceRecords;
import io.djinn.testkit.TestStores;
import io.djinn.wal.EditTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real threads on few frames: each step of a reader sees one batch whole, or throws at its start.
 *
 * <p>Every batch writes one number into all pages, so a reader that sees two numbers under one
 * snapshot, or a number other than the snapshot had before, has seen what it must not.
 */
class ReadersBesideWritersTest {
  private static final EditTable TABLE = new EditTable(new SpaceRecords(), new CatalogRecords());
  private static final PageStoreOptions OPTIONS =
      new PageStoreOptions(512, 64 * 512, 64 << 10, 4 * (64 << 10), 1 << 20, 1_000_000_000L);
  private static final int PAGES = 12;

  private final ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();

  private interface Body {
    void run() throws Exception;
  }

  private void start(Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (StoreClosedException end) {
                isOver.set(true);
              } catch (Throwable t) {
                wrong.add(t);
                isOver.set(true);
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(wrong));
  }

  private static void write(OpenBatch batch, int pageNo, long value) {
    long page = batch.rewrite(pageNo);
    for (int at = Page.HEADER_BYTES; at + 8 <= 512; at += 8) {
      NativeMemory.putLong(page + at, value);
    }
    Page.lower(page, 512);
  }

  private static void commit(PageStore store, long value, SyncMode mode) {
    store.commit(
        batch -> {
          for (int pageNo = 1; pageNo <= PAGES; pageNo++) {
            int at = pageNo;
            batch.operation(() -> write(batch, at, value));
          }
        },
        mode,
        500_000);
  }

  private static PageStore create(Path directory) throws Exception {
    PageStore store = PageStore.open(TestStores.env(directory), OPTIONS, TABLE);
    store.commit(
        batch -> {
          for (int i = 0; i < PAGES; i++) {
            batch.operation(() -> batch.allocate(PageKind.POSTING_LEAF, 0));
          }
        },
        SyncMode.NONE,
        0);
    commit(store, 1, SyncMode.SYNC);
    return store;
  }

  /** Reads under one snapshot until it is given up or has been looked at often enough. */
  private void read(PageStore store, int looks) {
    Snapshots.Registration snapshot = store.register();
    try (SnapshotReader reader = store.reader(snapshot)) {
      long seen = 0;
      for (int look = 0; look < looks; look++) {
        reader.enter();
        try {
          for (int pageNo = 1; pageNo <= PAGES; pageNo++) {
            long page = reader.page(pageNo);
            for (int at = Page.HEADER_BYTES; at + 8 <= 512; at += 8) {
              long value = NativeMemory.getLong(page + at);
              seen = seen == 0 ? value : seen;
              if (value != seen) {
                throw new AssertionError(
                    "page "
                        + pageNo
                        + " shows "
                        + value
                        + " after "
                        + seen
                        + " in snapshot "
                        + snapshot.number());
              }
            }
          }
        } finally {
          reader.leave();
        }
        steps.incrementAndGet();
      }
    } catch (SnapshotExpiredException e) {
      expired.incrementAndGet();
    } finally {
      store.release(snapshot);
    }
  }

  @Test
  void everyStepSeesItsSnapshotWhole(@TempDir Path directory) throws Exception {
    PageStore store = create(directory);
    AtomicLong value = new AtomicLong(1);
    SyncMode[] modes = {SyncMode.NONE, SyncMode.ASYNC, SyncMode.NONE, SyncMode.SYNC};
    start(
        () -> {
          for (int i = 0; i < 400 && !isOver.get(); i++) {
            commit(store, value.incrementAndGet(), modes[i % modes.length]);
          }
          isOver.set(true);
        });
    start(
        () -> {
          while (!isOver.get()) {
            store.checkpoint();
          }
        });
    for (int i = 0; i < 3; i++) {
      int looks = 1 + i * 40;
      start(
          () -> {
            while (!isOver.get()) {
              read(store, looks);
            }
          });
    }
    join();
    store.close();
    assertEquals(0, store.account().usedBytes());
    assertTrue(steps.get() > 100, steps + " steps, " + expired + " expired");
  }

  @Test
  void aStepThatOutlastsClosingKeepsItsBytesAndTheLock(@TempDir Path directory) throws Exception {
    PageStoreOptions hasty =
        new PageStoreOptions(512, 64 * 512, 64 << 10, 4 * (64 << 10), 1 << 20, 1);
    PageStore store = create(directory);
    store.close();
    PageStore hastyStore = PageStore.open(TestStores.env(directory), hasty, TABLE);
    commit(hastyStore, 7, SyncMode.SYNC);
    Snapshots.Registration snapshot = hastyStore.register();
    SnapshotReader reader = hastyStore.reader(snapshot);
    reader.enter();
    long page = reader.page(3);
    hastyStore.close();
    assertEquals(7, NativeMemory.getLong(page + Page.HEADER_BYTES));
    assertTrue(hastyStore.account().usedBytes() > 0);
    assertTrue(
        assertThrows(
                RuntimeException.class,
                () -> PageStore.open(TestStores.env(directory), OPTIONS, TABLE))
            .getMessage()
            .contains("open already"));
    reader.leave();
    assertEquals(0, hastyStore.account().usedBytes());
    assertThrows(StoreClosedException.class, reader::enter);
    PageStore.open(TestStores.env(directory), OPTIONS, TABLE).close();
  }

  @Test
  void closingUnderReadersAndWritersEndsThemAll(@TempDir Path directory) throws Exception {
    for (int round = 0; round < 5; round++) {
      Path place = directory.resolve("r" + round);
      PageStore store = create(place);
      isOver.set(false);
      AtomicLong value = new AtomicLong(1);
      CountDownLatch running = new CountDownLatch(20);
      start(
          () -> {
            try {
              while (true) {
                commit(store, value.incrementAndGet(), SyncMode.ASYNC);
                running.countDown();
              }
            } finally {
              // Nobody is to wait for a thread that failed.
              while (running.getCount() > 0) {
                running.countDown();
              }
            }
          });
      start(
          () -> {
            while (true) {
              read(store, 10);
            }
          });
      running.await();
      store.close();
      join();
      threads.clear();
      assertEquals(0, store.account().usedBytes());
      try (PageStore reopened = PageStore.open(TestStores.env(place), OPTIONS, TABLE)) {
        read(reopened, 1);
      }
    }
  }

  @Test
  void interruptsOfCommittingThreadsCloseNoFile(@TempDir Path directory) throws Exception {
    PageStore store = create(directory);
    start(
        () -> {
          for (int i = 2; i < 200; i++) {
            Thread.currentThread().interrupt();
            commit(store, i, SyncMode.values()[i % 4]);
            assertTrue(Thread.interrupted());
          }
          Thread.currentThread().interrupt();
          store.checkpoint();
          assertTrue(Thread.interrupted());
        });
    join();
    read(store, 2);
    store.close();
    assertEquals(0, store.account().usedBytes());
  }

  @Test
  void commitsOfManyThreadsArePublishedInOrder(@TempDir Path directory) throws Exception {
    PageStore store = create(directory);
    for (int i = 0; i < 4; i++) {
      SyncMode mode = SyncMode.values()[i];
      start(
          () -> {
            for (int n = 0; n < 150; n++) {
              int slot = mode.ordinal();
              long before = store.versions().snapshots().published();
              long number =
                  store.commit(
                      batch -> batch.operation(() -> write(batch, 1 + slot, 5)), mode, 200_000);
              assertTrue(number > before);
              assertTrue(store.versions().snapshots().published() >= number);
            }
          });
    }
    join();
    store.close();
    assertEquals(0, store.account().usedBytes());
  }
}
