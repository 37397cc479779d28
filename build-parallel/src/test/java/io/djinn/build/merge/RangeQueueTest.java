package io.djinn.build.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.run.SpillFiles;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunWriter;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RangeQueueTest {
  private static final int KEY_BYTES = 9;
  private static final int INDEX_ENTRIES = 300;

  private final MemoryAccount account = new MemoryAccount("test", 256L << 20);
  private final MemoryBlocks blocks = new MemoryBlocks(account, 8 << 10, 0, 0, 0);
  private final List<MemoryRegion> regions = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();

  /** TIDs by key, in order of the key's number. */
  private final TreeMap<Long, Long> oracle = new TreeMap<>();

  @AfterEach
  void everythingGoesBack() {
    blocks.close();
    regions.forEach(MemoryRegion::close);
    assertEquals(0, account.usedBytes());
  }

  @Test
  void theRestOfARangeIsHandedOverOnlyToWhomeverIsHungry() {
    SplittableRandom random = new SplittableRandom(1);
    writeRuns(random, 3, 20_000, 0);
    try (RangeQueue queue = KeyRanges.cut(runs, 2, 1, account)) {
      int[] news = new int[1];
      MergeTask first = queue.take(false, () -> news[0]++);
      MergeTask second = queue.take(false, () -> news[0]++);
      assertNotNull(second);
      int tasks = queue.tasks();
      for (int i = 2; i < tasks; i++) {
        assertNotNull(queue.take(false, () -> {}));
        queue.done();
      }
      long key = region();
      long firstKey = middle(first, 0.1);
      NativeMemory.putLong(key, Long.reverseBytes(firstKey));
      first.range().reached(key, 8);
      assertEquals(0, news[0]);
      assertNull(queue.take(false, () -> {}));
      assertFalse(queue.isOver());
      assertFalse(queue.hasNews());
      first.range().reached(key, 8);
      assertEquals(1, news[0]);
      assertTrue(queue.hasNews());
      // Nobody else is hungry, and whoever is has a task already.
      first.range().reached(key, 8);
      assertEquals(1, news[0]);
      MergeTask rest = queue.take(true, () -> {});
      assertEquals(tasks, rest.range().number());
      assertTrue(
          NativeMemory.compare(rest.range().start(), rest.range().startLength(), key, 8) > 0);
      assertTrue(rest.weightBytes() > first.weightBytes() / 2);
      assertEquals(tasks + 1, queue.ranges());
      assertEquals(1, queue.handedOver());
      int[] order = queue.inKeyOrder();
      assertEquals(tasks + 1, order.length);
      int at = 0;
      while (order[at] != first.range().number()) {
        at++;
      }
      assertEquals(tasks, order[at + 1]);
      // A thread at its range's end has nothing to give.
      assertNull(queue.take(false, () -> {}));
      NativeMemory.putLong(key, Long.reverseBytes(Long.MAX_VALUE));
      second.range().reached(key, 8);
      assertEquals(1, news[0]);
      queue.done();
      queue.done();
      assertFalse(queue.isOver());
      queue.done();
      assertTrue(queue.isOver() && queue.hasNews());
      assertNull(queue.take(true, () -> {}));
    }
  }

  @Test
  void howeverRangesAreHandedOverEachKeyIsMergedOnceAndInOrder() {
    long seed = TestSeed.forTest("RangeQueueTest");
    SplittableRandom random = new SplittableRandom(seed);
    int handedOver = 0;
    int parts = 0;
    for (int round = 0; round < 20; round++) {
      runs.clear();
      oracle.clear();
      writeRuns(random, 1 + random.nextInt(5), 1 + random.nextInt(8_000), random.nextInt(3));
      try (RangeQueue queue = KeyRanges.cut(runs, 1 + random.nextInt(20), 1, account)) {
        Map<Integer, Map<Integer, List<long[]>>> merged = new TreeMap<>();
        mergeAll(queue, random, merged, 0);
        assertTrue(queue.isOver());
        assertEquals(merged.size(), queue.ranges());
        TreeMap<Long, Long> found = new TreeMap<>();
        for (int number : queue.inKeyOrder()) {
          for (List<long[]> part : merged.get(number).values()) {
            for (long[] keyAndTids : part) {
              long last = found.isEmpty() ? -1 : found.lastKey();
              assertTrue(keyAndTids[0] >= last, keyAndTids[0] + " behind " + last);
              found.merge(keyAndTids[0], keyAndTids[1], Long::sum);
            }
          }
        }
        assertEquals(oracle, found);
        handedOver += queue.handedOver();
        parts += queue.parts();
      }
      blocks.close();
    }
    assertTrue(handedOver > 20 && parts > 20, handedOver + " handed over, " + parts + " parts");
  }

  /** Merges all tasks; in the middle of one another thread may come, be hungry, and merge. */
  private void mergeAll(
      RangeQueue queue,
      SplittableRandom random,
      Map<Integer, Map<Integer, List<long[]>>> merged,
      int depth) {
    boolean[] isHungry = new boolean[1];
    while (true) {
      MergeTask task = queue.take(isHungry[0], () -> {});
      if (task == null) {
        break;
      }
      isHungry[0] = false;
      List<long[]> keys = new ArrayList<>();
      assertNull(
          merged
              .computeIfAbsent(task.range().number(), number -> new TreeMap<>())
              .put(task.part(), keys));
      try (MergeWorker worker =
          new MergeWorker(
              account,
              new SpillFiles(new SimVfs(), "none", Long.MAX_VALUE),
              8 << 10,
              0,
              KEY_BYTES,
              () -> {})) {
        worker.merge(
            runs,
            task,
            new Counter(keys) {
              @Override
              public void endKey() {
                super.endKey();
                if (depth < 4 && random.nextInt(400) == 0) {
                  // Takes all there is, and is hungry from then on.
                  mergeAll(queue, random, merged, depth + 1);
                }
              }
            });
      }
      queue.done();
    }
  }

  /** Collects keys and how many TIDs each has. */
  private static class Counter implements MergeSink {
    private final List<long[]> keys;
    private long tids;
    private long last;

    Counter(List<long[]> keys) {
      this.keys = keys;
    }

    @Override
    public void key(long address, int length) {
      keys.add(new long[] {Long.reverseBytes(NativeMemory.getLong(address)), 0});
      tids = 0;
      last = -1;
    }

    @Override
    public void tids(long[] list, int count) {
      for (int i = 0; i < count; i++) {
        assertTrue(list[i] > last);
        last = list[i];
      }
      tids += count;
    }

    @Override
    public void endKey() {
      assertTrue(tids > 0);
      keys.get(keys.size() - 1)[1] = tids;
    }
  }

  private long middle(MergeTask task, double part) {
    long from =
        task.range().startLength() == 0
            ? 0
            : Long.reverseBytes(NativeMemory.getLong(task.range().start()));
    long to =
        task.range().keyLength() < 0
            ? oracle.lastKey()
            : Long.reverseBytes(NativeMemory.getLong(task.range().key()));
    return from + (long) (part * (to - from));
  }

  private long region() {
    MemoryRegion region = MemoryRegion.allocate(account, KEY_BYTES);
    regions.add(region);
    return region.address();
  }

  /** Runs of disjoint intervals of TIDs, some keys with lists as long as a range and longer. */
  private void writeRuns(SplittableRandom random, int count, int keys, int longKeys) {
    long address = region();
    long base = 0;
    for (int r = 0; r < count; r++) {
      MemoryRegion region =
          MemoryRegion.allocate(account, (long) INDEX_ENTRIES * RunIndex.ENTRY_BYTES);
      regions.add(region);
      RunWriter writer =
          new RunWriter(
              blocks.tryReserve(8 << 20, KEY_BYTES + 2),
              new RunIndex(region.address(), INDEX_ENTRIES, 0),
              base);
      for (long key = 0; key < keys; key++) {
        boolean isLong = key * 7 % keys < longKeys;
        if (!isLong && random.nextInt(3) == 0) {
          continue;
        }
        NativeMemory.putLong(address, Long.reverseBytes(3 * key));
        writer.key(address, 8);
        int tids = isLong ? 300_000 : 1 + random.nextInt(20);
        for (int i = 0; i < tids; i++) {
          writer.tid(base + i);
        }
        writer.endKey();
        oracle.merge(3 * key, (long) tids, Long::sum);
      }
      runs.add(writer.finish(0, r, Run.IN_MEMORY));
      base += 300_000;
    }
  }
}
