package io.djinn.build.accumulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.work.BuildWork;
import io.djinn.build.work.WorkMeter;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunCursor;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunMerge;
import io.djinn.sort.RunWriter;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccumulatorTest {
  private static final int MAX_KEY_BYTES = 300;

  @ParameterizedTest
  @CsvSource({"65536, 4", "65536, 40", "65536, 300", "1048576, 4", "1048576, 9", "9000000, 20"})
  void runsOfAnyArenaHoldExactlyWhatWasAdded(int arenaBytes, int longestKey) {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("AccumulatorTest " + arenaBytes + " " + longestKey));
    MemoryAccount account = new MemoryAccount("test", 256L << 20);
    Map<String, TreeSet<Long>> oracle = new TreeMap<>();
    List<Run> runs = new ArrayList<>();
    List<MemoryRegion> regions = new ArrayList<>();
    try (MemoryBlocks blocks = new MemoryBlocks(account, 8192, 0, 0, 0)) {
      Accumulator.Spill spill =
          table -> {
            MemoryRegion region = MemoryRegion.allocate(account, 8 * RunIndex.ENTRY_BYTES);
            regions.add(region);
            RunWriter writer =
                new RunWriter(
                    blocks.tryReserve(table.rawBytes(), table.longestKey() + 2),
                    new RunIndex(region.address(), 8, 0),
                    table.base());
            table.write(writer, () -> {});
            Run run =
                writer.finish(0, runs.size(), Run.IN_MEMORY, table.tids(), table.highestTid());
            assertTrue(run.rawBytes() <= table.rawBytes());
            assertTrue(runs.isEmpty() || runs.get(runs.size() - 1).lastTid() <= run.base());
            runs.add(run);
          };
      try (Accumulator accumulator =
          new Accumulator(
              account,
              KeyLimits.of(new String[] {"a", "b"}, MAX_KEY_BYTES),
              arenaBytes,
              spill,
              new WorkMeter(() -> 0))) {
        byte[] key = new byte[longestKey];
        long tid = 0;
        for (int row = 0; row < 3_000; row++) {
          tid += 1 + random.nextLong(1L << random.nextInt(1, 30));
          for (int column = 0; column < 2; column++) {
            accumulator.batch().begin(tid, column);
            int keys = random.nextInt(30);
            if (keys == 0) {
              accumulator.batch().nullItem();
              add(oracle, column + "03", tid);
            }
            for (int i = 0; i < keys; i++) {
              int length = longestKey == 4 ? 4 : random.nextInt(longestKey + 1);
              int id = random.nextInt(1 + random.nextInt(3_000));
              java.util.Arrays.fill(key, (byte) 'k');
              for (int b = 0; b < Math.min(length, 4); b++) {
                key[Math.max(0, length - 4) + b] = (byte) (id >>> (24 - 8 * b));
              }
              accumulator.batch().key(key, 0, length);
              add(oracle, column + "00" + HexFormat.of().formatHex(key, 0, length), tid);
            }
          }
          accumulator.endRow();
        }
        accumulator.cut();
      }
      assertEquals(oracle, merged(runs, account));
    }
    regions.forEach(MemoryRegion::close);
    assertEquals(0, account.usedBytes());
  }

  /** A distance of seven bytes is longer than the buffer behind a key of ten. */
  @Test
  void distancesLongerThanTheBufferAreKept() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("AccumulatorTest distances"));
    Map<String, TreeSet<Long>> oracle = new TreeMap<>();
    List<Run> runs = new ArrayList<>();
    List<MemoryRegion> regions = new ArrayList<>();
    try (MemoryBlocks blocks = new MemoryBlocks(account, 8192, 0, 0, 0)) {
      Accumulator.Spill spill =
          table -> {
            MemoryRegion region = MemoryRegion.allocate(account, 8 * RunIndex.ENTRY_BYTES);
            regions.add(region);
            RunWriter writer =
                new RunWriter(
                    blocks.tryReserve(table.rawBytes(), table.longestKey() + 2),
                    new RunIndex(region.address(), 8, 0),
                    table.base());
            table.write(writer, () -> {});
            runs.add(
                writer.finish(0, runs.size(), Run.IN_MEMORY, table.tids(), table.highestTid()));
          };
      try (Accumulator accumulator =
          new Accumulator(
              account,
              KeyLimits.of(new String[] {"a"}, MAX_KEY_BYTES),
              KeyTable.MIN_ARENA_BYTES,
              spill,
              new WorkMeter(() -> 0))) {
        for (long row = 0; row < 31; row++) {
          for (long rest = 0; rest < 4; rest++) {
            long tid = (row << 43) + rest;
            accumulator.beginRow(tid);
            accumulator.batch().begin(tid, 0);
            for (int id = 0; id < 400; id++) {
              if (random.nextInt(4) == 0) {
                byte[] key = {'d', 'i', 's', 't', 'a', 'n', (byte) (id >> 8), (byte) id};
                accumulator.batch().key(key, 0, key.length);
                add(oracle, "000" + HexFormat.of().formatHex(key), tid);
              }
            }
            accumulator.endRow();
          }
        }
        accumulator.cut();
      }
      assertEquals(oracle, merged(runs, account));
    }
    regions.forEach(MemoryRegion::close);
    assertEquals(0, account.usedBytes());
  }

  /** The looks around tell how many items were gone through in all. */
  @Test
  void keysInAnOrderThatIsBadForQuicksortAreSortedAllTheSame() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    for (int shape = 0; shape < 12; shape++) {
      // Few enough for quicksort alone, and more than there are between two looks around.
      int n = shape < 6 ? 1_000 : 140_000;
      int order = shape % 3;
      try (MemoryRegion slots = MemoryRegion.allocate(account, n * 12L);
          MemoryRegion entries = MemoryRegion.allocate(account, n * 24L + 8)) {
        for (int i = 0; i < n; i++) {
          long entry = entries.address() + 8 + i * 24L;
          int value =
              order == 0
                  ? i
                  : order == 1 ? n - i : i % 2 == 0 ? i / 2 : n / 2 + (Integer.reverse(i) >>> 1);
          NativeMemory.putInt(entry, 8);
          NativeMemory.putLong(entry + 8, Long.reverseBytes(value & 0xFFFF_FFFFL));
        }
        int shared = shape % 6 < 3 ? 0 : 4;
        int[] pulses = {0};
        KeySorter sorter =
            new KeySorter(slots.address(), entries.address(), 0, 8, shared, () -> pulses[0]++);
        for (int i = 0; i < n; i++) {
          sorter.add(entries.address() + 8 + i * 24L);
        }
        sorter.sort();
        int most = 2 + (64 * n >> 16);
        assertTrue(pulses[0] <= most, "shape " + shape + ": " + pulses[0] + " looks of " + most);
        for (int i = 1; i < n; i++) {
          assertTrue(NativeMemory.compare(sorter.entry(i - 1) + 8, 8, sorter.entry(i) + 8, 8) < 0);
        }
      }
    }
  }

  /**
   * Keys that tie word by word, end inside words and at their ends, and have zeros there, or the
   * highest bytes.
   */
  @Test
  void keysThatShareLongBeginningsAreSortedWordByWord() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("AccumulatorTest ties"));
    for (int round = 0; round < 60; round++) {
      int longest = round % 10 == 0 ? 20_000 : 1 + random.nextInt(90);
      int letters = 1 + random.nextInt(3);
      int lowest = random.nextBoolean() ? 0 : -letters;
      TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
      byte[] before = {};
      for (int i = round % 10 == 0 ? 60 : 3_000; i > 0; i--) {
        byte[] key = Arrays.copyOf(before, random.nextInt(longest + 1));
        for (int at = random.nextInt(key.length + 1); at < key.length; at++) {
          key[at] = (byte) (lowest + random.nextInt(letters));
        }
        keys.add(key);
        before = key;
      }
      sortAndCompare(account, new ArrayList<>(keys), random);
    }
    assertEquals(0, account.usedBytes());
  }

  /** Fewer keys than any loop over them counts, which share more beginnings than that. */
  @Test
  void aSortOfKeysThatTieLooksAroundNowAndThen() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    int n = 20_000;
    int shared = 400;
    int entryBytes = 8 + shared + 16;
    int[] pulses = {0};
    try (MemoryRegion slots = MemoryRegion.allocate(account, n * 12L);
        MemoryRegion entries = MemoryRegion.allocate(account, (long) n * entryBytes + 16)) {
      KeySorter sorter =
          new KeySorter(slots.address(), entries.address(), 0, 8, 0, () -> pulses[0]++);
      for (int i = 0; i < n; i++) {
        long entry = entries.address() + 8 + (long) i * entryBytes;
        // A few keys are in front, so that the others do not begin at the first item.
        int length = i < 10 ? 8 : shared + 8;
        NativeMemory.putInt(entry, length);
        NativeMemory.fill(entry + 8, length, i < 10 ? 1 : 2);
        NativeMemory.putLong(entry + length, Long.reverseBytes(Integer.reverse(i)));
        sorter.add(entry);
      }
      pulses[0] = 0;
      sorter.sort();
      for (int i = 1; i < n; i++) {
        long before = sorter.entry(i - 1);
        long entry = sorter.entry(i);
        int length = NativeMemory.getInt(entry);
        assertTrue(
            NativeMemory.compare(before + 8, NativeMemory.getInt(before), entry + 8, length) < 0);
      }
    }
    // The items beyond a look's are not counted for the next one.
    long looks = (long) n * (shared / 8) >> 17;
    assertTrue(pulses[0] >= looks, pulses[0] + " looks, not " + looks);
    assertEquals(0, account.usedBytes());
  }

  private static void sortAndCompare(
      MemoryAccount account, List<byte[]> sorted, SplittableRandom random) {
    List<byte[]> keys = new ArrayList<>(sorted);
    Collections.shuffle(keys, new Random(random.nextLong()));
    int n = keys.size();
    long entryBytes = keys.stream().mapToLong(key -> (key.length + 8 + 8 + 7) & -8).sum();
    try (MemoryRegion slots = MemoryRegion.allocate(account, n * 12L);
        MemoryRegion entries = MemoryRegion.allocate(account, entryBytes + 16)) {
      KeySorter sorter = new KeySorter(slots.address(), entries.address(), 0, 8, 0, () -> {});
      long entry = entries.address() + 8;
      for (int i = 0; i < n; i++) {
        byte[] key = keys.get(i);
        NativeMemory.putInt(entry, key.length);
        NativeMemory.copyFromArray(key, 0, entry + 8, key.length);
        NativeMemory.fill(entry + 8 + key.length, 8, random.nextInt());
        sorter.add(entry);
        entry += (key.length + 8 + 8 + 7) & -8;
      }
      sorter.sort();
      for (int i = 0; i < n; i++) {
        byte[] found = new byte[NativeMemory.getUnsignedShort(sorter.entry(i))];
        NativeMemory.copyToArray(sorter.entry(i) + 8, found, 0, found.length);
        assertArrayEquals(sorted.get(i), found);
      }
    }
  }

  @Test
  void keysThatAreTheSameButForZerosBehindAreSortedByLength() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    int longest = 9;
    try (KeyTable table = new KeyTable(account, 8 << 20, new boolean[1]);
        KeyBatch batch =
            new KeyBatch(
                account, KeyLimits.of(new String[] {"a"}, MAX_KEY_BYTES), AccumulatorTest::fail);
        MemoryBlocks blocks = new MemoryBlocks(account, 8192, 0, 0, 0);
        MemoryRegion index = MemoryRegion.allocate(account, RunIndex.ENTRY_BYTES);
        MemoryRegion key = MemoryRegion.allocate(account, 16)) {
      table.base(1);
      batch.begin(1, 0);
      for (int length = longest; length >= 0; length--) {
        batch.key(new byte[longest], 0, length);
      }
      assertEquals(batch.count(), table.add(batch, 0));
      RunWriter writer =
          new RunWriter(
              blocks.tryReserve(table.rawBytes(), 16), new RunIndex(index.address(), 1, 0), 1);
      table.write(writer, () -> {});
      Run run = writer.finish(0, 0, Run.IN_MEMORY, table.tids(), table.highestTid());
      RunCursor cursor = new RunCursor(run, MemoryBlocks.input(), key.address());
      assertTrue(cursor.open(0, 0));
      for (int length = 0; length <= longest; length++) {
        assertEquals(KeyBatch.PREFIX_BYTES + length, cursor.keyLength());
        cursor.skipList();
        assertEquals(length < longest, cursor.nextRecord());
      }
    }
  }

  @Test
  void aSortEndsByItsPulse() {
    MemoryAccount account = new MemoryAccount("test", 64L << 20);
    try (KeyTable table = new KeyTable(account, 8 << 20, new boolean[1]);
        KeyBatch batch =
            new KeyBatch(
                account, KeyLimits.of(new String[] {"a"}, MAX_KEY_BYTES), AccumulatorTest::fail)) {
      table.base(1);
      batch.begin(1, 0);
      for (int i = 0; i < 20_000; i++) {
        batch.key(new byte[] {(byte) (i >> 8), (byte) i}, 0, 2);
        if (batch.count() == KeyBatch.KEYS) {
          assertEquals(batch.count(), table.add(batch, 0));
          batch.clear();
        }
      }
      try (MemoryBlocks blocks = new MemoryBlocks(account, 8192, 0, 0, 0);
          MemoryRegion index = MemoryRegion.allocate(account, RunIndex.ENTRY_BYTES)) {
        RunWriter writer =
            new RunWriter(
                blocks.tryReserve(table.rawBytes(), 10), new RunIndex(index.address(), 1, 0), 1);
        assertThrows(AssertionError.class, () -> table.write(writer, AccumulatorTest::fail));
      }
    }
  }

  private static void fail() {
    throw new AssertionError("pulse");
  }

  private static void add(Map<String, TreeSet<Long>> oracle, String columnAndRest, long tid) {
    oracle.computeIfAbsent("0" + columnAndRest, k -> new TreeSet<>()).add(tid);
  }

  private static Map<String, TreeSet<Long>> merged(List<Run> runs, MemoryAccount account) {
    Map<String, TreeSet<Long>> merged = new TreeMap<>();
    try (MemoryRegion keyBuffer =
        MemoryRegion.allocate(account, (MAX_KEY_BYTES + 2) * (1L + runs.size()))) {
      RunMerge merge = new RunMerge(runs.size(), keyBuffer.address(), () -> {});
      long nextKey = keyBuffer.address();
      for (Run run : runs) {
        nextKey += MAX_KEY_BYTES + 2;
        RunCursor cursor = new RunCursor(run, MemoryBlocks.input(), nextKey);
        assertTrue(cursor.open(0, 0));
        merge.add(cursor);
      }
      merge.run(
          0,
          -1,
          new MergeSink() {
            private TreeSet<Long> list;

            @Override
            public void key(long address, int length) {
              byte[] key = new byte[length];
              NativeMemory.copyToArray(address, key, 0, length);
              list = new TreeSet<>();
              assertTrue(merged.put(HexFormat.of().formatHex(key), list) == null);
            }

            @Override
            public void tids(long[] tids, int count) {
              for (int i = 0; i < count; i++) {
                assertTrue(list.add(tids[i]));
              }
            }

            @Override
            public void endKey() {}
          });
    }
    return merged;
  }

  @Test
  void keysThatEnterTheTableAreAccumulatedAndThenWorkGoesOnAsBefore() {
    long[] now = new long[1];
    WorkMeter meter = new WorkMeter(() -> ++now[0]);
    MemoryAccount account = new MemoryAccount("test", 1 << 20);
    try (Accumulator accumulator =
        new Accumulator(
            account, KeyLimits.of(new String[] {"a"}, 100), 256 << 10, table -> {}, meter)) {
      meter.turnTo(BuildWork.EXTRACT);
      for (int tid = 1; tid <= 3 * KeyBatch.KEYS; tid++) {
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, 0);
        accumulator.batch().key(new byte[] {(byte) tid}, 0, 1);
        accumulator.endRow();
      }
      accumulator.cut();
      assertEquals(BuildWork.EXTRACT, meter.turnTo(null));
    }
    assertEquals(3, meter.nanos(BuildWork.ACCUMULATE));
  }
}
