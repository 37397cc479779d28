package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.load.LoadedTree;
import io.djinn.gin.posting.PostingList;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Leaves of names that share long stems: how full they are, and what they take and how they end.
 */
class GroupedLeafTest {
  private static final int PAGE = 8192;

  private static byte[] key(String text) {
    return EntryKeys.compose(0, 0, text.getBytes(StandardCharsets.UTF_8));
  }

  /** So many letters, the first two of a group's own. */
  private static String stem(int group, int bytes) {
    StringBuilder stem = new StringBuilder();
    stem.append((char) ('a' + group / 26)).append((char) ('a' + group % 26));
    while (stem.length() < bytes) {
      stem.append((char) ('a' + (group * 7 + stem.length()) % 26));
    }
    return stem.toString();
  }

  private static String name(int group, int stemBytes, int number) {
    return stem(group, stemBytes) + Integer.toString(36 + number, 36);
  }

  /** An index of names, loaded. */
  private static EntryTreeFixture loaded(
      int pageSizeBytes, int groups, int stemBytes, int namesAGroup, RandomGenerator random) {
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    for (int group = 0; group < groups; group++) {
      for (int i = 0; i < namesAGroup; i++) {
        content.put(key(name(group, stemBytes, i)), new TreeSet<>(List.of(5L + i)));
      }
    }
    EntryTreeFixture index = new EntryTreeFixture(pageSizeBytes);
    LoadedTree.loadInto(index, 90, 1, content, random);
    index.commit();
    index.check();
    return index;
  }

  private static List<EntryPage> leaves(EntryTreeFixture index) {
    List<EntryPage> leaves = new ArrayList<>();
    for (int pageNo : index.pages().pageNumbers()) {
      long page = index.pages().page(pageNo);
      if (Page.kind(page) == PageKind.ENTRY_LEAF.id()) {
        leaves.add(new EntryPage().wrap(page, index.pages().pageSizeBytes(), pageNo));
      }
    }
    return leaves;
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 100, 200})
  void loadedLeavesAreFilled(int stemBytes) {
    RandomGenerator random = Seeds.random("GroupedLeafTest fill " + stemBytes);
    try (EntryTreeFixture index = loaded(PAGE, 200, stemBytes, 40, random)) {
      List<EntryPage> leaves = leaves(index);
      assertEquals(leaves.size(), index.groupedLeaves());
      double free = leaves.stream().mapToInt(EntryPage::freeBytes).average().orElseThrow() / PAGE;
      assertTrue(free < 0.2, free + " free in " + leaves.size() + " leaves");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 400, 1000, 1500})
  void oneNameMoreAGroupSplitsNoLeaf(int stemBytes) {
    RandomGenerator random = Seeds.random("GroupedLeafTest more " + stemBytes);
    int groups = 100;
    try (EntryTreeFixture index = loaded(PAGE, groups, stemBytes, 8, random)) {
      int before = leaves(index).size();
      long logged = index.pages().logBytes();
      for (int group = 0; group < groups; group++) {
        index.insert(key(name(group, stemBytes, 3) + "x"), 7);
        index.commit();
      }
      long bytes = (index.pages().logBytes() - logged) / groups;
      assertTrue(bytes < 2 * stemBytes + 200, bytes + " bytes logged for a name");
      index.check();
      assertEquals(before, leaves(index).size());
      index.pages().assertRedoEqualsDo();
    }
  }

  @ParameterizedTest
  @CsvSource({"8192, 120", "8192, 300", "8192, 2000", "4096, 150", "512, 60", "512, 100"})
  void groupsThatGrowAreSplit(int pageSizeBytes, int stemBytes) {
    RandomGenerator random = Seeds.random("GroupedLeafTest grow " + stemBytes);
    int groups = 12;
    try (EntryTreeFixture index = loaded(pageSizeBytes, groups, stemBytes, 8, random)) {
      for (int i = 0; i < 12_000; i++) {
        int group = random.nextInt(groups);
        index.insert(key(name(group, stemBytes, random.nextInt(46_656))), random.nextInt(1_000));
        if (i % 100 == 0) {
          index.commit();
        }
      }
      index.commit();
      index.check();
    }
  }

  /** TIDs whose list comes as near to so many bytes as it can. */
  private static long[] tids(int listBytes, RandomGenerator random) {
    try (MemoryRegion room =
        MemoryRegion.allocate(new MemoryAccount("test", Long.MAX_VALUE), 2 * PAGE)) {
      PostingList list = new PostingList();
      long[] nearest = null;
      int most = -1;
      for (int round = 0; round < 30; round++) {
        long span = 1L << 20 + random.nextInt(28);
        long[] all = random.longs(1_024, 0, span).sorted().distinct().toArray();
        int fits = 1;
        for (int more = 512; more > 0; more /= 2) {
          int count = Math.min(all.length, fits + more);
          int bytes = list.encode(all, null, 0, count, room.address(), listBytes);
          fits = bytes == PostingList.DOES_NOT_FIT ? fits : count;
        }
        int bytes = list.encode(all, null, 0, fits, room.address(), listBytes);
        if (bytes != PostingList.DOES_NOT_FIT && bytes > most) {
          most = bytes;
          nearest = Arrays.copyOf(all, fits);
        }
      }
      return nearest;
    }
  }

  /**
   * Of a full page each part takes no more than it took, though whole keys would have longer length
   * fields than what of them stands behind the stem.
   */
  @Test
  void aFullLeafIsSplitByTheLongestTuples() {
    RandomGenerator random = Seeds.random("GroupedLeafTest longest");
    String long1 = "s1" + stem(1, 130);
    int full = 0;
    for (int list4 = 20; list4 < 90; list4 += 2) {
      TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = 0; i < 60; i++) {
        content.put(
            key(name(long1, i)), new TreeSet<>(Arrays.stream(tids(3, random)).boxed().toList()));
      }
      byte[] key3 = key("s3");
      int longest = EntryKeys.maxInlineListBytes(PAGE, key3.length);
      content.put(key3, new TreeSet<>(Arrays.stream(tids(longest, random)).boxed().toList()));
      content.put(key("s4"), new TreeSet<>(Arrays.stream(tids(list4, random)).boxed().toList()));
      try (EntryTreeFixture index = new EntryTreeFixture(PAGE)) {
        LoadedTree.loadInto(index, 100, 1, content, random);
        int names = 60;
        while (index.levels() == 1 && leaves(index).get(0).freeBytes() > 150 && names < 300) {
          index.insert(key(name(long1, names++)), tids(3, random));
        }
        for (int i = 0; i < 12 * names && index.levels() == 1; i++) {
          if (leaves(index).get(0).freeBytes() > 9) {
            index.insert(key(name(long1, i / 12)), random.nextInt(1 << 20));
          }
        }
        index.commit();
        full += index.levels() == 1 ? 1 : 0;
        index.insert(key("s2"), tids(longest, random));
        index.commit();
        index.check();
      }
    }
    assertTrue(full > 5, full + " leaves that were full");
  }

  /**
   * Of a full page each part takes no more than it took, though its groups may share more than
   * their stems, and a longer stem does not make keys shorter that are whole in their heads.
   */
  @Test
  void aFullLeafIsSplitWhoseGroupsShareMoreThanTheirStems() {
    RandomGenerator random = Seeds.random("GroupedLeafTest stems");
    int full = 0;
    for (int round = 0; round < 60; round++) {
      int groups = random.nextInt(20, 33);
      int stemBytes = random.nextInt(10, 18);
      int behind = random.nextInt(6, 9);
      TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
      for (int group = 0; group < groups; group++) {
        for (int i = 0; i < 16; i++) {
          String name = groupName(2 * group, stemBytes) + letters(random, behind);
          content.put(key(name), new TreeSet<>(List.of(random.nextLong(1 << 20))));
        }
      }
      try (EntryTreeFixture index = new EntryTreeFixture(PAGE)) {
        LoadedTree.loadInto(index, 100, 1, content, random);
        List<byte[]> names = new ArrayList<>(content.keySet());
        for (int group = 1; group < groups && index.levels() == 1; group++) {
          byte[] between = key(groupName(2 * group - 1, 2) + letters(random, behind - 2));
          index.insert(between, random.nextInt(1 << 20));
          names.add(between);
        }
        for (int i = 0; i < 9_000 && index.levels() == 1; i++) {
          if (leaves(index).get(0).freeBytes() > 9) {
            index.insert(names.get(random.nextInt(names.size())), random.nextInt(1 << 20));
          }
        }
        index.commit();
        full += index.levels() == 1 ? 1 : 0;
        byte[] middle = key(groupName(2 * random.nextInt(groups) + 1, 2) + "~~");
        int longest = EntryKeys.maxInlineListBytes(PAGE, middle.length);
        index.insert(middle, tids(longest - random.nextInt(80), random));
        index.commit();
        index.check();
      }
    }
    assertTrue(full > 5, full + " leaves that were full");
  }

  private static String groupName(int number, int bytes) {
    StringBuilder name = new StringBuilder();
    name.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    while (name.length() < bytes) {
      name.append((char) ('a' + (number + name.length()) % 26));
    }
    return name.toString();
  }

  private static String letters(RandomGenerator random, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append((char) ('A' + random.nextInt(26)));
    }
    return letters.toString();
  }

  private static String name(String stem, int number) {
    return stem + (char) ('0' + number / 30) + (char) ('A' + number % 30);
  }

  @Test
  void whatTheVerifierPassesIsFound() {
    RandomGenerator random = Seeds.random("GroupedLeafTest damage");
    int passed = 0;
    try (EntryTreeFixture index = loaded(PAGE, 30, 30, 20, random)) {
      int pageNo = leaves(index).get(0).pageNo();
      long page = index.pages().page(pageNo);
      int table = EntryPage.PREFIX + leaves(index).get(0).prefixBytes();
      int entries = leaves(index).get(0).groups().count() * KeyGroups.ENTRY_BYTES;
      byte[] good = new byte[PAGE];
      NativeMemory.copyToArray(page, good, 0, PAGE);
      for (int round = 0; round < 20_000; round++) {
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
          int at = table + KeyGroups.HEADER_BYTES + 2 * random.nextInt(entries / 2);
          int was = NativeMemory.getUnsignedShort(page + at);
          int now = random.nextBoolean() ? was + random.nextInt(-3, 4) : random.nextInt(700);
          NativeMemory.putShort(page + at, now);
        }
        List<String> problems = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        new EntryTreeVerifier(index.pages(), problems, p -> {}, (k, tid) -> keys.add(k))
            .verify(index.metaPageNo());
        if (problems.isEmpty()) {
          passed++;
          EntryPage leaf = new EntryPage().wrap(page, PAGE, pageNo);
          for (int slot = leaf.slotCount() - 1; slot >= 0; slot--) {
            byte[] key = leaf.key(slot);
            assertEquals(slot, new EntryPage().wrap(page, PAGE, pageNo).find(key, key.length));
          }
        }
        NativeMemory.copyFromArray(good, 0, page, PAGE);
      }
      index.check();
    } catch (CorruptPageException e) {
      throw new AssertionError("the verifier passed it", e);
    }
    assertTrue(passed > 10, passed + " passed");
  }
}
