package io.djinn.build.accumulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.work.WorkMeter;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.BlockOutput;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunCursor;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunMerge;
import io.djinn.sort.RunWriter;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DisorderedRowsTest {
  private static final int MAX_KEY_BYTES = 40;
  private static final int MAX_PAYLOAD_BYTES = 1024;
  private static final int PLAIN = 0;
  private static final int WITH_PAYLOADS = 1;
  private static final long TOP = (1L << 48) - 1;

  private final MemoryAccount account = new MemoryAccount("test", 256L << 20);
  private final MemoryBlocks blocks = new MemoryBlocks(account, 8192, 0, 0, 0);
  private final List<MemoryRegion> regions = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final List<Boolean> modes = new ArrayList<>();
  private final Map<String, TreeSet<Long>> oracle = new TreeMap<>();
  private long pulses;

  @AfterEach
  void everythingGoesBack() {
    blocks.close();
    regions.forEach(MemoryRegion::close);
    assertEquals(0, account.usedBytes());
  }

  private enum Order {
    ASCENDING {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = 3L * i;
        }
        return tids;
      }
    },
    BACKWARDS {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = n - 1 - i;
        }
        return tids;
      }
    },
    RANDOM {
      @Override
      long[] tids(SplittableRandom random, int n) {
        return random.longs(n, 0, 4L * n).toArray();
      }
    },
    ANYWHERE {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = random.longs(n, 0, TOP + 1).toArray();
        tids[n / 3] = 0;
        tids[n / 2] = TOP;
        return tids;
      }
    },
    EVERY_BLOCK_WRAPPED {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = (long) (i / 100) << 8 | (i + 37) % 100;
        }
        return tids;
      }
    },
    DOUBLED {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = 5L * (i / 2);
        }
        return tids;
      }
    },
    DOUBLED_BACKWARDS {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = (n - i) / 2;
        }
        return tids;
      }
    },
    TWO_IN_TURN {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          tids[i] = i & 1;
        }
        return tids;
      }
    },
    /** Ever closer to the top, from both sides of ever larger steps: any guess of a bound fails. */
    CLUSTERS {
      @Override
      long[] tids(SplittableRandom random, int n) {
        long[] tids = new long[n];
        for (int i = 0; i < n; i++) {
          int scale = 47 - random.nextInt(48);
          tids[i] = TOP - (1L << scale) - random.nextLong(1 + (1L << scale) / 2) + 1;
          tids[i] = Math.max(0, tids[i]);
        }
        return tids;
      }
    };

    abstract long[] tids(SplittableRandom random, int n);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void rowsInAnyOrderGiveTheListsOfTheirKeys(Order order) {
    SplittableRandom random = random(order);
    for (int arenaBytes : new int[] {KeyTable.MIN_ARENA_BYTES, 1 << 20}) {
      runs.clear();
      oracle.clear();
      try (Accumulator accumulator = accumulator(arenaBytes)) {
        for (long tid : order.tids(random, 20_000)) {
          accumulator.beginRow(tid);
          accumulator.batch().begin(tid, PLAIN);
          plain(accumulator, "all", tid);
          plain(accumulator, "k" + tid % 2_000, tid);
          plain(accumulator, "k" + tid % 2_000, tid);
          accumulator.batch().begin(tid, WITH_PAYLOADS);
          placed(accumulator, "w" + tid % 7, tid);
          placed(accumulator, "rare" + tid % 5_003, tid);
          accumulator.endRow();
        }
        accumulator.cut();
      }
      assertEquals(oracle, merged());
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void aListOfManyScratchesIsWrittenInOrderInFewPasses(Order order) {
    int n = 700_000;
    TreeSet<Long> all = new TreeSet<>();
    long[] tids = order.tids(random(order), n);
    try (Accumulator accumulator = accumulator(1 << 20)) {
      for (long tid : tids) {
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, PLAIN);
        accumulator.batch().key(new byte[] {7}, 0, 1);
        accumulator.endRow();
        all.add(tid);
      }
      accumulator.cut();
    }
    assertEquals(Map.of("000007", all), merged());
    long bytes = runs.stream().mapToLong(Run::rawBytes).sum();
    String told = runs.size() + " runs, " + bytes + " bytes, " + pulses + " pulses";
    // Seven bytes a TID at most, three quarters of the arena, and as many again hardly begun.
    assertTrue(runs.size() <= 5 + 2 * (7L * n / (700 << 10)), told);
    // One for 65,536 TIDs read, and a few a sort; without guesses backwards rows take 699.
    assertTrue(pulses <= 500, told);
  }

  @Test
  void aSourceThatWrapsRoundOnceStaysInOrderedRuns() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (int i = 0; i < 50_000; i++) {
        row(accumulator, (i + 40_000) % 50_000);
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertFalse(modes.contains(true));
  }

  @Test
  void afterDisorderRowsInOrderAreTakenInOrderAgain() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (int i = 0; i < 100_000; i++) {
        row(accumulator, i < 1_000 ? i ^ 15 : i);
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    // One with the disorder in it, and one that shows that there is no more of it.
    assertEquals(2, modes.stream().filter(mode -> mode).count(), "modes of runs " + modes);
    assertFalse(modes.get(modes.size() - 1));
  }

  @Test
  void aPartOfTheSourceThatLiesBelowIsNoDisorder() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (int part = 20; part > 0; part--) {
        accumulator.beginPart();
        for (int i = 0; i < 10; i++) {
          row(accumulator, 100L * part + i);
        }
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertEquals(20, runs.size());
    assertFalse(modes.contains(true));
  }

  @Test
  void aRowGivenAgainAtOnceCutsNothing() {
    try (Accumulator accumulator = accumulator(1 << 20)) {
      for (int i = 0; i < 3_000; i++) {
        long tid = i / 3;
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, PLAIN);
        plain(accumulator, "all", tid);
        plain(accumulator, "k" + i % 500, tid);
        accumulator.batch().begin(tid, WITH_PAYLOADS);
        placed(accumulator, "w", tid);
        placed(accumulator, "v" + i % 500, tid);
        accumulator.endRow();
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertEquals(1, runs.size());
    assertFalse(modes.contains(true));
  }

  @Test
  void aKeyWithAPayloadGivenTwiceInOneRowIsRefused() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (long tid : new long[] {3, 4, 4, 4, 5}) {
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, WITH_PAYLOADS);
        placed(accumulator, "w", tid);
        if (tid == 5) {
          placed(accumulator, "w", tid);
        }
        accumulator.endRow();
      }
      assertThrows(IllegalStateException.class, accumulator::cut);
    }
  }

  @Test
  void aKeyWithAPayloadGivenTwiceInOneRowIsRefusedAmongDisorderedRowsToo() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (int i = 0; i < 30; i++) {
        // Each row is given again behind others: one of them has no such key, another no key.
        for (long tid : new long[] {40 - i, 100, 40 - i, 101, 40 - i}) {
          accumulator.beginRow(tid);
          accumulator.batch().begin(tid, tid == 100 ? PLAIN : WITH_PAYLOADS);
          if (tid == 100) {
            plain(accumulator, "all", tid);
          } else if (tid < 100) {
            placed(accumulator, "w", tid);
            placed(accumulator, "v", tid);
          }
          accumulator.endRow();
        }
      }
      accumulator.cut();
      assertTrue(modes.contains(true));
      assertEquals(oracle, merged());
      for (String key : new String[] {"w", "v", "w"}) {
        if (key.equals("w")) {
          accumulator.batch().begin(3, WITH_PAYLOADS);
        }
        placed(accumulator, key, 3);
      }
      assertThrows(IllegalStateException.class, accumulator::cut);
    }
  }

  @Test
  void aKeyFirstSeenAtTheHighestTidOfARunFromTidZeroKeepsIt() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (long tid : new long[] {0, TOP}) {
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, PLAIN);
        plain(accumulator, "at" + tid, tid);
        accumulator.batch().begin(tid, WITH_PAYLOADS);
        placed(accumulator, "at" + tid, tid);
        accumulator.endRow();
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertEquals(1, runs.size());
  }

  @Test
  void rowsThatStepBackWhenAThirdOfTheArenaIsFullAreNotOneRunAStep() {
    int steps = 60;
    try (Accumulator accumulator = accumulator(1 << 20)) {
      for (int i = 0; i < steps; i++) {
        for (int j = 0; j < 3_500; j++) {
          long tid = 4_000L * (steps - i) + j;
          accumulator.beginRow(tid);
          accumulator.batch().begin(tid, PLAIN);
          plain(accumulator, "k" + tid, tid);
          accumulator.endRow();
        }
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertTrue(modes.get(modes.size() - 1), "the table was begun and a step is in it");
    assertTrue(runs.size() < 3 * steps / 4, runs.size() + " runs");
  }

  @Test
  void disorderIsOverThoughEveryTableIsFullInTheMiddleOfARow() {
    try (Accumulator accumulator = accumulator(KeyTable.MIN_ARENA_BYTES)) {
      for (int i = 0; i < 200; i++) {
        long tid = i < 40 ? i ^ 15 : i;
        accumulator.beginRow(tid);
        accumulator.batch().begin(tid, PLAIN);
        for (int j = 0; j < 1_500; j++) {
          plain(accumulator, "k" + j + "-" + tid % 10, tid);
        }
        accumulator.endRow();
      }
      accumulator.cut();
    }
    assertEquals(oracle, merged());
    assertTrue(modes.contains(true));
    assertFalse(modes.get(modes.size() - 1), "modes of runs " + modes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLongListIsWrittenWithALookAroundNowAndThen(boolean isDisordered) {
    try (MemoryRegion index = MemoryRegion.allocate(account, RunIndex.ENTRY_BYTES);
        MemoryRegion block = MemoryRegion.allocate(account, 8192)) {
      try (Accumulator accumulator =
          new Accumulator(
              account,
              KeyLimits.of(new String[] {"a"}, MAX_KEY_BYTES),
              64L << 20,
              table -> {
                long[] sincePulse = new long[2];
                RunWriter writer =
                    new RunWriter(
                        new BlockOutput() {
                          @Override
                          public int capacityBytes() {
                            return 8192;
                          }

                          @Override
                          public long begin() {
                            return block.address();
                          }

                          @Override
                          public long write(int usedBytes, int firstRecord) {
                            sincePulse[0] += usedBytes;
                            sincePulse[1] = Math.max(sincePulse[1], sincePulse[0]);
                            return 0;
                          }

                          @Override
                          public long end() {
                            return 0;
                          }
                        },
                        new RunIndex(index.address(), 1, 0),
                        table.base());
                table.write(writer, () -> sincePulse[0] = 0);
                modes.add(table.isDisordered());
                assertTrue(sincePulse[1] < 1100 << 10, sincePulse[1] + " bytes without a pulse");
              },
              new WorkMeter(() -> 0))) {
        for (int i = 0; i < (isDisordered ? 10 : 0); i++) {
          beginRowOfOneKey(accumulator, 10 - i);
        }
        for (int i = 0; i < 1_200_000; i++) {
          beginRowOfOneKey(accumulator, (20L + i) << 14);
        }
        accumulator.cut();
      }
      assertEquals(isDisordered, modes.get(modes.size() - 1));
    }
  }

  private static void beginRowOfOneKey(Accumulator accumulator, long tid) {
    accumulator.beginRow(tid);
    accumulator.batch().begin(tid, PLAIN);
    accumulator.batch().key(new byte[] {7}, 0, 1);
    accumulator.endRow();
  }

  @Test
  void tidsAreSortedInAnyOrderWithTheirPlaces() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("DisorderedRowsTest sort"));
    int n = 50_000;
    try (MemoryRegion items = MemoryRegion.allocate(account, 16L * n)) {
      for (Order order : Order.values()) {
        for (boolean hasPlaces : new boolean[] {false, true}) {
          TidSorter sorter = new TidSorter(items.address(), hasPlaces, () -> {});
          long[] tids = order.tids(random, n);
          for (int i = 0; i < n; i++) {
            sorter.put(i, tids[i], ~tids[i]);
          }
          sorter.sort(0, n);
          java.util.Arrays.sort(tids);
          for (int i = 0; i < n; i++) {
            assertEquals(tids[i], sorter.tid(i));
            assertEquals(hasPlaces ? ~tids[i] : 0, sorter.place(i));
          }
        }
      }
    }
  }

  private static SplittableRandom random(Order order) {
    return new SplittableRandom(TestSeed.forTest("DisorderedRowsTest " + order));
  }

  private void row(Accumulator accumulator, long tid) {
    accumulator.beginRow(tid);
    accumulator.batch().begin(tid, PLAIN);
    plain(accumulator, "all", tid);
    plain(accumulator, "k" + tid % 100, tid);
    accumulator.endRow();
  }

  private void plain(Accumulator accumulator, String text, long tid) {
    byte[] key = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    accumulator.batch().key(key, 0, key.length);
    add(PLAIN, key, tid);
  }

  private void placed(Accumulator accumulator, String text, long tid) {
    byte[] key = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] payload = payload(tid, key.length);
    accumulator.batch().key(key, 0, key.length, payload, 0, payload.length);
    add(WITH_PAYLOADS, key, tid);
  }

  /** What stands beside a TID: mostly short, now and then none or longer than a chunk's start. */
  private static byte[] payload(long tid, int keyLength) {
    int kind = (int) (tid % 97);
    byte[] payload = new byte[kind == 0 ? 900 : kind % 9];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (tid * 31 + keyLength + i);
    }
    return payload;
  }

  private void add(int column, byte[] key, long tid) {
    oracle
        .computeIfAbsent("0" + column + "00" + HexFormat.of().formatHex(key), k -> new TreeSet<>())
        .add(tid);
  }

  private Accumulator accumulator(long arenaBytes) {
    KeyLimits limits =
        new KeyLimits(
            new String[] {"a", "b"}, new boolean[] {false, true}, MAX_KEY_BYTES, MAX_PAYLOAD_BYTES);
    return new Accumulator(account, limits, arenaBytes, this::write, new WorkMeter(() -> 0));
  }

  private void write(KeyTable table) {
    MemoryRegion region = MemoryRegion.allocate(account, 8 * RunIndex.ENTRY_BYTES);
    regions.add(region);
    RunWriter writer =
        new RunWriter(
            blocks.tryReserve(table.rawBytes(), table.longestKey() + 2),
            new RunIndex(region.address(), 8, 0),
            table.base());
    boolean isDisordered = table.isDisordered();
    long before = account.usedBytes();
    table.write(writer, () -> pulses++);
    assertEquals(before, account.usedBytes());
    Run run = writer.finish(0, runs.size(), Run.IN_MEMORY, table.tids(), table.highestTid());
    assertTrue(run.rawBytes() <= table.rawBytes(), run.rawBytes() + " of " + table.rawBytes());
    runs.add(run);
    modes.add(isDisordered);
  }

  /** All runs, joined; each run alone says how many TIDs it holds. */
  private Map<String, TreeSet<Long>> merged() {
    for (Run run : runs) {
      assertEquals(run.tids(), merge(List.of(run), new Collector()));
    }
    Collector all = new Collector();
    merge(runs, all);
    return all.lists;
  }

  private long merge(List<Run> some, Collector into) {
    try (MemoryRegion keyBuffer =
        MemoryRegion.allocate(account, (MAX_KEY_BYTES + 2) * (1L + some.size()))) {
      RunMerge merge = new RunMerge(some.size(), keyBuffer.address(), () -> {});
      long nextKey = keyBuffer.address();
      for (Run run : some) {
        nextKey += MAX_KEY_BYTES + 2;
        RunCursor cursor = new RunCursor(run, MemoryBlocks.input(), nextKey);
        assertTrue(cursor.open(0, 0));
        merge.add(cursor);
      }
      merge.run(0, -1, into);
      return merge.tids();
    }
  }

  /** Collects lists and checks their order and payloads. */
  private static final class Collector implements MergeSink {
    private final Map<String, TreeSet<Long>> lists = new TreeMap<>();
    private TreeSet<Long> list;
    private int keyLength;
    private boolean isPlaced;

    @Override
    public void key(long address, int length) {
      byte[] key = new byte[length];
      NativeMemory.copyToArray(address, key, 0, length);
      list = new TreeSet<>();
      keyLength = length - KeyBatch.PREFIX_BYTES;
      isPlaced = key[0] == WITH_PAYLOADS;
      assertTrue(lists.put(HexFormat.of().formatHex(key), list) == null);
    }

    @Override
    public void tids(long[] tids, int count) {
      assertFalse(isPlaced);
      take(tids, count);
    }

    @Override
    public void tids(long[] tids, int count, ByteStrings payloads) {
      assertTrue(isPlaced);
      take(tids, count);
      for (int i = 0; i < count; i++) {
        byte[] found = new byte[payloads.length(i)];
        System.arraycopy(payloads.array(), payloads.offset(i), found, 0, found.length);
        assertArrayEquals(payload(tids[i], keyLength), found);
      }
    }

    private void take(long[] tids, int count) {
      for (int i = 0; i < count; i++) {
        assertTrue(list.isEmpty() || tids[i] > list.last());
        list.add(tids[i]);
      }
    }

    @Override
    public void endKey() {
      assertFalse(list.isEmpty());
    }
  }
}
