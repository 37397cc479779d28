package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.error.AlreadyOpenException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.space.CatalogRecords;
import io.djinn.space.SpaceRecords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestStores;
import io.djinn.wal.EditTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageStoreTest {
  static final EditTable TABLE =
      new EditTable(new SpaceRecords(), new CatalogRecords(), new SlotEdits());
  static final PageStoreOptions SMALL =
      new PageStoreOptions(512, 64 * 512, 64 << 10, 4 * (64 << 10), 1 << 20, 1_000_000_000L);

  @Test
  void whatWasCommittedIsThereAfterReopening(@TempDir Path directory) throws Exception {
    int[] pageNo = new int[1];
    try (PageStore store = PageStore.open(TestStores.env(directory), SMALL, TABLE)) {
      for (int i = 0; i < 500; i++) {
        int value = i;
        store.commit(
            batch ->
                batch.operation(
                    () -> {
                      if (pageNo[0] == 0) {
                        pageNo[0] = batch.allocate(PageKind.POSTING_LEAF, 0);
                      }
                      write(batch, pageNo[0], value);
                    }),
            i % 3 == 0 ? SyncMode.SYNC : SyncMode.NONE,
            0);
        assertEquals(i, read(store, pageNo[0]));
      }
      assertThrows(
          AlreadyOpenException.class,
          () -> PageStore.open(TestStores.env(directory), SMALL, TABLE));
    }
    try (PageStore store = PageStore.open(TestStores.env(directory), SMALL, TABLE)) {
      assertEquals(499, read(store, pageNo[0]));
    }
  }

  @Test
  void whatTheEngineReadsIsReadAgainWhereItsSnapshotExpires(@TempDir Path directory)
      throws Exception {
    try (PageStore store = PageStore.open(TestStores.env(directory), SMALL, TABLE)) {
      int[] tries = new int[1];
      long batch =
          store.inNewest(
              reader -> {
                if (tries[0]++ < 3) {
                  throw new SnapshotExpiredException("given up to free frames or log");
                }
                return reader.batch();
              });
      assertEquals(store.versions().snapshots().published(), batch);
      assertEquals(4, tries[0]);
    }
  }

  @Test
  void aKilledProcessLosesNothingThatWasCommitted() throws Exception {
    SimVfs disk = new SimVfs(1 << 20);
    PageStore store = PageStore.open(new SimEnv(disk, 1), SMALL, TABLE);
    int[] pageNo = new int[1];
    for (int i = 0; i < 300; i++) {
      int value = i;
      store.commit(
          batch ->
              batch.operation(
                  () -> {
                    if (pageNo[0] == 0) {
                      pageNo[0] = batch.allocate(PageKind.POSTING_LEAF, 0);
                    }
                    write(batch, pageNo[0], value);
                  }),
          SyncMode.SYNC,
          0);
    }
    try (SimVfs after = disk.reopen();
        PageStore reopened = PageStore.open(new SimEnv(after, 2), SMALL, TABLE)) {
      assertEquals(299, read(reopened, pageNo[0]));
    }
  }

  private static void write(OpenBatch batch, int pageNo, int value) {
    long page = batch.rewrite(pageNo);
    Page.lower(page, Page.HEADER_BYTES + 8);
    NativeMemory.putLong(page + Page.HEADER_BYTES, value);
  }

  private static long read(PageStore store, int pageNo) {
    Snapshots.Registration snapshot = store.register();
    try (SnapshotReader reader = store.reader(snapshot)) {
      reader.enter();
      try {
        return NativeMemory.getLong(reader.page(pageNo) + Page.HEADER_BYTES);
      } finally {
        reader.leave();
      }
    } finally {
      store.release(snapshot);
    }
  }
}
