package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.page.PageKind;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes bad at rest is found in time, by the scrub or by the verifier. */
class ScrubTest {
  private static final long SECOND = 1_000_000_000;
  private static final DjinnOptions OPTIONS = DjinnTest.TINY.withScrubIntervalSeconds(100);

  private EveryKindStore store;
  private SimVfs disk;
  private SimEnv env;

  @BeforeEach
  void makeStore() throws IOException {
    store = new EveryKindStore();
    disk = store.closed.crash(CrashMode.NONE, 1);
    env = new SimEnv(disk, 7);
  }

  @AfterEach
  void close() {
    disk.close();
    store.close();
  }

  private void pass(long seconds) {
    env.advance(seconds * SECOND);
    env.runAgents();
  }

  private void flip(int pageNo) throws IOException {
    int at = pageNo * EveryKindStore.PAGE_BYTES + 200;
    disk.overwrite(EveryKindStore.PAGES, at, disk.bytes(EveryKindStore.PAGES)[at] ^ 4);
  }

  @Test
  void everyPageIsReadOnceInTheTimeGivenAndEvenly() {
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      long pages = db.stats().pages();
      pass(25);
      assertEquals(0, db.scrub().passes());
      assertTrue(db.scrub().pagesRead() <= pages / 2, db.scrub().toString());
      assertTrue(db.scrub().pagesRead() >= pages / 5, db.scrub().toString());
      pass(75);
      assertEquals(1, db.scrub().passes());
      assertEquals(pages, db.scrub().pagesRead());
      for (int i = 0; i < 10; i++) {
        pass(10);
      }
      assertEquals(2, db.stats().scrubPasses());
      assertEquals(2 * pages, db.stats().scrubPages());
      assertEquals(0, db.stats().scrubProblems());
    }
  }

  @Test
  void aPageThatGoesBadAfterItWasReadIsReportedAndNotAnsweredFromAgain() throws IOException {
    int leaf =
        store.pages.get(PageKind.POSTING_LEAF).stream()
            .filter(store.used::contains)
            .findFirst()
            .orElseThrow();
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      EveryKindStore.answers(db, db.gin("kept"));
      flip(leaf);
      pass(101);
      pass(1);
      assertEquals(1, db.scrub().problems().size(), db.scrub().toString());
      assertTrue(db.scrub().problems().get(0).contains("page " + leaf + " "));
      assertFalse(db.isSealed());
      assertThrows(CorruptPageException.class, () -> db.inspectPage(leaf));
      flip(leaf);
      pass(100);
      assertEquals(0, db.scrub().problems().size(), db.scrub().toString());
    }
  }

  @Test
  void aFreePageThatGoesBadIsReported() throws IOException {
    int free = 1;
    while (store.used.contains(free)) {
      free++;
    }
    flip(free);
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      pass(101);
      assertEquals(1, db.scrub().problems().size(), db.scrub().toString());
      assertEquals(1, db.verify().size(), db.verify().toString());
    }
  }

  @Test
  void anOldButWholePageIsReportedWhereItBreaksTheStructure() throws IOException {
    byte[] before = disk.bytes(EveryKindStore.PAGES);
    try (Djinn db = Djinn.open(env, DjinnTest.TINY)) {
      try (WriteBatch batch = db.begin()) {
        for (int row = 0; row < 40; row++) {
          db.gin("kept").delete(batch, EveryKindStore.tid(row), EveryKindStore.values(row));
        }
        batch.commit();
      }
    }
    byte[] after = disk.bytes(EveryKindStore.PAGES);
    int changed = 0;
    int reported = 0;
    for (int pageNo : store.used) {
      int from = pageNo * EveryKindStore.PAGE_BYTES;
      int to = from + EveryKindStore.PAGE_BYTES;
      if (java.util.Arrays.equals(before, from, to, after, from, to)) {
        continue;
      }
      // The write of this one page was lost.
      changed++;
      try (SimVfs image = disk.crash(CrashMode.NONE, 1)) {
        for (int at = from; at < to; at++) {
          image.overwrite(EveryKindStore.PAGES, at, before[at]);
        }
        try (Djinn db = Djinn.open(new SimEnv(image, 1), DjinnTest.TINY)) {
          reported += db.verify().isEmpty() ? 0 : 1;
        } catch (io.djinn.error.DjinnException e) {
          reported++;
        }
      }
    }
    System.out.println("lost writes: " + reported + " of " + changed + " reported");
    assertTrue(changed > 5 && reported * 10 >= changed * 8, reported + " of " + changed);
  }

  @Test
  void anIntervalHasBounds() {
    assertThrows(IllegalArgumentException.class, () -> DjinnTest.TINY.withScrubIntervalSeconds(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> DjinnTest.TINY.withScrubIntervalSeconds(367L * 86_400));
  }
}
