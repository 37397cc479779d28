package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.PageKind;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A changed byte of any page is reported with the page's number and kind, never answered from. */
class DamagedPageTest {
  private static final int PAGE_BYTES = DjinnTest.TINY.pageSizeBytes();
  private static final String PAGES = "pages";
  private static final int KIND_OFFSET = 4;
  private static final int ROWS = 1_500;

  /** So that a TID takes bytes and the trees have inner pages. */
  private static final long TID_STEP = 1_000_003;

  private static SimVfs sound;
  private static SplittableRandom random;
  private static final Map<PageKind, Integer> ONE_OF_EACH = new EnumMap<>(PageKind.class);
  private static final TreeMap<Integer, List<Long>> ORACLE = new TreeMap<>();

  /** A store that is closed and holds every kind of page. */
  @BeforeAll
  static void makeStore() throws IOException {
    random = new SplittableRandom(TestSeed.forTest("DamagedPageTest"));
    SimVfs disk = new SimVfs(4 << 20);
    try (Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex dropped =
          db.createGin("dropped", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(db, dropped, false);
      GinIndex index =
          db.createGin("kept", GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false));
      insert(db, index, true);
      insertPending(db, db.createGin("listed", GinSpec.column("v", ArrayOps.ofInts())));
      db.drop("dropped");
      db.awaitDropped();
      assertEquals(List.of(), db.verify());
    }
    byte[] pages = disk.bytes(PAGES);
    // Free pages keep the bytes they had; those that are used are known by their damage being seen.
    for (int pageNo = 0; pageNo < pages.length / PAGE_BYTES; pageNo++) {
      PageKind kind = PageKind.of(pages[pageNo * PAGE_BYTES + KIND_OFFSET]);
      if (kind != null && !ONE_OF_EACH.containsKey(kind) && isUsed(disk, pageNo)) {
        ONE_OF_EACH.put(kind, pageNo);
      }
    }
    sound = disk;
  }

  private static void insert(Djinn db, GinIndex index, boolean intoOracle) {
    for (int row = 0; row < ROWS; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 100; i++, row++) {
          long tid = row * TID_STEP;
          List<Integer> values = List.of(row % 2, 1_000 + row / 3);
          index.insert(batch, tid, values);
          if (intoOracle) {
            for (int value : values) {
              ORACLE.computeIfAbsent(value, v -> new ArrayList<>()).add(tid);
            }
          }
        }
        batch.commit();
      }
    }
  }

  private static void insertPending(Djinn db, GinIndex index) {
    try (WriteBatch batch = db.begin()) {
      for (int row = 0; row < 5; row++) {
        index.insert(batch, row, List.of(row, row + 1));
      }
      batch.commit();
    }
  }

  private static boolean isUsed(SimVfs disk, int pageNo) throws IOException {
    SimVfs copy = disk.crash(CrashMode.values()[0], 1);
    int at = PAGE_BYTES - 1;
    copy.overwrite(
        PAGES, (long) pageNo * PAGE_BYTES + at, ~copy.bytes(PAGES)[pageNo * PAGE_BYTES + at]);
    try (Djinn db = Djinn.open(new SimEnv(copy, 1), DjinnTest.TINY)) {
      return !db.verify().isEmpty();
    } catch (CorruptPageException e) {
      return true;
    } finally {
      copy.close();
    }
  }

  @AfterAll
  static void closeDisk() {
    sound.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyByteOfAPageIsWatched(PageKind kind) throws IOException {
    Integer pageNo = ONE_OF_EACH.get(kind);
    assertTrue(pageNo != null, "the store has no page of kind " + kind);
    byte[] pages = sound.bytes(PAGES);
    for (int byteOffset = 0; byteOffset < PAGE_BYTES; byteOffset++) {
      int at = pageNo * PAGE_BYTES + byteOffset;
      int value = pages[at] ^ 1 + random.nextInt(255);
      SimVfs damaged = sound.crash(CrashMode.values()[0], 1);
      damaged.overwrite(PAGES, at, value);
      try {
        examine(
            damaged,
            pageNo,
            byteOffset == KIND_OFFSET ? PageKind.describe(value) : PageKind.describe(kind.id()));
      } catch (AssertionError e) {
        throw new AssertionError(
            kind + " page " + pageNo + ", byte " + byteOffset + " made " + (value & 0xFF), e);
      } finally {
        damaged.close();
      }
    }
  }

  /** Every answer is right or an exception that names page and kind; the verifier names them. */
  private static void examine(SimVfs disk, int pageNo, String kind) {
    String named = "page " + pageNo + " (" + kind + ")";
    try (Djinn db = Djinn.open(new SimEnv(disk, 2), DjinnTest.TINY)) {
      boolean isKnown = false;
      for (int value : new int[] {0, 1, 1_000, 1_007, 1_250, 1_499}) {
        isKnown |= isRefused(db, ArrayOps.containsAll(value), ORACLE.get(value), pageNo);
      }
      List<String> problems = db.verify();
      assertTrue(
          problems.stream().anyMatch(problem -> problem.contains(named)),
          "no problem names " + named + ": " + problems);
      assertTrue(!isKnown || !db.isSealed(), "a damaged page has sealed the store");
    } catch (CorruptPageException e) {
      assertEquals(pageNo, e.pageNo());
      assertTrue(e.getMessage().contains(named), e.getMessage());
    }
  }

  private static boolean isRefused(Djinn db, GinQuery query, List<Long> rows, int pageNo) {
    try {
      assertEquals(rows, DjinnTest.find(db, db.gin("kept"), query));
      return false;
    } catch (CorruptPageException e) {
      assertEquals(pageNo, e.pageNo());
      return true;
    }
  }
}
