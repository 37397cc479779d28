package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptLogException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.PageKind;
import io.djinn.recovery.LogBytes;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import io.djinn.wal.LogFormat;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every byte of a page of each kind, of a log with each kind of record and edit, and of the control
 * slots is changed: nothing is ever answered from it.
 */
class EveryByteTest {
  private static final String CONTROL = "control";
  private static final int SLOT_BYTES = 512;
  private static final int SLOT_DISTANCE = 4096;

  private static EveryKindStore store;
  private static long seed;
  private static SplittableRandom random;

  @BeforeAll
  static void makeStore() throws IOException {
    seed = TestSeed.forTest("EveryByteTest");
    random = new SplittableRandom(seed);
    store = new EveryKindStore();
  }

  @AfterAll
  static void close() {
    store.close();
  }

  /** Values for a byte, by turns a bit flipped, 00, FF and random ones; none as it was. */
  private static BitSet values(int was, int at, int wanted) {
    BitSet values = new BitSet(256);
    for (int i = 0; values.cardinality() < wanted; i++) {
      int value =
          switch (i < 32 ? at + i & 3 : 3) {
            case 0 -> was ^ 1 << (at / 4 + i / 4 & 7);
            case 1 -> 0;
            case 2 -> 0xFF;
            default -> random.nextInt(256);
          };
      if ((value & 0xFF) != (was & 0xFF)) {
        values.set(value & 0xFF);
      }
    }
    return values;
  }

  private static AssertionError failure(Throwable cause, String test, String place, int value) {
    return new AssertionError(
        place
            + " made "
            + value
            + "; again with: mvn -pl storage test -Dtest=EveryByteTest#"
            + test
            + " -Ddjinn.tier="
            + Tier.current().name().toLowerCase(java.util.Locale.ROOT)
            + " -Ddjinn.seed="
            + seed,
        cause);
  }

  @Test
  void theStoreHasEveryKindOfPageAndTheLogEveryRecordAndEdit() throws IOException {
    for (PageKind kind : PageKind.values()) {
      assertTrue(store.pages.containsKey(kind), "the store has no page of kind " + kind);
    }
    LogBytes log = new LogBytes(store.killed);
    UnsafeBuffer probe = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(256));
    for (int type = 1; type < 256; type++) {
      probe.putByte(0, (byte) type);
      boolean isKnown = true;
      try {
        LogRecords.validate(probe.addressOffset(), 200);
      } catch (DjinnException e) {
        isKnown = false;
      }
      assertEquals(isKnown, log.types.get(type), "records of type " + type);
    }
    for (int opCode = 1; opCode < 256; opCode++) {
      assertEquals(EveryKindStore.TABLE.knows(opCode), log.opCodes.get(opCode), "edits " + opCode);
    }
  }

  @Test
  void aChangedByteOfAPageIsNamedAndNeverAnsweredFrom() throws IOException {
    int wanted = Tier.current() == Tier.QUICK ? 2 : 20;
    SimVfs disk = store.closed.crash(CrashMode.NONE, 1);
    byte[] pages = disk.bytes(EveryKindStore.PAGES);
    try (ProofPart part = new ProofPart(Family.BYTE_SWEEP, "pages");
        Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
      for (PageKind kind : PageKind.values()) {
        for (int pageNo : examined(kind)) {
          for (int at = 0; at < EveryKindStore.PAGE_BYTES; at++) {
            int place = pageNo * EveryKindStore.PAGE_BYTES + at;
            int was = pages[place];
            for (int value : values(was, at, wanted).stream().toArray()) {
              disk.overwrite(EveryKindStore.PAGES, place, value);
              try {
                examine(db, pageNo, at == EveryKindStore.KIND_OFFSET ? value : kind.id());
              } catch (Throwable t) {
                part.failed(1);
                throw failure(
                    t,
                    "aChangedByteOfAPageIsNamedAndNeverAnsweredFrom",
                    kind + " page " + pageNo + ", byte " + at,
                    value);
              }
              part.add(1);
            }
            disk.overwrite(EveryKindStore.PAGES, place, was);
          }
        }
        assertEquals(List.of(), db.verify());
      }
      assertFalse(db.isSealed());
      assertTrue(part.cases() >= Tier.current().count(80_000), part.cases() + " cases");
    } finally {
      disk.close();
    }
  }

  /** A page of the kind, and a second one where there are two forms of it. */
  private static Set<Integer> examined(PageKind kind) throws IOException {
    List<Integer> all = store.pages.get(kind);
    int middle = all.get(all.size() / 2);
    return switch (kind) {
      case POSTING_INNER -> Set.of(middle, store.loadedRoot());
      case ENTRY_LEAF -> Set.of(middle, store.groupedLeaf());
      default -> Set.of(middle);
    };
  }

  private static void examine(Djinn db, int pageNo, int kind) {
    String named = "page " + pageNo + " (" + PageKind.describe(kind) + ")";
    List<String> problems = db.verify();
    assertTrue(problems.stream().anyMatch(p -> p.contains(named)), named + ": " + problems);
    CorruptPageException e =
        assertThrows(CorruptPageException.class, () -> db.inspectPage(pageNo == 0 ? 1 : pageNo));
    assertEquals(pageNo, e.pageNo());
    assertTrue(e.getMessage().contains(named), e.getMessage());
    answer(db, "kept", store.kept, pageNo, 9_000, 1_000, 1_100, 5_003);
    answer(db, "other", store.other, pageNo, 9_001, 1_007);
    answer(db, "loaded", store.loaded, pageNo, EveryKindStore.LOADED_KEY);
    try {
      String name = EveryKindStore.name(7);
      assertEquals(
          store.named.get(name), DjinnTest.find(db, db.gin("named"), ArrayOps.containsAll(name)));
    } catch (CorruptPageException damage) {
      assertEquals(pageNo, damage.pageNo());
    }
  }

  private static void answer(
      Djinn db, String index, Map<Integer, List<Long>> oracle, int pageNo, int... values) {
    for (int value : values) {
      try {
        assertEquals(
            oracle.get(value), DjinnTest.find(db, db.gin(index), ArrayOps.containsAll(value)));
      } catch (CorruptPageException e) {
        assertEquals(pageNo, e.pageNo());
      }
    }
  }

  /** A place in a file, and what is promised where its byte changes. */
  private record Place(String file, long offset, Promise promise) {}

  private enum Promise {
    /** Known to be synced: refused, nothing changed. */
    REFUSED,
    /** Behind what is known to be synced: an end, with everything known to be synced before it. */
    END,
    /** In no checksum: the same answers, or refused. */
    HARMLESS_OR_REFUSED,
    /** In no checksum and read by nobody. */
    HARMLESS
  }

  private static List<Place> placesOfTheLog(LogBytes log) {
    List<Place> places = new ArrayList<>();
    BitSet inRecords = new BitSet();
    for (LogBytes.Placed record : log.records) {
      inRecords.set(
          (int) (record.lsn() - log.redoLsn), (int) (record.lsn() + record.bytes() - log.redoLsn));
    }
    for (long lsn = log.redoLsn; lsn < log.endLsn; lsn++) {
      boolean isKnown = lsn < log.syncedLsn;
      boolean isRecord = inRecords.get((int) (lsn - log.redoLsn));
      places.add(
          new Place(
              log.file(lsn),
              log.offset(lsn),
              isKnown ? isRecord ? Promise.REFUSED : Promise.HARMLESS_OR_REFUSED : Promise.END));
      boolean isBlockStart =
          log.offset(lsn) % LogFormat.BLOCK_BYTES == LogFormat.BLOCK_HEADER_BYTES;
      for (int i = 1; isBlockStart && i <= LogFormat.BLOCK_HEADER_BYTES; i++) {
        places.add(
            new Place(log.file(lsn), log.offset(lsn) - i, isKnown ? Promise.REFUSED : Promise.END));
      }
    }
    for (LogReader.SegmentFile segment : log.segments()) {
      boolean isUsed = segment.startLsn() < log.endLsn;
      for (int at = 0; at < LogFormat.BLOCK_BYTES; at += at < 52 ? 1 : 17) {
        places.add(
            new Place(segment.name(), at, at < 52 && isUsed ? Promise.REFUSED : Promise.HARMLESS));
      }
    }
    return places;
  }

  @Test
  void aChangedByteOfTheLogIsRefusedOrItsEnd() throws IOException {
    LogBytes log = new LogBytes(store.killed);
    List<Place> places = placesOfTheLog(log);
    Tier tier = Tier.current();
    int stride = (places.size() + tier.count(40_000) - 1) / tier.count(40_000);
    int[] outcomes = new int[2];
    try (ProofPart part = new ProofPart(Family.BYTE_SWEEP, "log")) {
      for (int i = random.nextInt(stride); i < places.size(); i += stride) {
        Place place = places.get(i);
        int was = store.killed.bytes(place.file())[(int) place.offset()];
        int value = values(was, i, 2).stream().skip(i & 1).findFirst().orElseThrow();
        try {
          outcomes[reopen(place, value) ? 0 : 1]++;
        } catch (Throwable t) {
          part.failed(1);
          throw failure(t, "aChangedByteOfTheLogIsRefusedOrItsEnd", place.toString(), value);
        }
        part.add(1);
      }
      System.out.println(
          "bytes of the log: " + outcomes[0] + " refused, " + outcomes[1] + " opened");
      assertTrue(part.cases() >= tier.count(20_000), part.cases() + " cases");
      assertTrue(outcomes[0] > 100 && outcomes[1] > 20);
    }
  }

  @Test
  void aChangedByteOfAControlSlotLeavesTheOther() throws IOException {
    int wanted = Tier.current() == Tier.QUICK ? 1 : 10;
    try (ProofPart part = new ProofPart(Family.BYTE_SWEEP, "control")) {
      for (int slot = 0; slot < 2; slot++) {
        for (int at = 0; at < SLOT_BYTES + 40; at++) {
          Place place = new Place(CONTROL, (long) slot * SLOT_DISTANCE + at, Promise.HARMLESS);
          int was = store.killed.bytes(CONTROL)[(int) place.offset()];
          for (int value : values(was, at, wanted).stream().toArray()) {
            try {
              assertFalse(reopen(place, value));
            } catch (Throwable t) {
              part.failed(1);
              throw failure(t, "aChangedByteOfAControlSlotLeavesTheOther", place.toString(), value);
            }
            part.add(1);
          }
        }
      }
      assertTrue(part.cases() >= Tier.current().count(10_000), part.cases() + " cases");
    }
  }

  /** Opens a copy with one byte changed; true where it was refused with nothing changed. */
  private static boolean reopen(Place place, int value) throws IOException {
    SimVfs image = store.killed.crash(CrashMode.NONE, 1);
    try {
      image.overwrite(place.file(), place.offset(), value);
      long hash = image.durableHash();
      try (Djinn db = Djinn.open(SimEnv.ofDamaged(image, 4), DjinnTest.TINY)) {
        long batch = db.stats().publishedBatch();
        assertTrue(place.promise() != Promise.REFUSED, "opened with batch " + batch);
        Map.Entry<Long, List<List<Long>>> expected = store.states.floorEntry(batch);
        assertEquals(expected.getValue(), EveryKindStore.answers(db, db.gin("kept")));
        if (place.promise() != Promise.END) {
          assertEquals(store.states.lastKey(), expected.getKey());
        }
        return false;
      } catch (CorruptLogException e) {
        assertTrue(
            place.promise() == Promise.REFUSED || place.promise() == Promise.HARMLESS_OR_REFUSED,
            e.getMessage());
        assertEquals(0, image.unsyncedEffects());
        assertEquals(hash, image.durableHash());
        return true;
      }
    } finally {
      image.close();
    }
  }

  @Test
  void aChangedByteOfAFreePageIsFound() throws IOException {
    SimVfs disk = store.closed.crash(CrashMode.NONE, 1);
    try (Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
      long free = db.stats().freePages();
      assertTrue(free > 10);
      int written = 0;
      int found = 0;
      for (int pageNo = 1; pageNo < db.stats().pages(); pageNo++) {
        if (store.isUnwritten(pageNo)) {
          continue;
        }
        written++;
        int place = pageNo * EveryKindStore.PAGE_BYTES + 300;
        int was = disk.bytes(EveryKindStore.PAGES)[place];
        disk.overwrite(EveryKindStore.PAGES, place, was ^ 0x10);
        String name = "page " + pageNo + " (";
        found += db.verify().stream().anyMatch(p -> p.contains(name)) ? 1 : 0;
        disk.overwrite(EveryKindStore.PAGES, place, was);
      }
      assertEquals(written, found);
    } finally {
      disk.close();
    }
  }
}
