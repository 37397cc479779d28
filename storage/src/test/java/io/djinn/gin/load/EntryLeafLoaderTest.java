package io.djinn.gin.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.entry.Seeds;
import io.djinn.gin.posting.PostingList;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryLeafLoaderTest {
  private final MemoryAccount account = new MemoryAccount("load", 64 << 20);

  private static TreeMap<byte[], TreeSet<Long>> randomContent(RandomGenerator random, int keys) {
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < keys; i++) {
      String text = "some key " + random.nextInt(keys) + "x".repeat(random.nextInt(40));
      byte[] key = EntryKeys.compose(random.nextInt(2), 0, text.getBytes(StandardCharsets.UTF_8));
      int count =
          switch (random.nextInt(50)) {
            case 0 -> 5000;
            case 1, 2, 3 -> 300;
            case 4, 5, 6, 7, 8, 9, 10 -> 20;
            default -> 1;
          };
      TreeSet<Long> tids = content.computeIfAbsent(key, k -> new TreeSet<>());
      random.longs(count, 0, random.nextInt(4) == 0 ? 1L << 48 : 20_000).forEach(tids::add);
    }
    return content;
  }

  @ParameterizedTest
  @CsvSource({"512, 90, 1", "512, 50, 3", "1024, 100, 7", "8192, 90, 4"})
  void aLoadedTreeIsAsGoodAsAnInsertedOne(int pageSizeBytes, int fillFactor, int ranges) {
    RandomGenerator random = Seeds.random("EntryLeafLoaderTest " + pageSizeBytes);
    try (EntryTreeFixture index = new EntryTreeFixture(pageSizeBytes)) {
      TreeMap<byte[], TreeSet<Long>> content = randomContent(random, 2000);
      LoadedTree.loadInto(index, fillFactor, ranges, content, random);
      index.check();
      List<byte[]> keys = new ArrayList<>(index.model().keySet());
      for (int i = 0; i < 1500; i++) {
        byte[] key = keys.get(random.nextInt(keys.size()));
        if (random.nextBoolean()) {
          byte[] other = key.clone();
          other[other.length - 1] += (byte) random.nextInt(3);
          index.insert(other, random.nextLong(1L << 48));
        } else if (index.model().containsKey(key)) {
          index.remove(key, index.model().get(key).first());
        }
        if (i % 50 == 0) {
          index.commit();
        }
      }
      index.commit();
      index.check();
      index.pages().assertRedoEqualsDo();
    }
  }

  @Test
  void nothingLoadedIsAnEmptyTree() {
    RandomGenerator random = Seeds.random("EntryLeafLoaderTest empty");
    try (EntryTreeFixture index = new EntryTreeFixture(512)) {
      LoadedTree.loadInto(index, 90, 3, new TreeMap<>(Arrays::compareUnsigned), random);
      index.check();
      index.insert(new byte[] {0, 0, 1}, 7);
      index.commit();
      index.check();
    }
  }

  @Test
  void leavesAreFilledToTheFillFactor() {
    RandomGenerator random = Seeds.random("EntryLeafLoaderTest fill");
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < 20_000; i++) {
      byte[] key = {0, 0, (byte) 0x80, (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
      content.put(key, new TreeSet<>(List.of((long) i)));
    }
    try (EntryTreeFixture index = new EntryTreeFixture(8192)) {
      LoadedTree.loadInto(index, 90, 1, content, random);
      index.check();
      // Offset of the tuple, two bytes of key, a segment of one TID: 20 bytes in the third format.
      long leaves = (20_000L * (2 + 2 + 3) + 8192 * 9 / 10 - 1) / (8192 * 9 / 10);
      assertTrue(
          index.meta().entryPages() <= leaves + 3,
          () -> index.meta().entryPages() + " pages, expected " + leaves + " leaves");
    }
  }

  @ParameterizedTest
  @CsvSource({"700", "1000", "1300", "1600", "2000"})
  void leavesOfLongTuplesAreAsFullAsTheFillFactorAsksOnAverage(int listBytes) {
    RandomGenerator random = Seeds.random("EntryLeafLoaderTest long " + listBytes);
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < 400; i++) {
      TreeSet<Long> tids = new TreeSet<>();
      // Nine bits a TID, two of them in unary.
      random.longs(listBytes * 8L / 9, 0, listBytes * 8L / 9 * 180).forEach(tids::add);
      content.put(new byte[] {0, 0, 7, (byte) (i >>> 8), (byte) i}, tids);
    }
    try (EntryTreeFixture index = new EntryTreeFixture(8192)) {
      LoadedTree.loadInto(index, 90, 1, content, random);
      index.check();
      long bytes = 0;
      PostingList list = new PostingList();
      try (MemoryRegion room = MemoryRegion.allocate(account, 8192)) {
        for (TreeSet<Long> tids : content.values()) {
          long[] all = tids.stream().mapToLong(Long::longValue).toArray();
          bytes += 4 + list.encode(all, all.length, room.address(), 8192);
        }
      }
      int leaves = (int) index.meta().entryPages() - 1;
      double fill = bytes / (8152.0 * leaves);
      double tuples = 8152.0 / (bytes / 400.0);
      // No page can be fuller than of as many tuples as fit it.
      assertTrue(fill > Math.min(0.84, Math.floor(tuples) / tuples - 0.04), fill + " full");
      assertEquals(0, index.meta().postingPages());
    }
  }

  @Test
  void keysAndTidsOutOfOrderAreRefused() {
    try (EntryTreeFixture index = new EntryTreeFixture(512);
        MemoryRegion work = MemoryRegion.allocate(account, EntryLeafLoader.workBytes(512));
        MemoryRegion key = MemoryRegion.allocate(account, 16);
        SeparatorList leaves = new SeparatorList(account, 512)) {
      NativeMemory.fill(key.address(), 16, 5);
      EntryLeafLoader loader =
          new EntryLeafLoader(index.pages().sink(), 90, work.address(), leaves);
      assertThrows(IllegalStateException.class, loader::endKey);
      loader.key(key.address(), 10);
      assertThrows(IllegalStateException.class, loader::endKey);
      loader.tids(new long[] {3, 9}, 2);
      assertThrows(IllegalArgumentException.class, () -> loader.tids(new long[] {9}, 1));
      loader.endKey();
      assertThrows(IllegalArgumentException.class, () -> loader.key(key.address(), 10));
      assertThrows(IllegalArgumentException.class, () -> loader.key(key.address(), 9));
      loader.key(key.address(), 11);
    }
  }
}
