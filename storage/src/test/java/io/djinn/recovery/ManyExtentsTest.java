package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.page.PageKind;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** A build whose extents are single pages, on more pages of their list than a batch may change. */
class ManyExtentsTest {
  private static final int EXTENTS = 1_500;
  private static final int PAGES_A_BATCH = 10;

  /** Of the page file: the space page; of the free list: the first page, and a new one. */
  private static final int FEW_PAGES = 3;

  private PageStore store;

  @Test
  void anIndexTakesThemInABatchThatChangesFewPages() throws Exception {
    try (SimVfs disk = new SimVfs();
        PageStore opened =
            PageStore.open(new SimEnv(disk, 1), PageStoreTest.SMALL, PageStoreTest.TABLE)) {
      store = opened;
      leaveEveryOtherPageFree();
      long usedPages = usedPages();
      long[] build = new long[1];
      int reserved = reserve(build);
      assertTrue(reserved >= EXTENTS / 2, "only " + reserved + " single pages were to be had");
      int kept = releaseUnused(build[0]);
      assertTrue(kept > 0 && kept < reserved, kept + " of " + reserved);
      store.commit(
          batch -> {
            forReserved(batch, page -> store.space().keepReserved(batch, page, build[0]));
            assertTrue(batch.touchedPages() <= FEW_PAGES, batch.touchedPages() + " pages");
          },
          SyncMode.NONE,
          0);
      assertTrue(!store.inNewest(Space::hasReserved));
      assertEquals(usedPages + kept, usedPages());
    }
  }

  private void leaveEveryOtherPageFree() {
    List<Integer> pages = new ArrayList<>();
    while (pages.size() < 2 * EXTENTS) {
      store.commit(
          batch -> {
            for (int i = 0; i < PAGES_A_BATCH; i++) {
              batch.operation(() -> pages.add(batch.allocate(PageKind.POSTING_LEAF, 0)));
            }
          },
          SyncMode.NONE,
          0);
    }
    for (int i = 0; i < pages.size(); i += 2) {
      int pageNo = pages.get(i);
      store.commit(batch -> batch.operation(() -> batch.free(pageNo)), SyncMode.NONE, 0);
    }
    store.checkpoint();
    store.checkpoint();
  }

  private int reserve(long[] build) {
    store.commit(
        batch -> batch.operation(() -> build[0] = store.space().nextBuild(batch)),
        SyncMode.NONE,
        0);
    long freedThrough = store.freedThrough();
    int[] reserved = new int[1];
    boolean[] isFull = new boolean[1];
    while (!isFull[0]) {
      store.commit(
          batch ->
              batch.operation(
                  PAGES_A_BATCH,
                  () -> {
                    List<Space.PageRange> ranges =
                        store.space().reserve(batch, build[0], PAGES_A_BATCH, freedThrough);
                    reserved[0] += PAGES_A_BATCH;
                    isFull[0] = ranges.size() < PAGES_A_BATCH || reserved[0] >= EXTENTS * 3 / 4;
                  }),
          SyncMode.NONE,
          0);
    }
    return reserved[0];
  }

  /** Gives every third page back; returns how many are kept. */
  private int releaseUnused(long build) {
    int[] listPage = {store.inNewest(Space::firstReserved)};
    int[] kept = new int[1];
    Space.BuildEnd end =
        (of, first, pages) -> {
          assertEquals(build, of);
          return first % 3 == 0 ? 0 : pages;
        };
    while (listPage[0] != 0) {
      store.commit(
          batch -> {
            while (listPage[0] != 0 && batch.touchedPages() < batch.frameLimit() / 2) {
              batch.operation(
                  () -> listPage[0] = store.space().releaseUnused(batch, listPage[0], end));
            }
          },
          SyncMode.NONE,
          0);
    }
    store.commit(
        batch ->
            forReserved(
                batch,
                page ->
                    store
                        .space()
                        .releaseUnused(
                            batch,
                            page,
                            (of, first, pages) -> {
                              kept[0] += pages;
                              return pages;
                            })),
        SyncMode.NONE,
        0);
    return kept[0];
  }

  private static void forReserved(OpenBatch batch, IntUnaryOperator nextAfter) {
    int[] listPage = new int[1];
    batch.operation(() -> listPage[0] = Space.firstReserved(batch));
    while (listPage[0] != 0) {
      batch.operation(() -> listPage[0] = nextAfter.applyAsInt(listPage[0]));
    }
  }

  private long usedPages() {
    return store.inNewest(
        pages -> {
          long page = pages.page(SpacePage.PAGE_NO);
          return SpacePage.Field.PAGE_COUNT.get(page) - SpacePage.Field.FREE_PAGES.get(page);
        });
  }
}
