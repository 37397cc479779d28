package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.buffer.SnapshotReader;
import io.djinn.error.DjinnException;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.PageChecksum;
import io.djinn.page.PageKind;
import io.djinn.recovery.LogBytes;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import io.djinn.verify.RowVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fields of pages and of log records are changed and their checksums made right again, as a bug of
 * the engine would leave them: what reads them throws an exception of the engine's, or the verifier
 * reports it, or it does no harm; nothing dies, runs for ever, or takes memory without end.
 *
 * <p>A mutant is <em>structural</em> where it changes a link, a count, a length, an offset, a
 * bound, a level or a kind. Mutants of keys, of the insides of posting lists and of texts are not:
 * there are sound stores that look like them, and only the rows tell them apart. Nor are the
 * numbers that only have to be high enough or low enough: batches, the next build, the next id of
 * an index.
 */
class ResealedTest {
  /** Where an inner page has its leftmost child. */
  private static final int LEFTMOST = 36;

  private static final int PAGE_BYTES = EveryKindStore.PAGE_BYTES;

  /** What stands for a posting tree. */
  private static final int TREE_VALUE_BYTES = 11;

  private static final double LEAST_DETECTED = 0.99;

  /** A field of a page: where it is, how long, and whether it is part of the structure. */
  private record Field(int pageNo, int at, int bytes, boolean isStructural, String name) {}

  private static EveryKindStore store;
  private static long seed;

  @BeforeAll
  static void makeStore() throws IOException {
    seed = TestSeed.forTest("ResealedTest");
    store = new EveryKindStore();
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static int u16(byte[] page, int at) {
    return page[at] & 0xFF | (page[at + 1] & 0xFF) << 8;
  }

  private static int i32(byte[] page, int at) {
    return u16(page, at) | u16(page, at + 2) << 16;
  }

  private static byte[] page(byte[] pages, int pageNo) {
    return Arrays.copyOfRange(pages, pageNo * PAGE_BYTES, (pageNo + 1) * PAGE_BYTES);
  }

  /** The pages in use of a kind; what is free is judged by its checksum alone. */
  private static List<Field> fields(byte[] pages) {
    List<Field> fields = new ArrayList<>();
    store.used.forEach(
        pageNo -> {
          byte[] page = page(pages, pageNo);
          PageKind kind = PageKind.of(page[4]);
          Fields of = new Fields(fields, pageNo);
          of.header();
          switch (kind) {
            case SPACE -> of.space();
            case EXTENT_LIST -> of.extents(page);
            case CATALOG -> of.catalog(page);
            case GIN_META -> of.meta();
            case ENTRY_LEAF, ENTRY_INNER -> of.entries(page, kind == PageKind.ENTRY_LEAF);
            case POSTING_LEAF -> of.list(page);
            case POSTING_INNER -> of.children(page);
            case GIN_PENDING -> of.pending(page);
          }
        });
    return fields;
  }

  /** Names the fields of one page. */
  private record Fields(List<Field> all, int pageNo) {
    void structural(int at, int bytes, String name) {
      all.add(new Field(pageNo, at, bytes, true, name));
    }

    void content(int at, int bytes, String name) {
      all.add(new Field(pageNo, at, bytes, false, name));
    }

    void header() {
      structural(4, 1, "kind");
      structural(5, 1, "level");
      structural(6, 2, "flags");
      content(8, 8, "batch");
      structural(16, 4, "pageNo");
      structural(20, 4, "lower");
      structural(24, 4, "upper");
      structural(28, 4, "reserved");
    }

    void space() {
      structural(32, 8, "storeId");
      content(40, 8, "nextBuild");
      for (int at = 48; at < 72; at += 4) {
        structural(at, 4, "space field at " + at);
      }
      content(72, 4, "nextIndexId");
      structural(76, 4, "format");
    }

    void extents(byte[] page) {
      structural(32, 4, "next");
      structural(36, 4, "count");
      for (int at = 40; at < i32(page, 20); at += 16) {
        structural(at, 4, "first page");
        structural(at + 4, 4, "pages");
        content(at + 8, 8, "tag");
      }
    }

    void catalog(byte[] page) {
      structural(32, 4, "next");
      for (int at = 40; at < i32(page, 20); at += 2 + u16(page, at)) {
        structural(at, 2, "entry bytes");
        content(at + 2, 4, "index id");
        structural(at + 6, 1, "index kind");
        structural(at + 7, 1, "state");
        structural(at + 8, 4, "metapage");
        content(at + 12, 8, "build");
        int text = at + 20;
        for (int i = 0; i < 4; i++) {
          // The lengths of two neighbours may change together into other texts; one alone may not.
          structural(text, 2, "text bytes");
          if (u16(page, text) > 0) {
            content(text + 2, u16(page, text), "text");
          }
          text += 2 + u16(page, text);
        }
      }
    }

    void meta() {
      structural(32, 4, "formatVersion");
      structural(36, 4, "root");
      for (int at = 40; at < 104; at += 8) {
        structural(at, 8, "count at " + at);
      }
      structural(104, 4, "pendingHead");
      structural(108, 4, "pendingTail");
      structural(112, 4, "frozenTail");
      structural(116, 4, "isMerged");
    }

    void pending(byte[] page) {
      structural(32, 4, "next");
      structural(40, 8, "sequence");
      for (int at = 48; at < i32(page, 20); ) {
        structural(at, 2, "record bytes");
        content(at + 3, 6, "TID");
        content(at + 9, u16(page, at) - 7, "keys");
        at += 2 + u16(page, at);
      }
    }

    void entries(byte[] page, boolean isLeaf) {
      int slots = u16(page, 32);
      int prefix = u16(page, 34);
      structural(32, 2, "slotCount");
      structural(34, 2, "prefixBytes");
      structural(36, 4, "leftmost");
      if (prefix > 0) {
        content(40, prefix, "prefix");
      }
      int head = page[6] & 0x0F;
      int end = page.length;
      int firstSlot = 40 + prefix + groups(page, 40 + prefix);
      for (int slot = 0; slot < slots; slot++) {
        int at = firstSlot + slot * (2 + head);
        structural(at, 2, "tuple offset");
        if (head > 0) {
          content(at + 2, head, "head");
        }
        int tuple = u16(page, at) & ((page[6] & 0x40) == 0 ? 0xFFFF : 0x7FFF);
        int value = end - TREE_VALUE_BYTES;
        if (!isLeaf) {
          structural(end - 4, 4, "child");
        } else if (value >= tuple && value <= tuple + 1 && page[value] == (byte) 0xFF) {
          structural(end - 10, 4, "posting root");
          structural(end - 6, 6, "TID count");
        } else {
          content(tuple, end - tuple, "tuple");
        }
        end = tuple;
      }
    }

    /**
     * Which keys begin with a stem, and the stem, is a matter of keys; returns the bytes of all.
     */
    private int groups(byte[] page, int table) {
      if ((page[6] & 0x20) == 0) {
        return 0;
      }
      int count = u16(page, table);
      int bytes = 4 + 4 * count + u16(page, table + 2);
      structural(table, 2, "groupCount");
      structural(table + 2, 2, "stemsBytes");
      for (int at = table + 4; at < table + 4 + 4 * count; at += 4) {
        content(at, 2, "first slot");
        content(at + 2, 2, "stem's end");
      }
      content(table + 4 + 4 * count, bytes - 4 - 4 * count, "stems");
      return bytes;
    }

    void list(byte[] page) {
      structural(32, 4, "TID count");
      content(36, i32(page, 20) - 36, "list");
    }

    void children(byte[] page) {
      for (int at = 32; at < i32(page, 20); at += 10) {
        structural(at, 6, "separator");
        structural(at + 6, 4, "child");
      }
      if (i32(page, 24) < PAGE_BYTES) {
        content(i32(page, 24), PAGE_BYTES - i32(page, 24), "rest");
      }
    }
  }

  /** Another value for a field: near the old one, a bound, or anything. */
  private static byte[] mutate(byte[] was, Field field, SplittableRandom random) {
    byte[] page = was.clone();
    int bytes = Math.min(field.bytes(), 8);
    int at = field.at() + (field.bytes() > 8 ? random.nextInt(field.bytes() - 7) : 0);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | page[at + i] & 0xFF;
    }
    long mutant =
        switch (random.nextInt(7)) {
          case 0 -> value + 1 + random.nextInt(3);
          case 1 -> value - 1 - random.nextInt(3);
          case 2 -> value ^ 1L << random.nextInt(8 * bytes);
          case 3 -> 0;
          case 4 -> -1;
          case 5 -> random.nextInt(200);
          default -> random.nextLong();
        };
    for (int i = 0; i < bytes; i++) {
      page[at + i] = (byte) (mutant >>> 8 * i);
    }
    return page;
  }

  private static final class Tally {
    int structural;
    int reported;
    int visible;
    int visibleReported;
    int other;
    final TreeMap<String, Integer> undetected = new TreeMap<>();
  }

  private static AssertionError failure(Throwable cause, String test, String what) {
    return new AssertionError(
        what
            + "; again with: mvn -pl storage test -Dtest=ResealedTest#"
            + test
            + " -Ddjinn.tier="
            + Tier.current().name().toLowerCase(Locale.ROOT)
            + " -Ddjinn.seed="
            + seed,
        cause);
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aMutantOfAPageIsRefusedReportedOrHarmless() throws Exception {
    Tier tier = Tier.current();
    int wanted = tier.count(40_000);
    byte[] pages = store.closed.bytes(EveryKindStore.PAGES);
    List<Field> fields = fields(pages);
    Tally tally = new Tally();
    Set<Long> distinct = new HashSet<>();
    try (ProofPart part = new ProofPart(Family.RESEALED, "pages");
        MemoryRegion scratch = MemoryRegion.allocate(EveryKindStore.account(), PAGE_BYTES)) {
      SplittableRandom random = new SplittableRandom(seed);
      while (distinct.size() < wanted) {
        Field field = fields.get(random.nextInt(fields.size()));
        byte[] was = page(pages, field.pageNo());
        byte[] mutant = mutate(was, field, random);
        long hash = Arrays.hashCode(mutant) * 31L + field.pageNo() * 0x9E3779B97F4A7C15L;
        if (Arrays.equals(was, mutant) || !distinct.add(hash)) {
          continue;
        }
        reseal(mutant, field.pageNo(), scratch.address());
        try {
          runPage(field, mutant, tally);
        } catch (Throwable t) {
          part.failed(1);
          throw failure(
              t, "aMutantOfAPageIsRefusedReportedOrHarmless", field + " case " + distinct.size());
        }
        part.add(1);
      }
    }
    double rate = (double) tally.reported / tally.structural;
    System.out.printf(
        Locale.ROOT,
        "mutants of pages: %d, structural %d, reported %d (%.3f%%), not structural %d, of those seen"
            + " by a query %d, reported by verify or rows %d; structural and not reported: %s%n",
        distinct.size(),
        tally.structural,
        tally.reported,
        100 * rate,
        tally.other,
        tally.visible,
        tally.visibleReported,
        tally.undetected);
    assertTrue(rate >= LEAST_DETECTED, "detected " + rate + ": " + tally.undetected);
    assertEquals(tally.visible, tally.visibleReported);
  }

  @Test
  void droppingATreeThatLeadsBackToItselfEndsAndVerifyNamesThePage() throws Exception {
    byte[] pages = store.closed.bytes(EveryKindStore.PAGES);
    try (MemoryRegion scratch = MemoryRegion.allocate(EveryKindStore.account(), PAGE_BYTES)) {
      List<Integer> inner = new ArrayList<>(store.pages.get(PageKind.ENTRY_INNER));
      inner.retainAll(store.used);
      assertFalse(inner.isEmpty());
      for (int pageNo : inner) {
        byte[] mutant = page(pages, pageNo);
        for (int i = 0; i < Integer.BYTES; i++) {
          mutant[LEFTMOST + i] = (byte) (pageNo >>> 8 * i);
        }
        reseal(mutant, pageNo, scratch.address());
        try (SimVfs disk = store.closed.crash(CrashMode.NONE, 1)) {
          for (int i = 0; i < PAGE_BYTES; i++) {
            disk.overwrite(EveryKindStore.PAGES, (long) pageNo * PAGE_BYTES + i, mutant[i]);
          }
          try (Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
            db.drop("kept");
            db.drop("other");
            db.awaitDropped();
            assertFalse(db.isSealed(), "page " + pageNo);
            assertFalse(db.verify().isEmpty(), "page " + pageNo);
          }
        }
      }
    }
  }

  private static void reseal(byte[] page, int pageNo, long scratch) {
    NativeMemory.copyFromArray(page, 0, scratch, page.length);
    int sum = new PageChecksum(PAGE_BYTES, store.storeId).compute(scratch, pageNo);
    for (int i = 0; i < 4; i++) {
      page[i] = (byte) (sum >>> 8 * i);
    }
  }

  private static void runPage(Field field, byte[] page, Tally tally) throws IOException {
    SimVfs disk = store.closed.crash(CrashMode.NONE, 1);
    try {
      for (int i = 0; i < PAGE_BYTES; i++) {
        disk.overwrite(EveryKindStore.PAGES, (long) field.pageNo() * PAGE_BYTES + i, page[i]);
      }
      boolean isReported;
      boolean isVisible = false;
      try (Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
        isReported = !db.verify().isEmpty();
        for (int value : new int[] {9_000, 9_001, 1_000, 1_100, 1_232, 5_003}) {
          isVisible |= isWrong(db, value);
        }
        if (isVisible && !isReported) {
          isReported |= differsFromRows(db);
        }
        write(db);
      } catch (DjinnException e) {
        isReported = true;
      }
      if (field.isStructural()) {
        tally.structural++;
        if (isReported) {
          tally.reported++;
        } else {
          tally.undetected.merge(field.name() + (isVisible ? ", seen" : ""), 1, Integer::sum);
        }
      } else {
        tally.other++;
      }
      tally.visible += isVisible ? 1 : 0;
      tally.visibleReported += isVisible && isReported ? 1 : 0;
    } finally {
      disk.close();
    }
  }

  /** What {@code check --rows} does. */
  private static boolean differsFromRows(Djinn db) {
    if (db.indexes().stream().noneMatch(index -> index.name().equals("kept"))) {
      return true;
    }
    GinIndex index = db.gin("kept");
    List<RowVerifier.Column> columns =
        index.spec().columns().stream()
            .map(column -> new RowVerifier.Column(column.path(), column.operatorClass(), false))
            .toList();
    try (Snapshot snapshot = db.snapshot();
        SnapshotReader reader = snapshot.reader();
        SparseRows rows = new SparseRows(EveryKindStore.ROWS)) {
      return !new RowVerifier(
              reader, db.account(), index.metaPage(), PendingView.EMPTY, columns, rows)
          .verify(EveryKindStore.ROWS, 0)
          .problems()
          .isEmpty();
    }
  }

  private static boolean isWrong(Djinn db, int value) {
    try {
      List<Long> found = DjinnTest.find(db, db.gin("kept"), ArrayOps.containsAll(value));
      return !found.equals(store.kept.get(value));
    } catch (DjinnException e) {
      return false;
    } catch (IllegalArgumentException e) {
      // The index has another name now.
      assertTrue(e.getMessage().startsWith("no index"), e.toString());
      return true;
    }
  }

  /** Inserts, deletes, makes and drops, each on its own. */
  private static void write(Djinn db) {
    attempt(
        db,
        batch -> {
          GinIndex index = db.gin("kept");
          for (int row = 300; row < 306; row++) {
            index.delete(batch, EveryKindStore.tid(row), EveryKindStore.values(row));
            index.insert(batch, EveryKindStore.tid(row) + 5, List.of(row, 1_100, 0));
          }
        });
    attempt(db, batch -> EveryKindStore.changeNames(db.gin("named"), batch));
    attempt(db, batch -> db.createGin("new", GinSpec.column("v", ArrayOps.ofInts())));
    attempt(db, batch -> db.drop("other"));
    try {
      db.awaitDropped();
    } catch (DjinnException e) {
      // Refused.
    }
  }

  private interface Change {
    void in(WriteBatch batch);
  }

  private static void attempt(Djinn db, Change change) {
    try (WriteBatch batch = db.begin()) {
      change.in(batch);
      batch.commit();
    } catch (DjinnException e) {
      // Refused.
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage().contains("index"), e.getMessage());
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aMutantOfALogRecordIsRefusedReportedOrHarmless() throws Exception {
    int wanted = Tier.current().count(12_000);
    LogBytes log = new LogBytes(store.killed);
    Set<Long> distinct = new HashSet<>();
    int[] outcomes = new int[3];
    try (ProofPart part = new ProofPart(Family.RESEALED, "records")) {
      SplittableRandom random = new SplittableRandom(~seed);
      while (distinct.size() < wanted) {
        int at = random.nextInt(log.records.size());
        byte[] body = log.records.get(at).body().clone();
        int place =
            random.nextInt(3) == 0
                ? random.nextInt(body.length)
                : random.nextInt(Math.min(24, body.length));
        body[place] =
            (byte)
                switch (random.nextInt(4)) {
                  case 0 -> body[place] ^ 1 << random.nextInt(8);
                  case 1 -> body[place] + 1;
                  case 2 -> -1;
                  default -> random.nextInt(256);
                };
        if (Arrays.equals(body, log.records.get(at).body())
            || !distinct.add((long) at << 32 | place << 8 | body[place] & 0xFF)) {
          continue;
        }
        try {
          outcomes[runRecord(log, log.records.get(at), body)]++;
        } catch (Throwable t) {
          part.failed(1);
          throw failure(
              t,
              "aMutantOfALogRecordIsRefusedReportedOrHarmless",
              "record " + at + " of type " + body[0] + ", byte " + place + " made " + body[place]);
        }
        part.add(1);
      }
    }
    System.out.println(
        "mutants of records: "
            + outcomes[0]
            + " refused, "
            + outcomes[1]
            + " reported, "
            + outcomes[2]
            + " opened and sound");
  }

  /** Opens a store with a changed record; 0 refused, 1 reported, 2 neither. */
  private static int runRecord(LogBytes log, LogBytes.Placed record, byte[] body)
      throws IOException {
    SimVfs disk = store.killed.crash(CrashMode.NONE, 1);
    try {
      ByteBuffer seeded = ByteBuffer.allocate(32 + body.length).order(ByteOrder.LITTLE_ENDIAN);
      seeded.putLong(log.storeId).putLong(record.epoch()).putLong(record.lsn());
      seeded.putLong(body.length).put(body).flip();
      CRC32C crc = new CRC32C();
      crc.update(seeded);
      for (int i = 0; i < 4; i++) {
        overwrite(disk, log, record.lsn() + 4 + i, (int) (crc.getValue() >>> 8 * i));
      }
      for (int i = 0; i < body.length; i++) {
        overwrite(disk, log, record.lsn() + 8 + i, body[i]);
      }
      try (Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
        boolean isReported = !db.verify().isEmpty();
        for (int value : new int[] {0, 1, 1_300}) {
          isWrong(db, value);
        }
        write(db);
        return isReported ? 1 : 2;
      } catch (DjinnException e) {
        return 0;
      }
    } finally {
      disk.close();
    }
  }

  private static void overwrite(SimVfs disk, LogBytes log, long lsn, int value) throws IOException {
    disk.overwrite(log.file(lsn), log.offset(lsn), value);
  }
}
