package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryTreeFixture.KeyChange;
import io.djinn.gin.load.LoadedTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTreeTest {
  /** Families of keys that stress prefixes, heads and lengths in different ways. */
  enum Keys {
    NUMBERS(
        random -> {
          int n = random.nextInt(3000);
          return new byte[] {0, 0, (byte) 0x80, 0, (byte) (n >>> 8), (byte) n};
        }),
    WORDS(
        random -> {
          String word = "w" + Integer.toString(random.nextInt(5000), 5);
          return compose(0, word.repeat(1 + random.nextInt(2)));
        }),
    LONG_PREFIXES(
        random ->
            compose(
                random.nextInt(3),
                "http://host" + random.nextInt(3) + "/a/rather/long/path/" + random.nextInt(300))),
    TIES(
        random -> {
          byte[] key = new byte[2 + random.nextInt(14)];
          for (int i = 2; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : 0);
          }
          return key;
        }),
    LONGEST(
        random -> {
          byte[] key = new byte[2 + random.nextInt(EntryKeys.maxKeyBytes(512) - 1)];
          for (int i = 1; i < key.length; i++) {
            key[i] = (byte) random.nextInt(2);
          }
          return key;
        });

    final Function<RandomGenerator, byte[]> generator;

    Keys(Function<RandomGenerator, byte[]> generator) {
      this.generator = generator;
    }

    private static byte[] compose(int column, String text) {
      return EntryKeys.compose(column, 0, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @EnumSource(Keys.class)
  void randomInsertsAndRemovesGiveWhatASortedMapGives(Keys keys) {
    RandomGenerator random = Seeds.random("EntryTreeTest " + keys);
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      for (int batch = 0; batch < 120; batch++) {
        boolean growing = batch / 30 % 2 == 0;
        for (int i = 0; i < 40; i++) {
          byte[] key = keys.generator.apply(random);
          if (random.nextInt(10) < (growing ? 8 : 1)) {
            index.insert(key, tids(random));
          } else if (index.model().containsKey(key) || index.model().isEmpty()) {
            index.remove(key, tids(random));
          } else {
            byte[] present = near(index, key);
            index.remove(
                present,
                index.model().get(present).stream()
                    .filter(tid -> random.nextInt(8) > 0)
                    .mapToLong(Long::longValue)
                    .toArray());
          }
        }
        index.commit();
        if (batch % 10 == 0) {
          index.check();
        }
      }
      index.check();
      index.pages().assertRedoEqualsDo();
      for (byte[] key : List.copyOf(index.model().keySet())) {
        long[] all = index.model().get(key).stream().mapToLong(Long::longValue).toArray();
        index.remove(key, all);
        index.commit();
      }
      index.check();
      index.pages().assertRedoEqualsDo();
      assertEquals(2, index.pages().pageCount(), "metapage and root are left");
    }
  }

  @Test
  void anEmptiedRootTakesAKeyAsLongAsThePrefixItKept() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      List<byte[]> keys = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        keys.add(EntryKeys.compose(1, 0, ("a".repeat(90) + i).getBytes(StandardCharsets.UTF_8)));
      }
      keys.forEach(key -> index.insert(key, 1));
      index.commit();
      keys.forEach(key -> index.remove(key, 1));
      index.commit();
      index.insert(EntryKeys.compose(1, 0, "b".repeat(90).getBytes(StandardCharsets.UTF_8)), 3);
      index.commit();
      index.check();
      index.pages().assertRedoEqualsDo();
    }
  }

  private static byte[] near(EntryTreeFixture index, byte[] key) {
    var model = (java.util.TreeMap<byte[], ?>) index.model();
    byte[] present = model.ceilingKey(key);
    return present == null ? model.lastKey() : present;
  }

  /** One TID, or a few, or a dense or a sparse run of many. */
  private static long[] tids(RandomGenerator random) {
    int count =
        switch (random.nextInt(8)) {
          case 0 -> 1 + random.nextInt(400);
          case 1, 2 -> 1 + random.nextInt(20);
          default -> 1;
        };
    long span = random.nextInt(3) == 0 ? 1L << 48 : 100_000;
    return random.longs(count, 0, span).sorted().distinct().toArray();
  }

  @Test
  void aTreeOfSmallPagesGrowsFourLevelsAndShrinksToItsRoot() {
    RandomGenerator random = Seeds.random("EntryTreeTest levels");
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      List<byte[]> keys = new ArrayList<>();
      for (int i = 0; i < 60_000; i++) {
        keys.add(
            EntryKeys.compose(
                1, 0, ("key " + i * 7919L % 60_000 + " of many").getBytes(StandardCharsets.UTF_8)));
      }
      for (int i = 0; i < keys.size(); i++) {
        index.insert(keys.get(i), i);
        if (i % 100 == 0) {
          index.commit();
        }
      }
      index.commit();
      index.check();
      assertTrue(index.levels() >= 4, () -> index.levels() + " levels");
      Collections.shuffle(keys, new Random(random.nextLong()));
      for (int i = 0; i < keys.size(); i++) {
        byte[] key = keys.get(i);
        index.remove(key, index.model().get(key).first());
        if (i % 4000 == 0) {
          index.commit();
          index.check();
        }
      }
      index.commit();
      index.check();
      assertEquals(1, index.levels());
      assertEquals(2, index.pages().pageCount());
      index.pages().assertRedoEqualsDo();
    }
  }

  @Test
  void ascendingKeysFillTheirPages() {
    try (EntryTreeFixture index = new EntryTreeFixture(4096)) {
      for (int i = 0; i < 20_000; i++) {
        byte[] key = {0, 0, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
        index.insert(key, i);
      }
      index.commit();
      index.check();
      // Offset, one or two bytes behind the prefix, and a tag with a TID of as many.
      long bytes = 20_000L * (2 + 2 + 1 + 2);
      // But for the root, and the last leaf, which has room for more.
      long pages = index.meta().entryPages() - 2;
      assertTrue(
          pages * 4096 * SplitPoint.APPENDING_FILL_PERCENT / 100 < bytes * 105 / 100,
          () -> pages + " pages for " + bytes + " bytes");
    }
  }

  @Test
  void aListThatOutgrowsHalfAPageMovesToAPostingTree() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      byte[] key = EntryKeys.compose(0, 0, new byte[] {1, 2, 3});
      int grown = 0;
      while (index.meta().postingPages() == 0) {
        index.insert(key, grown * 1_000_003L);
        grown++;
        index.commit();
      }
      index.check();
      assertTrue(grown > 20, "moved at TID " + grown);
      index.insert(key, 5, 7);
      index.commit();
      index.check();
      long[] all = index.model().get(key).stream().mapToLong(Long::longValue).toArray();
      index.remove(key, all);
      index.commit();
      index.check();
      assertEquals(0, index.meta().postingPages());
      index.pages().assertRedoEqualsDo();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 8192, 65536})
  void aKeyOfTheLongestLengthIsTakenWithAnyList(int pageSizeBytes) {
    try (EntryTreeFixture index = new EntryTreeFixture(pageSizeBytes)) {
      for (int i = 0; i < 40; i++) {
        byte[] key = new byte[EntryKeys.maxKeyBytes(pageSizeBytes)];
        Arrays.fill(key, 2, key.length, (byte) (i * 37 % 40));
        key[key.length - 1] = (byte) i;
        index.insert(key, i, 1000L + i, 1L << 40);
        index.insert(key, 500);
      }
      index.commit();
      index.check();
      index.pages().assertRedoEqualsDo();
    }
  }

  @Test
  void aKeyBeyondTheLimitIsRefused() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      byte[] key = new byte[EntryKeys.maxKeyBytes(512) + 1];
      assertThrows(IllegalArgumentException.class, () -> index.insert(key, 1));
    }
  }

  @Test
  void keysWithoutThePagesPrefixSplitAFullPage() {
    for (byte other : new byte[] {0, 2}) {
      try (EntryTreeFixture index = new EntryTreeFixture(512)) {
        for (int i = 0; i < 60; i++) {
          byte[] key = new byte[90];
          Arrays.fill(key, (byte) 1);
          key[1] = 0;
          key[89] = (byte) i;
          index.insert(key, i);
          index.commit();
        }
        for (int i = 0; i < 60; i++) {
          byte[] key = new byte[60];
          Arrays.fill(key, (byte) i);
          key[0] = other;
          index.insert(key, i);
          index.commit();
          index.check();
        }
        index.pages().assertRedoEqualsDo();
      }
    }
  }

  @Test
  void aLongListOfAKeyOfAnotherLengthComesToAFullEvenPage() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      for (int i = 0; i < 94; i++) {
        index.insert(EntryKeys.compose(0, 0, new byte[] {(byte) (2 * i)}), 5);
        index.commit();
      }
      EntryPage leaf = new EntryPage().wrap(index.pages().page(index.root()), 512, index.root());
      assertEquals(94, leaf.slotCount());
      long[] tids = new long[46];
      Arrays.setAll(tids, i -> (long) i << 33);
      index.insert(EntryKeys.compose(0, 0, new byte[] {94, 0}), tids);
      index.commit();
      index.check();
      index.pages().assertRedoEqualsDo();
    }
  }

  @Test
  void anInsertIntoAListLogsWhatChangedOnly() {
    try (EntryTreeFixture index = new EntryTreeFixture(8192)) {
      byte[] key = EntryKeys.compose(0, 0, new byte[] {1, 2, 3, 4});
      for (int i = 0; i < 500; i++) {
        index.insert(key, i * 100L);
      }
      index.commit();
      long before = index.pages().logBytes();
      for (int i = 500; i < 600; i++) {
        index.insert(key, i * 100L);
        index.commit();
      }
      long logged = index.pages().logBytes() - before;
      assertTrue(logged < 100 * 60, () -> logged + " bytes logged" + " bytes logged");
    }
  }

  @ParameterizedTest
  @CsvSource({"512, 110", "1024, 100", "8192, 60"})
  void changesLeafByLeafGiveWhatASortedMapGives(int pageSizeBytes, int batches) {
    RandomGenerator random = Seeds.random("EntryTreeTest changes " + pageSizeBytes);
    for (Keys keys : Keys.values()) {
      try (EntryTreeFixture index = new EntryTreeFixture(pageSizeBytes)) {
        int alone = 0;
        int all = 0;
        for (int batch = 0; batch < batches; batch++) {
          boolean growing = batch / 20 % 2 == 0;
          List<KeyChange> changes = changes(random, index, keys.generator, growing);
          alone += index.change(changes);
          all += changes.size();
          if (random.nextInt(4) > 0) {
            index.commit();
          }
          if (batch % 20 == 0) {
            index.commit();
            index.check();
          }
        }
        index.commit();
        index.check();
        index.pages().assertRedoEqualsDo();
        int both = alone;
        int most = all;
        assertTrue(alone > 0 && alone < all / 2, () -> keys + ": " + both + " of " + most);
        deleteAll(index);
        assertEquals(2, index.pages().pageCount(), "metapage and root are left");
      }
    }
  }

  /** Names that make groups of some length each, with stems of all lengths. */
  private static byte[] name(RandomGenerator random, int pageSizeBytes) {
    int depth = 1 + random.nextInt(3);
    StringBuilder name = new StringBuilder("n");
    for (int i = 0; i < depth; i++) {
      name.append(Integer.toString(random.nextInt(12), 3)).append("-");
    }
    if (random.nextInt(3) == 0) {
      name.append("x".repeat(random.nextInt(pageSizeBytes / 6))).append("y");
    }
    name.append(random.nextInt(40));
    return EntryKeys.compose(0, 0, name.toString().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"512, 90, 1500", "512, 100, 3000", "1024, 90, 3000", "8192, 90, 9000"})
  void aTreeLoadedWithGroupsTakesChangesAsAnyOther(
      int pageSizeBytes, int fillFactor, int loadedKeys) {
    RandomGenerator random = Seeds.random("EntryTreeTest groups " + pageSizeBytes);
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < loadedKeys; i++) {
      TreeSet<Long> ofKey = new TreeSet<>();
      int few = 1 + (random.nextInt(10) == 0 ? random.nextInt(300) : 0);
      random.longs(few, 0, 100_000).forEach(ofKey::add);
      content.put(name(random, pageSizeBytes), ofKey);
    }
    try (EntryTreeFixture index = new EntryTreeFixture(pageSizeBytes)) {
      LoadedTree.loadInto(index, fillFactor, 2, content, random);
      index.check();
      int grouped = index.groupedLeaves();
      assertTrue(grouped > 2, grouped + " leaves with groups");
      for (int batch = 0; batch < 60; batch++) {
        boolean growing = batch / 15 % 2 == 1;
        if (random.nextBoolean()) {
          index.change(changes(random, index, r -> name(r, pageSizeBytes), growing));
        } else {
          for (int i = random.nextInt(60); i > 0; i--) {
            byte[] key = name(random, pageSizeBytes);
            if (growing) {
              index.insert(key, tids(random));
            } else if (!index.model().isEmpty()) {
              byte[] present = near(index, key);
              index.remove(present, array(index.model().get(present)));
            }
          }
        }
        if (random.nextInt(3) > 0) {
          index.commit();
        }
        if (batch % 6 == 0) {
          index.commit();
          index.check();
        }
      }
      index.commit();
      index.check();
      index.pages().assertRedoEqualsDo();
      deleteAll(index);
      assertEquals(2, index.pages().pageCount(), "metapage and root are left");
    }
  }

  private static List<KeyChange> changes(
      RandomGenerator random,
      EntryTreeFixture index,
      Function<RandomGenerator, byte[]> keys,
      boolean growing) {
    TreeMap<byte[], KeyChange> changes = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = random.nextInt(120); i > 0; i--) {
      byte[] key = keys.apply(random);
      if (!growing && !index.model().isEmpty() && random.nextInt(4) > 0) {
        key = near(index, key);
      }
      TreeSet<Long> present = index.model().getOrDefault(key, new TreeSet<>());
      TreeSet<Long> inserts = new TreeSet<>();
      TreeSet<Long> deletes = new TreeSet<>();
      if (random.nextInt(10) < (growing ? 9 : 2)) {
        Arrays.stream(tids(random)).forEach(inserts::add);
        present.stream().filter(tid -> random.nextInt(16) == 0).forEach(inserts::add);
      }
      if (random.nextInt(10) < (growing ? 2 : 9)) {
        Arrays.stream(tids(random)).forEach(deletes::add);
        boolean isAll = random.nextInt(3) == 0;
        present.stream().filter(tid -> isAll || random.nextInt(4) == 0).forEach(deletes::add);
        deletes.removeAll(inserts);
      }
      changes.put(key, new KeyChange(key, array(inserts), array(deletes)));
    }
    return List.copyOf(changes.values());
  }

  private static long[] array(TreeSet<Long> tids) {
    return tids.stream().mapToLong(Long::longValue).toArray();
  }

  private static void deleteAll(EntryTreeFixture index) {
    List<KeyChange> all = new ArrayList<>();
    index.model().forEach((key, tids) -> all.add(new KeyChange(key, new long[0], array(tids))));
    index.change(all);
    index.commit();
    index.check();
    index.pages().assertRedoEqualsDo();
  }

  @Test
  void theChangesOfALeafAreOneShortRecord() {
    try (EntryTreeFixture index = new EntryTreeFixture(8192)) {
      List<KeyChange> first = new ArrayList<>();
      List<KeyChange> second = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] key = {0, 0, (byte) i, 7, 7, 7};
        first.add(new KeyChange(key, new long[] {i, 1000 + i}, new long[0]));
        if (i % 2 == 0) {
          second.add(new KeyChange(key, new long[] {100_000 + i}, new long[0]));
        }
      }
      index.change(first);
      index.commit();
      int records = index.pages().logRecords();
      long bytes = index.pages().logBytes();
      index.change(second);
      index.commit();
      assertEquals(2, index.pages().logRecords() - records, "the leaf's and the metapage's");
      long logged = index.pages().logBytes() - bytes;
      assertTrue(logged < 100 * 20, () -> logged + " bytes logged");
      index.check();
    }
  }

  @Test
  void changesOutOfOrderAreRefused() {
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      KeyChange one = new KeyChange(new byte[] {0, 0, 1}, new long[] {1}, new long[0]);
      KeyChange two = new KeyChange(new byte[] {0, 0, 2}, new long[] {1}, new long[0]);
      assertThrows(IllegalArgumentException.class, () -> index.change(List.of(two, one)));
      assertThrows(IllegalArgumentException.class, () -> index.change(List.of(one, one)));
    }
  }
}
