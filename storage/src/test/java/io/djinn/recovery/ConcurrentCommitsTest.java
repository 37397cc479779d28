package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch sees what every batch before it made, though that may not be published yet. */
class ConcurrentCommitsTest {
  private static final int THREADS = 4;
  private static final int COMMITS = 60;

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
