package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.load.LoadedTree;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.testkit.MemoryPages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryDamageTest {
  private static EntryTreeFixture index(RandomGenerator random) {
    EntryTreeFixture index = new EntryTreeFixture(512);
    for (int i = 0; i < 800; i++) {
      byte[] key =
          EntryKeys.compose(0, 0, ("some key " + i * 37 % 800).getBytes(StandardCharsets.UTF_8));
      index.insert(key, i);
      if (i % 10 == 0) {
        index.insert(key, random.longs(200, 0, 100_000).sorted().distinct().toArray());
      }
    }
    index.commit();
    index.check();
    return index;
  }

  /** The same, loaded, with names that make groups. */
  private static EntryTreeFixture groupedIndex(RandomGenerator random) {
    EntryTreeFixture index = new EntryTreeFixture(512);
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < 800; i++) {
      String name = "some key " + i / 20 * 37 + (i % 20 == 0 ? "" : "-copy-" + i % 20);
      long[] tids = random.longs(i % 10 == 0 ? 200 : 1, 0, 100_000).toArray();
      TreeSet<Long> ofKey = new TreeSet<>();
      Arrays.stream(tids).forEach(ofKey::add);
      content.put(EntryKeys.compose(0, 0, name.getBytes(StandardCharsets.UTF_8)), ofKey);
    }
    LoadedTree.loadInto(index, 90, 2, content, random);
    index.commit();
    index.check();
    assertTrue(index.groupedLeaves() > 5, index.groupedLeaves() + " leaves with groups");
    return index;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damagedPagesAreReportedOrHarmlessButNeverAnythingElse(boolean isGrouped) {
    RandomGenerator random = Seeds.random("EntryDamageTest");
    try (EntryTreeFixture index = isGrouped ? groupedIndex(random) : index(random)) {
      MemoryPages pages = index.pages();
      MemoryPages.Steps step = pages.steps(5);
      List<Integer> numbers = pages.pageNumbers();
      int reported = 0;
      for (int round = 0; round < 3000; round++) {
        int pageNo = numbers.get(random.nextInt(numbers.size()));
        if (pageNo == index.metaPageNo()) {
          continue;
        }
        long page = pages.page(pageNo);
        byte[] good = new byte[512];
        NativeMemory.copyToArray(page, good, 0, 512);
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          // What leads to everything else stands in front.
          int at = random.nextInt(random.nextBoolean() ? 512 : 100);
          NativeMemory.putByte(
              page + at,
              random.nextBoolean() ? random.nextInt(256) : good[at] ^ 1 << random.nextInt(8));
        }
        byte[] key = List.copyOf(index.model().keySet()).get(random.nextInt(800));
        reported += read(index, step, key) ? 0 : 1;
        reported += verify(index) ? 0 : 1;
        change(index, key, random);
        pages.abort();
        NativeMemory.copyFromArray(good, 0, pages.page(pageNo), 512);
      }
      index.check();
      assertTrue(reported > 0);
    }
  }

  /** Looks a key up and walks all of them; false where damage was reported. */
  private static boolean read(EntryTreeFixture index, MemoryPages.Steps step, byte[] key) {
    try {
      EntryLookup lookup = new EntryLookup();
      lookup.start(index.root(), key);
      while (lookup.next(step.begin()) == EntryLookup.PAUSED) {
        assertTrue(lookup.pagesRead() < 100);
      }
      EntryCursor cursor = new EntryCursor(512);
      cursor.start(index.root(), new byte[0]);
      cursor.enter(step.begin());
      int found = cursor.next();
      while (found != EntryCursor.END) {
        if (found == EntryCursor.PAUSED) {
          cursor.enter(step.begin());
        }
        assertTrue(cursor.pagesRead() < 10_000, "the walk ends");
        found = cursor.next();
      }
      return true;
    } catch (CorruptPageException e) {
      assertFalse(e.getMessage().isEmpty());
      return false;
    }
  }

  private static boolean verify(EntryTreeFixture index) {
    List<String> problems = new ArrayList<>();
    new EntryTreeVerifier(index.pages(), problems, pageNo -> {}, (k, tid) -> {})
        .verify(index.metaPageNo());
    return problems.isEmpty();
  }

  private static void change(EntryTreeFixture index, byte[] key, RandomGenerator random) {
    try {
      long[] tids = random.longs(20, 0, 100_000).sorted().distinct().toArray();
      index.tryInsert(key, tids);
      index.tryRemove(key, tids);
      index.tryInsert(new byte[] {0, 0, (byte) random.nextInt(256), 7, 7, 7, 7, 7, 7, 7, 7}, tids);
    } catch (CorruptPageException e) {
      assertFalse(e.getMessage().isEmpty());
    }
  }

  @Test
  void theVerifierNamesWhatIsWrong() {
    RandomGenerator random = Seeds.random("EntryDamageTest verifier");
    try (EntryTreeFixture index = index(random)) {
      MemoryPages pages = index.pages();
      int root = index.root();
      int leaf = root;
      EntryPage view = new EntryPage();
      while (!view.wrap(pages.page(leaf), 512, leaf).isLeaf()) {
        leaf = view.child(1);
      }
      long page = pages.page(leaf);
      long firstHead = view.slotAddress(0) + SlotLayout.HEAD;
      long head = (1L << 8 * SlotLayout.headBytes(view.layout())) - 1;
      long good = NativeMemory.getLong(firstHead);
      expectProblem(index, firstHead, good | head, "key not above the one before");
      expectProblem(index, firstHead, good & ~head, "key below the separator");
      expectProblem(index, page + 16, 4711L, "its header says page");
      expectProblem(index, pages.page(root) + EntryPage.LEFTMOST, (long) leaf, "");
      long meta = pages.page(index.metaPageNo());
      for (GinCounts.Field field : GinCounts.Field.values()) {
        long at = meta + GinMetaPage.COUNTS + 8L * field.ordinal();
        if (!field.isPending()) {
          expectProblem(index, at, NativeMemory.getLong(at) + 1, field.toString());
        }
      }
      expectProblem(index, meta + GinMetaPage.TOTAL_PAGES, 1L, "totalPages");
      index.check();
    }
  }

  private static void expectProblem(
      EntryTreeFixture index, long address, long value, String words) {
    long good = NativeMemory.getLong(address);
    NativeMemory.putLong(address, value);
    List<String> problems = new ArrayList<>();
    new EntryTreeVerifier(index.pages(), problems, pageNo -> {}, null).verify(index.metaPageNo());
    NativeMemory.putLong(address, good);
    assertFalse(problems.isEmpty(), words);
    assertTrue(problems.stream().anyMatch(p -> p.contains(words)), () -> words + ": " + problems);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCursorFromAnyKeyGivesTheTailOfTheModel(boolean isGrouped) {
    RandomGenerator random = Seeds.random("EntryDamageTest cursor");
    try (EntryTreeFixture index = isGrouped ? groupedIndex(random) : index(random)) {
      var model = (java.util.TreeMap<byte[], ?>) index.model();
      for (int round = 0; round < 100; round++) {
        MemoryPages.Steps step = index.pages().steps(1 + random.nextInt(6));
        String behind = isGrouped ? "-copy-" + random.nextInt(30) : "";
        byte[] from =
            ("\0\0some key " + random.nextInt(1000) + behind).getBytes(StandardCharsets.UTF_8);
        from = round == 0 ? new byte[0] : from;
        EntryCursor cursor = new EntryCursor(512);
        cursor.start(index.root(), from);
        List<String> found = new ArrayList<>();
        cursor.enter(step.begin());
        int next = cursor.next();
        while (next != EntryCursor.END) {
          if (next == EntryCursor.KEY) {
            found.add(new String(cursor.key(), StandardCharsets.UTF_8));
            assertEquals(0, cursor.column());
            assertEquals(0, cursor.category());
          } else {
            cursor.enter(step.begin());
          }
          next = cursor.next();
        }
        List<String> expected =
            model.tailMap(from).keySet().stream()
                .map(key -> new String(key, StandardCharsets.UTF_8))
                .toList();
        assertEquals(expected, found);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLookupFindsEveryKeyAndNoOther(boolean isGrouped) {
    RandomGenerator random = Seeds.random("EntryDamageTest lookup");
    try (EntryTreeFixture index = isGrouped ? groupedIndex(random) : index(random)) {
      MemoryPages.Steps step = index.pages().steps(2);
      EntryLookup lookup = new EntryLookup();
      index
          .model()
          .forEach(
              (key, tids) -> {
                assertEquals(EntryLookup.FOUND, find(lookup, index, key, step));
                assertEquals(tids.size(), lookup.place().tidCount());
                byte[] longer = java.util.Arrays.copyOf(key, key.length + 1);
                int expected =
                    index.model().containsKey(longer) ? EntryLookup.FOUND : EntryLookup.ABSENT;
                assertEquals(expected, find(lookup, index, longer, step));
              });
      assertEquals(Page.pageNo(index.pages().page(index.root())), index.root());
    }
  }

  private static int find(
      EntryLookup lookup, EntryTreeFixture index, byte[] key, MemoryPages.Steps step) {
    lookup.start(index.root(), key);
    int found = lookup.next(step.begin());
    while (found == EntryLookup.PAUSED) {
      found = lookup.next(step.begin());
    }
    return found;
  }
}
