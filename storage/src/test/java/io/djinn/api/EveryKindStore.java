package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.PageKind;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.wal.EditTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A small store that holds a page of every kind, in two states: closed, and as a kill leaves it
 * with a log that holds every kind of record and every edit.
 */
final class EveryKindStore implements AutoCloseable {
  static final int PAGE_BYTES = DjinnTest.TINY.pageSizeBytes();
  static final String PAGES = "pages";
  static final int KIND_OFFSET = 4;
  static final EditTable TABLE = Djinn.editTable();

  /** One row a block, so that a TID takes bytes and the trees have inner pages. */
  static final int SLOT_BITS = 20;

  static final int ROWS = 700;

  /** So many that the posting trees get leaves more than once. */
  private static final int KILLED_ROWS = 1_200;

  private static final int OTHER_ROWS = 60;

  /** So many that the loaded posting tree has a root with a rest. */
  private static final int LOADED_ROWS = 400;

  static final int LOADED_KEY = 7;

  private static final int NAMES = 120;
  private static final int NAMES_ALIKE = 20;
  private static final int GROUPED_FLAG = 0x20;

  private static final GinSpec TREE = GinSpec.column("v", ArrayOps.ofInts()).withFastUpdate(false);
  private static final GinSpec NAMED =
      GinSpec.column("v", ArrayOps.ofStrings()).withFastUpdate(false);
  private static final GinSpec LIST = GinSpec.column("v", ArrayOps.ofInts());
  private static final GinSpec PLACED_TREE =
      GinSpec.column("v", new PlacedWords()).withFastUpdate(false);
  private static final GinSpec PLACED_LIST = GinSpec.column("v", new PlacedWords());
  private static final int PLACED_ROWS = 60;
  private static final int KILLED_PLACED_ROWS = 12;

  final SimVfs closed;
  final SimVfs killed;
  final TreeMap<Integer, List<Long>> kept = new TreeMap<>();
  final TreeMap<Integer, List<Long>> other = new TreeMap<>();
  final TreeMap<Integer, List<Long>> loaded = new TreeMap<>();
  final TreeMap<String, List<Long>> named = new TreeMap<>();

  /** By number of batch, what the killed store answered after it. */
  final TreeMap<Long, List<List<Long>>> states = new TreeMap<>();

  final List<Integer> used = new ArrayList<>();

  /** Free pages that nothing was ever written to. */
  private final List<Integer> unwritten = new ArrayList<>();

  long storeId;
  final Map<PageKind, List<Integer>> pages = new EnumMap<>(PageKind.class);

  EveryKindStore() throws IOException {
    SimVfs disk = new SimVfs(4 << 20);
    try (Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex dropped = db.createGin("dropped", TREE);
      insert(db, dropped, 0, ROWS / 2, new TreeMap<>());
      insert(db, db.createGin("kept", TREE), 0, ROWS, kept);
      insert(db, db.createGin("other", LIST), 0, OTHER_ROWS, other);
      load(db);
      loadNames(db);
      place(db, db.createGin("placed", PLACED_TREE), 0, PLACED_ROWS);
      place(db, db.createGin("placedList", PLACED_LIST), 0, 4);
      db.drop("dropped");
      db.awaitDropped();
      assertEquals(List.of(), db.verify());
    }
    closed = disk.crash(CrashMode.NONE, 1);
    disk.close();
    findPages();
    killed = kill(closed.crash(CrashMode.NONE, 1));
  }

  /** The values of a row, 0-based: two keys of many rows, the highest, and some of few. */
  static List<Integer> values(int row) {
    return List.of(9_000 + row % 2, 1_000 + row / 3, 5_000 + row % 7);
  }

  static long tid(int row) {
    return (long) row << SLOT_BITS;
  }

  private static void insert(
      Djinn db, GinIndex index, int from, int to, Map<Integer, List<Long>> oracle) {
    for (int row = from; row < to; ) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 50 && row < to; i++, row++) {
          index.insert(batch, tid(row), values(row));
          for (int value : values(row)) {
            oracle.computeIfAbsent(value, v -> new ArrayList<>()).add(tid(row));
          }
        }
        batch.commit();
      }
    }
  }

  /** Builds an index of one key, whose list has a page more than its root. */
  private void load(Djinn db) {
    TreeSet<Long> tids = new TreeSet<>();
    for (int row = 0; row < LOADED_ROWS; row++) {
      tids.add(tid(row));
    }
    byte[] key = {(byte) 0x80, 0, 0, LOADED_KEY};
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    content.put(EntryKeys.compose(0, GinQuery.NORMAL_KEY, key), tids);
    BulkLoad.load(db, "loaded", TREE, content);
    loaded.put(LOADED_KEY, List.copyOf(tids));
  }

  /** Builds an index of names whose leaves have groups. */
  private void loadNames(Djinn db) {
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < NAMES; i++) {
      TreeSet<Long> tids = new TreeSet<>(List.of(tid(i), tid(i) + 3));
      byte[] key = name(i).getBytes(StandardCharsets.UTF_8);
      content.put(EntryKeys.compose(0, GinQuery.NORMAL_KEY, key), tids);
      named.put(name(i), List.copyOf(tids));
    }
    BulkLoad.load(db, "named", NAMED, content);
  }

  static String name(int number) {
    return "name-of-" + number / NAMES_ALIKE * 37 + "-copy-" + number % NAMES_ALIKE;
  }

  /** Puts names among those there, and before and behind groups of them, and takes some out. */
  static void changeNames(GinIndex index, WriteBatch batch) {
    for (int i = 3; i < NAMES; i += 7) {
      index.delete(batch, tid(i), List.of(name(i)));
      index.insert(batch, tid(i), List.of(name(i) + "-again", "name-of-" + i, "zone-" + i));
    }
    for (int i = NAMES_ALIKE; i < NAMES_ALIKE + NAMES_ALIKE; i++) {
      index.delete(batch, tid(i), List.of(name(i)));
      index.delete(batch, tid(i) + 3, List.of(name(i)));
    }
  }

  /** Rows by name, of a sound store. */
  static Map<String, List<Long>> names(Djinn db) {
    GinIndex index = db.gin("named");
    Map<String, List<Long>> rows = new TreeMap<>();
    for (int i = 0; i < NAMES; i++) {
      for (String name : List.of(name(i), name(i) + "-again", "name-of-" + i, "zone-" + i)) {
        List<Long> found = DjinnTest.find(db, index, ArrayOps.containsAll(name));
        if (!found.isEmpty()) {
          rows.put(name, found);
        }
      }
    }
    return rows;
  }

  /** What {@link #names} gives of the killed store. */
  Map<String, List<Long>> namesLeft() {
    Map<String, TreeSet<Long>> rows = new TreeMap<>();
    named.forEach((name, tids) -> rows.put(name, new TreeSet<>(tids)));
    for (int i = 3; i < NAMES; i += 7) {
      rows.get(name(i)).remove(tid(i));
      for (String name : List.of(name(i) + "-again", "name-of-" + i, "zone-" + i)) {
        rows.computeIfAbsent(name, n -> new TreeSet<>()).add(tid(i));
      }
    }
    for (int i = NAMES_ALIKE; i < NAMES_ALIKE + NAMES_ALIKE; i++) {
      rows.remove(name(i));
    }
    Map<String, List<Long>> left = new TreeMap<>();
    rows.forEach((name, tids) -> left.put(name, List.copyOf(tids)));
    return left;
  }

  /** A text of a common word that stands often, and of a rare one. */
  static Object[] text(int row) {
    return new Object[] {"common ".repeat(1 + row % 7) + "rare" + row / 3};
  }

  private static void place(Djinn db, GinIndex index, int from, int to) {
    for (int row = from; row < to; row++) {
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, tid(row), text(row));
        batch.commit();
      }
    }
  }

  /** The payloads of both indexes that have any, of the killed store, are those of their rows. */
  static void assertPlaced(Djinn db) {
    for (String name : List.of("placed", "placedList")) {
      TreeMap<Long, Object[]> rows = new TreeMap<>();
      int count = (name.equals("placed") ? PLACED_ROWS : 4) + KILLED_PLACED_ROWS;
      for (int row = 0; row < count; row++) {
        rows.put(tid(row), text(row));
      }
      GinIndex index = db.gin(name);
      try (Snapshot snapshot = db.snapshot()) {
        assertEquals(
            IndexContents.wanted(index.spec(), rows), IndexContents.of(index, snapshot), name);
      }
    }
  }

  /** The inner page that is a root with a rest: what it has goes to the page's end. */
  int loadedRoot() throws IOException {
    byte[] bytes = closed.bytes(PAGES);
    List<Integer> found = new ArrayList<>();
    for (int pageNo : pages.get(PageKind.POSTING_INNER)) {
      int upper = bytes[pageNo * PAGE_BYTES + 24] & 0xFF | bytes[pageNo * PAGE_BYTES + 25] << 8;
      if (upper != PAGE_BYTES && used.contains(pageNo)) {
        found.add(pageNo);
      }
    }
    assertEquals(1, found.size(), "roots with a rest");
    return found.get(0);
  }

  /** A leaf that has groups. */
  int groupedLeaf() throws IOException {
    byte[] bytes = closed.bytes(PAGES);
    return pages.get(PageKind.ENTRY_LEAF).stream()
        .filter(used::contains)
        .filter(pageNo -> (bytes[pageNo * PAGE_BYTES + 6] & GROUPED_FLAG) != 0)
        .findFirst()
        .orElseThrow();
  }

  boolean isUnwritten(int pageNo) {
    return unwritten.contains(pageNo);
  }

  private void findPages() throws IOException {
    byte[] bytes = closed.bytes(PAGES);
    SimVfs copy = closed.crash(CrashMode.NONE, 1);
    try (Djinn db = Djinn.open(new SimEnv(copy, 1), DjinnTest.TINY)) {
      for (int pageNo = 0; pageNo < db.stats().pages(); pageNo++) {
        PageKind kind = PageKind.of(bytes[pageNo * PAGE_BYTES + KIND_OFFSET]);
        if (kind == null) {
          // The build was given more than it used.
          unwritten.add(pageNo);
        } else {
          pages.computeIfAbsent(kind, k -> new ArrayList<>()).add(pageNo);
        }
      }
      storeId = db.store().storeId();
      BitSet free = new BitSet();
      try (Snapshot snapshot = db.snapshot()) {
        db.inStep(
            snapshot,
            reader -> {
              int list = (int) SpacePage.Field.FREE_LIST.get(reader.page(SpacePage.PAGE_NO));
              for (; list != 0; list = ExtentListPage.next(reader.page(list))) {
                long page = reader.page(list);
                for (int at = 0; at < ExtentListPage.count(page); at++) {
                  int first = ExtentListPage.firstPageNo(page, at);
                  free.set(first, first + ExtentListPage.pages(page, at));
                }
              }
              return null;
            });
      }
      for (int pageNo = free.nextClearBit(0);
          pageNo < db.stats().pages();
          pageNo = free.nextClearBit(pageNo + 1)) {
        used.add(pageNo);
      }
      assertTrue(unwritten.stream().allMatch(free::get), () -> "unwritten pages " + unwritten);
    } finally {
      copy.close();
    }
  }

  /** Every edit there is, after the first one of its page, which is logged as an image. */
  private SimVfs kill(SimVfs disk) throws IOException {
    DjinnOptions options = DjinnTest.TINY.withLogLimitBytes(4 << 20);
    Djinn db = Djinn.open(new SimEnv(disk, 3), options);
    GinIndex index = db.gin("kept");
    note(db, index);
    for (int from = ROWS; from < ROWS + KILLED_ROWS; from += 20) {
      insert(db, index, from, from + 20, new TreeMap<>());
      note(db, index);
    }
    for (int from = 0; from < ROWS; from += 20) {
      try (WriteBatch batch = db.begin()) {
        for (int row = from; row < from + 20; row++) {
          index.delete(batch, tid(row), values(row));
        }
        batch.commit();
      }
      note(db, index);
    }
    GinIndex loadedIndex = db.gin("loaded");
    for (int row = LOADED_ROWS - 2; row <= LOADED_ROWS; row++) {
      try (WriteBatch batch = db.begin()) {
        if (row < LOADED_ROWS) {
          loadedIndex.delete(batch, tid(row), List.of(LOADED_KEY));
        } else {
          // The root gives its rest to a leaf.
          loadedIndex.insert(batch, tid(row), List.of(LOADED_KEY));
        }
        batch.commit();
      }
      note(db, index);
    }
    for (int times = 0; times < 2; times++) {
      try (WriteBatch batch = db.begin()) {
        changeNames(db.gin("named"), batch);
        batch.commit();
      }
      note(db, index);
    }
    GinIndex list = db.gin("other");
    for (int from = OTHER_ROWS; from < OTHER_ROWS + 60; from += 5) {
      insert(db, list, from, from + 5, new TreeMap<>());
      note(db, index);
    }
    place(db, db.gin("placed"), PLACED_ROWS, PLACED_ROWS + KILLED_PLACED_ROWS);
    place(db, db.gin("placedList"), 4, 4 + KILLED_PLACED_ROWS);
    note(db, index);
    db.createGin("gone", TREE);
    db.drop("gone");
    db.awaitDropped();
    db.createGin("last", TREE);
    for (int from = ROWS + KILLED_ROWS; from < ROWS + KILLED_ROWS + 20; from += 2) {
      insert(db, index, from, from + 2, new TreeMap<>());
      note(db, index);
    }
    SimVfs image = disk.crash(CrashMode.ALL, 1);
    disk.end("killed");
    disk.close();
    return image;
  }

  private void note(Djinn db, GinIndex index) {
    states.put(db.stats().publishedBatch(), answers(db, index));
  }

  /** What an index answers to a few queries. */
  static List<List<Long>> answers(Djinn db, GinIndex index) {
    List<List<Long>> answers = new ArrayList<>();
    for (int value : new int[] {9_000, 9_001, 1_000, 1_100, 1_232, 1_300, 1_339, 5_003}) {
      answers.add(DjinnTest.find(db, index, ArrayOps.containsAll(value)));
    }
    return answers;
  }

  static MemoryAccount account() {
    return new MemoryAccount("test", 1L << 30);
  }

  @Override
  public void close() {
    closed.close();
    killed.close();
  }
}
