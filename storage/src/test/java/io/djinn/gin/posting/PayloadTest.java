package io.djinn.gin.posting;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.MemoryPages;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  private static final int ROOM = 1 << 20;

  private final GuardedBytes first = new GuardedBytes(ROOM);
  private final GuardedBytes second = new GuardedBytes(ROOM);
  private final PostingList list = new PostingList();

  @AfterEach
  void guardsAreUntouched() {
    first.check();
    second.check();
    first.close();
    second.close();
  }

  /** Mostly short payloads, or none; seldom one of any length. */
  private static byte[] payload(Random random, int nature, int most) {
    int length =
        switch (nature) {
          case 0 -> random.nextInt(4);
          case 1 -> 2;
          case 2 -> random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
          default -> random.nextInt(20) == 0 ? random.nextInt(most + 1) : random.nextInt(30);
        };
    byte[] payload = new byte[Math.min(most, length)];
    random.nextBytes(payload);
    return payload;
  }

  private static long[] tids(TreeMap<Long, byte[]> map) {
    return map.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  private static ByteStrings payloads(TreeMap<Long, byte[]> map) {
    ByteStrings payloads = new ByteStrings();
    map.values().forEach(payload -> payloads.add(payload, 0, payload.length));
    return payloads;
  }

  private static void assertSame(TreeMap<Long, byte[]> model, long[] tids, ByteStrings payloads) {
    assertArrayEquals(tids(model), tids);
    assertEquals(model.size(), payloads.count());
    int i = 0;
    for (Map.Entry<Long, byte[]> entry : model.entrySet()) {
      assertArrayEquals(entry.getValue(), payloads.copy(i++), "TID " + entry.getKey());
    }
  }

  private void assertList(TreeMap<Long, byte[]> model, long address, int length) {
    assertNull(list.validate(address, length));
    long[] tids = new long[model.size()];
    ByteStrings payloads = new ByteStrings();
    assertEquals(tids.length, list.decode(address, length, tids, payloads));
    assertSame(model, tids, payloads);
  }

  private static TreeMap<Long, byte[]> batch(
      Random random, long[] universe, int wanted, int nature, int most) {
    TreeMap<Long, byte[]> batch = new TreeMap<>();
    int start = random.nextInt(universe.length);
    for (int i = 0; i < wanted; i++) {
      int at = random.nextInt(3) == 0 ? random.nextInt(universe.length) : start + i;
      batch.put(universe[at % universe.length], payload(random, nature, most));
    }
    return batch;
  }

  /** Puts a batch into the model; whether that makes a difference. */
  private static boolean put(TreeMap<Long, byte[]> model, TreeMap<Long, byte[]> batch) {
    boolean differs = false;
    for (Map.Entry<Long, byte[]> entry : batch.entrySet()) {
      byte[] before = model.put(entry.getKey(), entry.getValue());
      differs |= !Arrays.equals(before, entry.getValue());
    }
    return differs;
  }

  @Test
  void insertsAndRemovalsAgreeWithASortedMap() {
    Random random = TestSeed.random("PayloadTest");
    for (int round = 0; round < 24; round++) {
      long[] universe = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 3000);
      TreeMap<Long, byte[]> model = new TreeMap<>();
      long from = first.address();
      long to = second.address();
      int length = 0;
      for (int step = 0; step < 120; step++) {
        int wanted = random.nextInt(4) == 0 ? 1 + random.nextInt(900) : 1 + random.nextInt(3);
        TreeMap<Long, byte[]> batch = batch(random, universe, wanted, round % 4, 1024);
        long[] tids = tids(batch);
        int before = model.size();
        int result;
        boolean differs;
        if (random.nextInt(5) < (step < 80 ? 4 : 1)) {
          boolean isPlain = random.nextInt(10) == 0;
          ByteStrings payloads = isPlain ? null : payloads(batch);
          if (isPlain) {
            batch.replaceAll((tid, payload) -> new byte[0]);
          }
          result = list.insert(from, length, tids, payloads, 0, tids.length, to, ROOM);
          differs = put(model, batch);
        } else {
          result = list.remove(from, length, tids, 0, tids.length, to, ROOM);
          differs = model.keySet().removeAll(batch.keySet());
          assertTrue(result <= length);
        }
        assertEquals(!differs, result == PostingList.NO_CHANGE);
        if (!differs) {
          continue;
        }
        assertEquals(Math.abs(model.size() - before), list.changed());
        length = result;
        long swap = from;
        from = to;
        to = swap;
        assertList(model, from, length);
      }
    }
  }

  @Test
  void removingTidsNeverGrowsAListWithPayloads() {
    Random random = TestSeed.random("PayloadTest");
    for (int round = 0; round < 60; round++) {
      long[] universe =
          RandomTids.ascending(
              random, random.nextInt(RandomTids.NATURES), 1 + random.nextInt(1500));
      TreeMap<Long, byte[]> model = new TreeMap<>();
      for (long tid : universe) {
        model.put(tid, payload(random, round % 4, 1024));
      }
      long from = first.address();
      long to = second.address();
      int length = list.encode(universe, payloads(model), 0, universe.length, from, ROOM);
      while (!model.isEmpty()) {
        int share = 1 + random.nextInt(20);
        long[] gone = model.keySet().stream().mapToLong(tid -> tid).toArray();
        gone = Arrays.stream(gone).filter(tid -> random.nextInt(share) == 0).toArray();
        int less = list.remove(from, length, gone, 0, gone.length, to, length);
        if (gone.length == 0) {
          assertEquals(PostingList.NO_CHANGE, less);
          continue;
        }
        assertTrue(less >= 0 && less <= length);
        Arrays.stream(gone).forEach(model::remove);
        length = less;
        long swap = from;
        from = to;
        to = swap;
        assertList(model, from, length);
      }
      assertEquals(0, length);
    }
  }

  @Test
  void payloadsOfNoBytesTakeNoRoom() {
    Random random = TestSeed.random("PayloadTest");
    long[] tids = RandomTids.ascending(random, 1, 5000);
    ByteStrings none = new ByteStrings();
    none.addEmpty(tids.length);
    int plain = list.encode(tids, tids.length, first.address(), ROOM);
    int length = list.encode(tids, none, 0, tids.length, second.address(), ROOM);
    assertEquals(plain, length);
    assertEquals(0, NativeMemory.compare(first.address(), plain, second.address(), length));
    none.clear();
    none.add(new byte[] {1}, 0, 1);
    long[] one = {tids[7]};
    int more = list.insert(first.address(), plain, one, none, 0, 1, second.address(), ROOM);
    assertTrue(PostingList.hasPayloads(second.address(), more));
    int back = list.insert(second.address(), more, one, 0, 1, first.address(), ROOM);
    assertEquals(0, list.changed());
    assertTrue(back > 0 && !PostingList.hasPayloads(first.address(), back));
  }

  @Test
  void aListWithPayloadsThatDoesNotFitIsRefused() {
    Random random = TestSeed.random("PayloadTest");
    TreeMap<Long, byte[]> model = batch(random, RandomTids.ascending(random, 2, 600), 400, 3, 1024);
    long[] tids = tids(model);
    ByteStrings payloads = payloads(model);
    int length = list.encode(tids, payloads, 0, tids.length, first.address(), ROOM);
    for (int room = 0; room <= length; room += 1 + random.nextInt(37)) {
      long out = second.endingAtGuard(room);
      int taken = list.encodeWhatFits(tids, payloads, 0, tids.length, out, room);
      assertTrue(list.bytesWritten() <= room);
      TreeMap<Long, byte[]> part = new TreeMap<>(model.headMap(tids[taken == 0 ? 0 : taken - 1]));
      if (taken > 0) {
        part.put(tids[taken - 1], model.get(tids[taken - 1]));
      }
      assertList(part, out, list.bytesWritten());
    }
  }

  @Test
  void anyBytesAreAListWithPayloadsOrRefused() {
    Random random = TestSeed.random("PayloadTest");
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      long[] universe = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 60);
      TreeMap<Long, byte[]> model =
          batch(random, universe, 1 + random.nextInt(50), random.nextInt(4), 100);
      long[] tids = tids(model);
      int length = list.encode(tids, payloads(model), 0, tids.length, second.address(), ROOM);
      long address = first.endingAtGuard(length);
      NativeMemory.copy(second.address(), address, length);
      for (int i = random.nextInt(3); i >= 0; i--) {
        NativeMemory.putByte(address + random.nextInt(length), random.nextInt());
      }
      String problem = list.validate(address, length);
      refused += problem == null ? 0 : 1;
      long[] one = {tids[random.nextInt(tids.length)]};
      ByteStrings payload = new ByteStrings();
      payload.add(new byte[] {1, 2, 3}, 0, 3);
      try {
        int more = list.insert(address, length, one, payload, 0, 1, second.address(), ROOM);
        if (problem == null && more >= 0) {
          assertNull(list.validate(second.address(), more));
        }
        int less = list.remove(address, length, one, 0, 1, second.address(), ROOM);
        if (problem == null && less >= 0) {
          assertNull(list.validate(second.address(), less));
        }
        list.decode(address, length, new long[8 * length + 1024], payload);
      } catch (MalformedListException malformed) {
        assertNotEquals(null, problem, malformed::getMessage);
      }
    }
    assertTrue(refused > 0);
  }

  private static void assertTree(
      TreeMap<Long, byte[]> model, MemoryPages pages, int root, PostingTreeStream stream) {
    PostingVerifier verifier = new PostingVerifier(pages);
    assertEquals(List.of(), verifier.verify(root));
    assertEquals(model.size(), verifier.tidCount());
    stream.reset(root, model.size());
    ByteStrings block = new ByteStrings();
    stream.keepPayloads(block);
    long[] tids = new long[TidStream.BLOCK];
    long[] all = new long[model.size()];
    ByteStrings payloads = new ByteStrings();
    int count = 0;
    MemoryPages.Steps steps = pages.steps(2);
    for (int n; (n = stream.next(steps.begin(), tids)) != TidStream.END; count += n) {
      System.arraycopy(tids, 0, all, count, n);
      if (n > 0) {
        assertEquals(n, block.count());
        payloads.addAll(block, 0, n);
      }
    }
    assertSame(model, all, payloads);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 8192})
  void treesAgreeWithASortedMap(int pageSize) {
    Random random = TestSeed.random("PayloadTest");
    int most = PayloadPart.maxPayloadBytes(pageSize);
    PostingTree tree = new PostingTree();
    PostingTreeStream stream = new PostingTreeStream();
    for (int nature = 0; nature < 4; nature++) {
      try (MemoryPages store = new MemoryPages(pageSize, new PostingRecords())) {
        long[] universe = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 4_000);
        TreeMap<Long, byte[]> model = new TreeMap<>();
        int root = tree.create(store, 0, 0);
        for (int step = 0; step < 40; step++) {
          int wanted = 1 + random.nextInt(random.nextInt(4) == 0 ? 2000 : 20);
          TreeMap<Long, byte[]> batch = batch(random, universe, wanted, nature, most);
          long[] tids = tids(batch);
          int before = model.size();
          if (random.nextInt(6) < (step < 28 ? 5 : 1)) {
            put(model, batch);
            assertEquals(
                model.size() - before,
                tree.insert(store, root, tids, payloads(batch), 0, tids.length));
          } else {
            model.keySet().removeAll(batch.keySet());
            assertEquals(before - model.size(), tree.remove(store, root, tids, 0, tids.length));
          }
          store.commit();
          assertTree(model, store, root, stream);
        }
        store.assertRedoEqualsDo();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 8192})
  void theLongestPayloadsFindRoomInWhateverOrderTheyCome(int pageSize) {
    Random random = TestSeed.random("PayloadTest");
    byte[] longest = new byte[PayloadPart.maxPayloadBytes(pageSize)];
    PostingTree tree = new PostingTree();
    try (MemoryPages store = new MemoryPages(pageSize, new PostingRecords())) {
      int root = tree.create(store, 0, 0);
      TreeMap<Long, byte[]> model = new TreeMap<>();
      for (int i = 0; i < 300; i++) {
        random.nextBytes(longest);
        long tid = i < 100 ? i : i < 200 ? 10_000 - i : random.nextInt(10_000);
        TreeMap<Long, byte[]> one = new TreeMap<>();
        one.put(tid, longest.clone());
        put(model, one);
        tree.insert(store, root, new long[] {tid}, payloads(one), 0, 1);
        store.commit();
      }
      assertTree(model, store, root, new PostingTreeStream());
      store.assertRedoEqualsDo();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 8192})
  void aBulkLoadedTreeHasItsPayloads(int pageSize) {
    Random random = TestSeed.random("PayloadTest");
    int most = PayloadPart.maxPayloadBytes(pageSize);
    try (MemoryPages store = new MemoryPages(pageSize, new PostingRecords());
        GuardedBytes work = new GuardedBytes(PostingTreeLoader.workBytes(pageSize))) {
      PostingTreeLoader loader = new PostingTreeLoader(store.sink(), 90, work.address());
      for (int nature = 0; nature < 4; nature++) {
        long[] universe = RandomTids.ascending(random, 1, 8_000);
        TreeMap<Long, byte[]> model = new TreeMap<>();
        for (int i = 0; i < universe.length; i++) {
          // The first ones without, as where a list becomes a tree.
          model.put(universe[i], i < 1500 ? new byte[0] : payload(random, nature, most));
        }
        ByteStrings payloads = payloads(model);
        loader.begin();
        loader.add(Arrays.copyOf(universe, 1500), 1500);
        for (int from = 1500; from < universe.length; from += 777) {
          int to = Math.min(universe.length, from + 777);
          ByteStrings part = new ByteStrings();
          part.addAll(payloads, from, to);
          loader.add(Arrays.copyOfRange(universe, from, to), part, to - from);
        }
        int root = loader.end();
        assertTree(model, store, root, new PostingTreeStream());
        new PostingTree().free(store, root);
        store.commit();
      }
      work.check();
    }
  }

  @Test
  void aListThatBecomesATreeKeepsItsPayloads() {
    Random random = TestSeed.random("PayloadTest");
    try (MemoryPages store = new MemoryPages(512, new PostingRecords())) {
      TreeMap<Long, byte[]> model =
          batch(random, RandomTids.ascending(random, 1, 900), 700, 0, 100);
      long[] tids = tids(model);
      int length = list.encode(tids, payloads(model), 0, tids.length, first.address(), ROOM);
      int root = new PostingTree().create(store, first.address(), length);
      store.commit();
      assertTree(model, store, root, new PostingTreeStream());
    }
  }
}
