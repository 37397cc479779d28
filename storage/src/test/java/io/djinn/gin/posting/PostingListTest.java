package io.djinn.gin.posting;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostingListTest {
  private static final int ROOM = 1 << 18;

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

  private static long[] sorted(TreeSet<Long> set) {
    return set.stream().mapToLong(Long::longValue).toArray();
  }

  private void assertList(long[] expected, long address, int length) {
    assertNull(list.validate(address, length));
    assertEquals(expected.length, PostingList.count(address, length));
    long[] tids = new long[expected.length];
    assertEquals(expected.length, list.decode(address, length, tids));
    assertArrayEquals(expected, tids);
    if (expected.length > 0) {
      assertEquals(expected[0], PostingList.firstTid(address, length));
      assertEquals(expected[expected.length - 1], list.lastTid(address, length));
    }
  }

  @Test
  void insertsAndRemovalsAgreeWithASortedSet() {
    Random random = TestSeed.random("PostingListTest");
    for (int round = 0; round < 30; round++) {
      long[] universe = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 4000);
      TreeSet<Long> model = new TreeSet<>();
      long from = first.address();
      long to = second.address();
      int length = 0;
      for (int step = 0; step < 150; step++) {
        boolean insert = random.nextInt(5) < (step < 100 ? 4 : 1);
        TreeSet<Long> batch = new TreeSet<>();
        int wanted = random.nextInt(4) == 0 ? 1 + random.nextInt(1500) : 1 + random.nextInt(3);
        int start = random.nextInt(universe.length);
        for (int i = 0; i < wanted; i++) {
          batch.add(
              universe[
                  random.nextInt(3) == 0
                      ? random.nextInt(universe.length)
                      : (start + i) % universe.length]);
        }
        long[] tids = sorted(batch);
        int before = model.size();
        int result;
        if (insert) {
          result = list.insert(from, length, tids, 0, tids.length, to, ROOM);
          model.addAll(batch);
        } else {
          result = list.remove(from, length, tids, 0, tids.length, to, ROOM);
          model.removeAll(batch);
          assertTrue(result <= length);
        }
        if (model.size() == before) {
          assertEquals(PostingList.NO_CHANGE, result);
          continue;
        }
        assertEquals(Math.abs(model.size() - before), list.changed());
        assertTrue(result - length < PostingTree.GROWTH_BYTES * tids.length);
        length = result;
        long swap = from;
        from = to;
        to = swap;
        if (step % 10 == 0) {
          assertList(sorted(model), from, length);
        }
      }
      assertList(sorted(model), from, length);
      for (int i = 0; i < 200; i++) {
        long tid = universe[random.nextInt(universe.length)] + random.nextInt(2);
        assertEquals(model.contains(tid), list.contains(from, length, tid));
      }
    }
  }

  @Test
  void removingTidsNeverGrowsTheList() {
    Random random = TestSeed.random("PostingListTest");
    for (int round = 0; round < 200; round++) {
      long[] tids =
          RandomTids.ascending(
              random, random.nextInt(RandomTids.NATURES), 1 + random.nextInt(3000));
      TreeSet<Long> model = new TreeSet<>();
      Arrays.stream(tids).forEach(model::add);
      long from = first.address();
      long to = second.address();
      int length = list.encode(tids, tids.length, from, ROOM);
      boolean single = round % 4 == 0 && tids.length < 300;
      while (!model.isEmpty()) {
        TreeSet<Long> batch = new TreeSet<>();
        long[] now = sorted(model);
        int share = 1 + random.nextInt(30);
        for (long tid : now) {
          if (!single && random.nextInt(share) == 0) {
            batch.add(tid);
          }
        }
        batch.add(now[random.nextInt(now.length)]);
        long[] removed = sorted(batch);
        int less = list.remove(from, length, removed, 0, removed.length, to, length);
        assertTrue(less >= 0 && less <= length);
        model.removeAll(batch);
        length = less;
        long swap = from;
        from = to;
        to = swap;
      }
      assertEquals(0, length);
    }
  }

  @Test
  void everySingleRemovalFromEveryListOfAFewTidsStaysWithinItsBytes() {
    // All gap patterns over a few magnitudes: the exhaustive part of the proof.
    long[] gaps = {0, 1, 31, 32, 127, 128, 16_383, 16_384, 1L << 21, 1L << 35, 1L << 40};
    int values = 5;
    long patterns = (long) Math.pow(gaps.length, values);
    long[] tids = new long[values + 1];
    for (long pattern = 0; pattern < patterns; pattern += 1) {
      long rest = pattern;
      tids[0] = 7;
      for (int i = 1; i <= values; i++) {
        tids[i] = tids[i - 1] + 1 + gaps[(int) (rest % gaps.length)];
        rest /= gaps.length;
      }
      int length = list.encode(tids, tids.length, first.address(), ROOM);
      int removed = (int) (pattern % tids.length);
      int less = list.remove(first.address(), length, tids[removed], second.address(), length);
      assertTrue(less >= 0 && less <= length);
    }
  }

  @Test
  void appendingGivesAListAsDenseAsEncodingItAtOnce() {
    Random random = TestSeed.random("PostingListTest");
    long[] tids = RandomTids.ascending(random, 1, 5000);
    long from = first.address();
    long to = second.address();
    int length = 0;
    for (long tid : tids) {
      length = list.insert(from, length, tid, to, ROOM);
      long swap = from;
      from = to;
      to = swap;
    }
    assertList(tids, from, length);
    int atOnce = list.encode(tids, tids.length, to, ROOM);
    assertTrue(length < atOnce * 1.1 + 64, length + " bytes, at once " + atOnce);
  }

  @Test
  void oneTidGrowsAListByLessThanAPageKeepsFree() {
    Random random = TestSeed.random("PostingListTest");
    for (int round = 0; round < 20_000; round++) {
      int count = 1 + random.nextInt(round % 4 == 0 ? 1024 : 100);
      long[] tids = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), count);
      int length = list.encode(tids, tids.length, first.address(), ROOM);
      int at = random.nextInt(tids.length);
      long tid = tids[at] + (random.nextLong() >>> 16 + random.nextInt(47));
      if (tid <= Segment.MAX_TID) {
        int more = list.insert(first.address(), length, tid, second.address(), ROOM);
        assertTrue(more - length < PostingTree.GROWTH_BYTES / 2, length + " to " + more);
      }
    }
  }

  @Test
  void aListThatDoesNotFitIsRefused() {
    Random random = TestSeed.random("PostingListTest");
    long[] tids = RandomTids.ascending(random, 1, 3000);
    int length = list.encode(tids, tids.length, first.address(), ROOM);
    assertEquals(
        PostingList.DOES_NOT_FIT,
        list.encode(tids, tids.length, second.endingAtGuard(length / 2), length / 2));
    long beyond = tids[tids.length - 1] + 1;
    long out = second.endingAtGuard(length);
    assertEquals(
        PostingList.DOES_NOT_FIT, list.insert(first.address(), length, beyond, out, length));
    assertEquals(PostingList.NO_CHANGE, list.insert(first.address(), length, tids[7], out, length));
  }

  @Test
  void anyBytesAreAListOrRefused() {
    Random random = TestSeed.random("PostingListTest");
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      long[] tids =
          RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 1 + random.nextInt(120));
      int length = 0;
      int cut = 1 + random.nextInt(tids.length);
      length = list.encode(tids, 0, cut, second.address(), ROOM);
      if (cut < tids.length) {
        length += list.encode(tids, cut, tids.length, second.address() + length, ROOM - length);
      }
      long address = first.endingAtGuard(length);
      NativeMemory.copy(second.address(), address, length);
      for (int i = random.nextInt(3); i >= 0; i--) {
        NativeMemory.putByte(address + random.nextInt(length), random.nextInt());
      }
      String problem = list.validate(address, length);
      refused += problem == null ? 0 : 1;
      long tid = tids[random.nextInt(tids.length)];
      try {
        list.contains(address, length, tid);
        list.lastTid(address, length);
        int more = list.insert(address, length, tid + 1, second.address(), ROOM);
        if (problem == null && more >= 0) {
          assertNull(list.validate(second.address(), more));
        }
        int less = list.remove(address, length, tid, second.address(), ROOM);
        if (problem == null && less >= 0) {
          assertNull(list.validate(second.address(), less));
        }
      } catch (MalformedListException malformed) {
        assertNotEquals(null, problem, malformed::getMessage);
      }
    }
    assertTrue(refused > 0);
  }
}
