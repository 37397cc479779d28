package io.djinn.sort;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.BuildFailedException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunMergeTest {
  private static final int BLOCK_BYTES = 512;
  private static final int KEY_LIMIT = 420;

  private final MemoryAccount account = new MemoryAccount("test", 64 << 20);
  private final List<MemoryRegion> regions = new ArrayList<>();
  private final SimVfs vfs = new SimVfs();
  private BlockCodec codec;
  private RawFile file;
  private long fileEnd;
  private MemoryBlocks blocks;

  @BeforeEach
  void open() throws IOException {
    codec = new BlockCodec(account, BLOCK_BYTES);
    file = vfs.open("runs", OpenMode.CREATE_NEW);
    blocks = new MemoryBlocks(account, BLOCK_BYTES, 0, 0, 0);
  }

  @AfterEach
  void everythingGoesBack() throws IOException {
    codec.close();
    blocks.close();
    file.close();
    regions.forEach(MemoryRegion::close);
    assertEquals(0, account.usedBytes());
  }

  @Test
  void runsInMemoryAndInFilesMergeToWhatWasWritten() {
    long seed = TestSeed.forTest("RunMergeTest");
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      boolean disjoint = random.nextBoolean();
      int keys = 1 + random.nextInt(300);
      List<Run> runs = new ArrayList<>();
      Map<String, TreeSet<Long>> oracle = new TreeMap<>();
      int runCount = random.nextInt(7);
      for (int r = 0; r < runCount; r++) {
        TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
        long first = disjoint ? r * 1_000_000L : random.nextInt(100);
        for (int i = random.nextInt(3_000); i >= 0; i--) {
          long tid = first + random.nextInt(1 + random.nextInt(1_000_000));
          String key = key(random.nextInt(1 + random.nextInt(keys)));
          content.computeIfAbsent(key, k -> new TreeSet<>()).add(tid);
          oracle.computeIfAbsent(key, k -> new TreeSet<>()).add(tid);
        }
        runs.add(write(content, first, r, random.nextBoolean()));
      }
      assertEquals(oracle, merge(runs, "", null));
      String from = key(random.nextInt(keys));
      String to = key(random.nextInt(keys));
      TreeMap<String, TreeSet<Long>> expected = new TreeMap<>(oracle);
      assertEquals(expected.headMap(to), merge(runs, "", to));
      assertEquals(expected.tailMap(from), merge(runs, from, null));
    }
  }

  @Test
  void manyListsThatOverlapAreMergedWithTheirPayloads() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunMergeTest overlapping"));
    for (int round = 0; round < 40; round++) {
      boolean hasPayloads = (round & 1) == 0;
      int runCount = 1 + random.nextInt(60);
      long spread = 1L << random.nextInt(4, 40);
      TreeMap<String, TreeSet<Long>> oracle = new TreeMap<>();
      List<Run> runs = new ArrayList<>();
      for (int r = 0; r < runCount; r++) {
        TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
        for (int i = random.nextInt(1, 400); i >= 0; i--) {
          String key = key(random.nextInt(3));
          long tid = random.nextInt(9) == 0 ? (1L << 48) - 1 - r : random.nextLong(spread);
          content.computeIfAbsent(key, k -> new TreeSet<>()).add(tid);
          oracle.computeIfAbsent(key, k -> new TreeSet<>()).add(tid);
        }
        runs.add(writeTidByTid(content, r, hasPayloads));
      }
      Map<String, TreeSet<Long>> merged = new TreeMap<>();
      RunMerge merge = new RunMerge(runs.size(), region(KEY_LIMIT), () -> {});
      for (Run run : runs) {
        RunCursor cursor = new RunCursor(run, input(), region(KEY_LIMIT));
        assertTrue(cursor.open(0, 0));
        merge.add(cursor);
      }
      merge.run(0, -1, new Collector(merged));
      assertEquals(oracle, merged);
      blocks.close();
    }
  }

  @Test
  void listsThatAreAllTheSameAreJoinedWithALookAroundNowAndThen() {
    TreeSet<Long> set = new TreeSet<>();
    for (long tid = 0; tid < 1_000; tid++) {
      set.add(3 * tid);
    }
    for (boolean hasPayloads : new boolean[] {false, true}) {
      int[] pulses = new int[1];
      RunMerge merge = new RunMerge(100, region(KEY_LIMIT), () -> pulses[0]++);
      for (int r = 0; r < 100; r++) {
        TreeMap<String, TreeSet<Long>> content = new TreeMap<>(Map.of("k", set));
        RunCursor cursor =
            new RunCursor(writeTidByTid(content, r, hasPayloads), input(), region(KEY_LIMIT));
        assertTrue(cursor.open(0, 0));
        merge.add(cursor);
      }
      Map<String, TreeSet<Long>> merged = new TreeMap<>();
      merge.run(0, -1, new Collector(merged));
      assertEquals(Map.of("k", set), merged);
      assertTrue(pulses[0] >= 10, pulses[0] + " pulses for 100,000 steps");
    }
  }

  @Test
  void keysOfAnyBytesThatShareAnyLengthComeInOrder() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunMergeTest any bytes"));
    for (int round = 0; round < 150; round++) {
      List<String> texts = new ArrayList<>();
      int different = 1 + random.nextInt(60);
      for (int i = 0; i < different; i++) {
        texts.add(anyBytes(random, texts));
      }
      TreeMap<String, TreeSet<Long>> oracle = new TreeMap<>();
      List<Run> runs = new ArrayList<>();
      int runCount = 1 + random.nextInt(40);
      int inFiles = random.nextInt(3);
      for (int r = 0; r < runCount; r++) {
        TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
        for (int i = random.nextInt(1, 2 * different + 1); i > 0; i--) {
          String text = texts.get(random.nextInt(different));
          content.computeIfAbsent(text, k -> new TreeSet<>()).add((long) r);
          oracle.computeIfAbsent(text, k -> new TreeSet<>()).add((long) r);
        }
        runs.add(write(content, 0, r, random.nextInt(3) < inFiles));
      }
      assertEquals(oracle, merge(runs, "", null));
      String to = texts.get(random.nextInt(different));
      assertEquals(oracle.headMap(to), merge(runs, "", to));
      blocks.close();
    }
  }

  /** A few different bytes behind a part of another text, which may be all of it. */
  private static String anyBytes(SplittableRandom random, List<String> others) {
    StringBuilder text = new StringBuilder();
    if (!others.isEmpty()) {
      String other = others.get(random.nextInt(others.size()));
      text.append(other, 0, random.nextInt(other.length() + 1));
    }
    int tail = random.nextInt(1 + random.nextInt(300));
    for (int i = 0; i < tail && text.length() < KEY_LIMIT - 2; i++) {
      text.append((char) (random.nextInt(8) == 0 ? 255 : random.nextInt(2)));
    }
    return text.length() == 0 ? "\0" : text.toString();
  }

  @Test
  void aKeyThatIsNotAboveTheOneBeforeIsFound() {
    long key = region(4);
    byte[][][] pairs = {
      {{1, 2}, {1, 1}}, {{1, 2}, {1}}, {{1, 2}, {1, 2}}, {{(byte) 0x80}, {0x7F, 1}}, {{1}, {}}
    };
    for (byte[][] pair : pairs) {
      RunIndex index = new RunIndex(region(8L * RunIndex.ENTRY_BYTES), 8, 0);
      RunWriter writer = new RunWriter(blocks.tryReserve(1 << 17, KEY_LIMIT + 2), index, 0);
      for (byte[] bytes : pair) {
        NativeMemory.copyFromArray(bytes, 0, key, bytes.length);
        writer.key(key, bytes.length);
        writer.tid(1);
        writer.endKey();
      }
      Run run = writer.finish(0, 0, Run.IN_MEMORY);
      RunCursor cursor = new RunCursor(run, input(), region(4));
      assertTrue(cursor.open(0, 0));
      cursor.skipList();
      BuildFailedException e = assertThrows(BuildFailedException.class, cursor::nextRecord);
      assertTrue(e.getMessage().contains("not above the one before"), e.getMessage());
      blocks.close();
    }
  }

  private static BlockInput input() {
    return MemoryBlocks.input();
  }

  @Test
  void blocksARunDoesNotNeedGoBackAtItsEnd() {
    BlockOutput out = blocks.tryReserve(1 << 20, KEY_LIMIT + 2);
    long reserved = blocks.heldBytes();
    assertTrue(reserved >= 1 << 20);
    RunWriter writer = new RunWriter(out, new RunIndex(region(RunIndex.ENTRY_BYTES), 1, 0), 1);
    long key = region(1);
    for (int i = 0; i < 20; i++) {
      NativeMemory.putByte(key, i);
      writer.key(key, 1);
      for (int tid = 1; tid <= 1_000; tid++) {
        writer.tid(tid);
      }
      writer.endKey();
    }
    Run run = writer.finish(0, 0, Run.IN_MEMORY);
    assertTrue(run.storedBytes() >= run.rawBytes() && run.storedBytes() < 22 << 10);
    assertTrue(blocks.heldBytes() < 40 << 10, blocks.heldBytes() + " of " + reserved);
    Map<String, TreeSet<Long>> merged = merge(List.of(run), "", null);
    assertEquals(20, merged.size());
    assertTrue(merged.values().stream().allMatch(list -> list.size() == 1_000));
  }

  private Run writeTidByTid(
      TreeMap<String, TreeSet<Long>> content, int number, boolean hasPayloads) {
    RunIndex index = new RunIndex(region(8L * RunIndex.ENTRY_BYTES), 8, 0);
    RunWriter writer = new RunWriter(blocks.tryReserve(1 << 16, KEY_LIMIT + 2), index, 0);
    long bytes = region(KEY_LIMIT);
    content.forEach(
        (text, set) -> {
          byte[] key = text.getBytes(StandardCharsets.ISO_8859_1);
          NativeMemory.copyFromArray(key, 0, bytes, key.length);
          writer.key(bytes, key.length, hasPayloads);
          for (long tid : set) {
            writer.tid(tid);
            if (hasPayloads) {
              byte[] payload = payload(tid);
              NativeMemory.copyFromArray(payload, 0, bytes, payload.length);
              writer.payloadLength(payload.length);
              writer.bytes(bytes, payload.length);
            }
          }
          writer.endKey();
        });
    Run run = writer.finish(0, number, Run.IN_MEMORY);
    assertEquals(content.values().stream().mapToLong(TreeSet::size).sum(), run.tids());
    assertEquals(
        content.values().stream().mapToLong(TreeSet::last).max().orElseThrow(), run.lastTid());
    return run;
  }

  private static byte[] payload(long tid) {
    byte[] payload = new byte[(int) (tid % 5) * 20];
    java.util.Arrays.fill(payload, (byte) (tid * 13));
    return payload;
  }

  @Test
  void aListMayBeLongerThanManyBlocksAndItsKeyAsLongAsABlock() {
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    TreeSet<Long> tids = new TreeSet<>();
    for (long i = 0; i < 5_000; i++) {
      tids.add(i * i * i);
    }
    tids.add((1L << 48) - 1);
    content.put("a".repeat(KEY_LIMIT), tids);
    content.put("b".repeat(KEY_LIMIT), tids);
    for (boolean inFile : new boolean[] {false, true}) {
      Run run = write(content, 0, 0, inFile);
      assertEquals(content, merge(List.of(run), "", null));
      assertEquals(content.tailMap("b"), merge(List.of(run), "b", null));
      assertEquals(content.headMap("b"), merge(List.of(run), "", "b"));
    }
  }

  @Test
  void everyDamagedByteOfAFileIsFound() throws IOException {
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      content.put(key(i), new TreeSet<>(List.of((long) i, 1_000L + i)));
    }
    Run run = write(content, 0, 0, true);
    byte[] good = vfs.bytes("runs");
    for (int i = 0; i < run.storedBytes(); i += i < 64 ? 1 : 13) {
      vfs.overwrite("runs", i, good[i] ^ 0x11);
      BuildFailedException e =
          assertThrows(
              BuildFailedException.class, () -> merge(List.of(run), "", null), "byte " + i);
      assertTrue(e.getMessage().contains("runs"), e.getMessage());
      vfs.overwrite("runs", i, good[i]);
    }
    assertEquals(content, merge(List.of(run), "", null));
  }

  @Test
  void aRunThatEndsInsideAListIsRefused() throws IOException {
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    TreeSet<Long> tids = new TreeSet<>();
    for (long i = 0; i < 3_000; i++) {
      tids.add(i * 77_777);
    }
    content.put("k", tids);
    Run run = write(content, 0, 0, true);
    int firstBlock = 16 + (vfs.bytes("runs")[4] & 0xFF) + (vfs.bytes("runs")[5] & 0xFF) * 256;
    Run cut =
        new Run(
            0,
            0,
            0,
            0,
            firstBlock,
            run.rawBytes(),
            1,
            3_000,
            0,
            run.lastTid(),
            run.longestKey(),
            run.index());
    assertThrows(BuildFailedException.class, () -> merge(List.of(cut), "", null));
  }

  @Test
  void anIndexOfAnyRunHasARecordAStrideAndTheLongestRecordsApart() {
    for (int capacity : new int[] {1, 4, 32, 400}) {
      RunIndex index = new RunIndex(region((long) capacity * RunIndex.ENTRY_BYTES), capacity, 0);
      BlockOutput out = blocks.tryReserve(8 << 20, 12);
      RunWriter writer = new RunWriter(out, index, 0);
      long key = region(8);
      for (int i = 0; i < 20_000; i++) {
        NativeMemory.putLong(key, Long.reverseBytes(i));
        writer.key(key, 8);
        int tids = i % 5_000 == 700 ? 500_000 : i % 100;
        for (int t = 0; t <= tids; t++) {
          writer.tid(t);
        }
        writer.endKey();
      }
      Run run = writer.finish(0, 0, Run.IN_MEMORY);
      long stride = capacity == 1 ? run.rawBytes() : 16 * run.rawBytes() / capacity;
      assertTrue(index.count() <= capacity);
      assertTrue(index.count() >= Math.max(1, capacity / 16), index.count() + " of " + capacity);
      int giants = 0;
      for (int i = 0; i < index.count(); i++) {
        int number = (int) Long.reverseBytes(NativeMemory.getLong(index.prefix(i)));
        assertEquals(8, index.keyLength(i));
        assertTrue(i == 0 ? number == 0 : index.bytesBefore(i) > index.bytesBefore(i - 1));
        RunCursor cursor = new RunCursor(run, input(), region(KEY_LIMIT));
        assertTrue(cursor.open(index.prefix(i), 8));
        assertEquals(0, NativeMemory.compare(cursor.key(), 8, index.prefix(i), 8));
        long end = i + 1 < index.count() ? index.bytesBefore(i + 1) : run.rawBytes();
        if (number % 5_000 == 700 && capacity >= 32) {
          giants++;
          // Head, what the key does not share, the TIDs and the zero byte.
          assertEquals(500_009, end - index.bytesBefore(i), 6);
          assertTrue(cursor.openBehind(index.prefix(i), 8));
          assertEquals(number + 1, Long.reverseBytes(NativeMemory.getLong(cursor.key())));
        } else {
          assertTrue(end - index.bytesBefore(i) <= 2 * stride, "record " + number);
        }
      }
      assertEquals(capacity >= 32 ? 4 : 0, giants, "capacity " + capacity);
      blocks.close();
    }
  }

  @Test
  void partsOfAListAreItsTidsBetweenTheirBounds() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunMergeTest parts"));
    for (int round = 0; round < 40; round++) {
      boolean hasPayloads = (round & 1) == 0;
      TreeSet<Long> oracle = new TreeSet<>();
      List<Run> runs = new ArrayList<>();
      for (int r = random.nextInt(1, 9); r > 0; r--) {
        TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
        TreeSet<Long> set = new TreeSet<>();
        for (int i = random.nextInt(1, 800); i >= 0; i--) {
          set.add(random.nextLong(1, random.nextInt(9) == 0 ? 1L << 48 : 3_000));
        }
        oracle.addAll(set);
        content.put("a", new TreeSet<>(List.of(5L)));
        content.put("k", set);
        content.put("z", new TreeSet<>(List.of(7L)));
        runs.add(writeTidByTid(content, r, hasPayloads));
      }
      long from = 0;
      TreeSet<Long> found = new TreeSet<>();
      while (from < RunCursor.END) {
        long below = random.nextInt(6) == 0 ? RunCursor.END : from + random.nextLong(1, 2_000);
        Map<String, TreeSet<Long>> part = new TreeMap<>();
        RunMerge merge = new RunMerge(runs.size(), region(KEY_LIMIT), () -> {});
        long key = region(1);
        NativeMemory.putByte(key, 'k');
        for (Run run : runs) {
          RunCursor cursor = new RunCursor(run, input(), region(KEY_LIMIT));
          assertTrue(cursor.open(key, 1));
          merge.add(cursor);
        }
        merge.runPart(from, below, new Collector(part));
        TreeSet<Long> expected = new TreeSet<>(oracle.subSet(from, below));
        assertEquals(expected.isEmpty() ? Map.of() : Map.of("k", expected), part);
        assertEquals(expected.size(), merge.tids());
        assertEquals(from == 0 ? 1 : 0, merge.keys());
        found.addAll(expected);
        from = below;
      }
      assertEquals(oracle, found);
      blocks.close();
    }
  }

  @Test
  void anEntryThatFollowsTheOneBeforeDirectlyIsOfTheNextRecord() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunMergeTest followers"));
    int followers = 0;
    int loners = 0;
    for (int capacity = 3; capacity < 200; capacity += 7) {
      RunIndex index = new RunIndex(region((long) capacity * RunIndex.ENTRY_BYTES), capacity, 0);
      RunWriter writer = new RunWriter(blocks.tryReserve(4 << 20, 12), index, capacity);
      long key = region(8);
      int[] lengths = {10, 900, 1_500, 3_000, 20_000};
      for (int i = 0; i < 400; i++) {
        NativeMemory.putLong(key, Long.reverseBytes(i));
        writer.key(key, 8);
        for (int tids = lengths[random.nextInt(5)]; tids > 0; tids--) {
          writer.tid(capacity + 20_000 - tids);
        }
        writer.endKey();
      }
      Run run = writer.finish(0, 0, Run.IN_MEMORY);
      for (int i = 0; i < index.count(); i++) {
        long number = Long.reverseBytes(NativeMemory.getLong(index.prefix(i)));
        RunCursor cursor = new RunCursor(run, input(), region(8));
        assertEquals(number < 399, cursor.openBehind(index.prefix(i), 8));
        if (number < 399) {
          assertEquals(number + 1, Long.reverseBytes(NativeMemory.getLong(cursor.key())));
        }
        if (index.isAlone(i)) {
          loners++;
          long next =
              i + 1 == index.count()
                  ? 400
                  : Long.reverseBytes(NativeMemory.getLong(index.prefix(i + 1)));
          assertEquals(number + 1, next);
        } else {
          followers++;
        }
      }
      blocks.close();
    }
    assertTrue(followers > 100 && loners > 100, followers + " and " + loners);
  }

  @Test
  void aPartThatEndsAtATidIsWithoutIt() {
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    content.put("k", new TreeSet<>(List.of(5L, 9L)));
    for (boolean hasPayloads : new boolean[] {false, true}) {
      Run run = writeTidByTid(content, 0, hasPayloads);
      assertEquals(Map.of(), part(run, 0, 5));
      assertEquals(Map.of("k", new TreeSet<>(List.of(5L))), part(run, 5, 9));
      assertEquals(Map.of("k", new TreeSet<>(List.of(9L))), part(run, 9, 10));
      assertEquals(Map.of(), part(run, 10, RunCursor.END));
    }
  }

  private Map<String, TreeSet<Long>> part(Run run, long from, long below) {
    RunMerge merge = new RunMerge(1, region(KEY_LIMIT), () -> {});
    RunCursor cursor = new RunCursor(run, input(), region(KEY_LIMIT));
    assertTrue(cursor.open(0, 0));
    merge.add(cursor);
    Map<String, TreeSet<Long>> found = new TreeMap<>();
    merge.runPart(from, below, new Collector(found));
    return found;
  }

  @Test
  void noByteOfARunMakesACursorReadOutsideIt() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("RunMergeTest bytes"));
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      content.put(key(i), new TreeSet<>(List.of((long) i, 1_000L + i * i)));
    }
    int damaged = 0;
    for (boolean hasPayloads : new boolean[] {false, true}) {
      Run run = writeTidByTid(content, 0, hasPayloads);
      long keyBuffer = region(run.longestKey() + 8L);
      NativeMemory.putLong(keyBuffer + run.longestKey(), 0x1234_5678_9ABC_DEF0L);
      for (int i = 0; i < 3_000; i++) {
        long block = run.place() + random.nextInt(4) * (long) BLOCK_BYTES;
        long at = block + MemoryBlocks.RECORDS + random.nextInt(BLOCK_BYTES - 40);
        int good = NativeMemory.getByte(at);
        NativeMemory.putByte(at, random.nextInt(256));
        try {
          RunCursor cursor = new RunCursor(run, input(), keyBuffer);
          for (boolean found = cursor.open(0, 0); found; found = cursor.nextRecord()) {
            assertTrue(cursor.keyLength() <= run.longestKey());
            if ((i & 1) == 0) {
              cursor.skipList();
            } else {
              cursor.beginList();
              cursor.skipBelow(RunCursor.END);
            }
          }
        } catch (BuildFailedException e) {
          damaged++;
        }
        NativeMemory.putByte(at, good);
        assertEquals(0x1234_5678_9ABC_DEF0L, NativeMemory.getLong(keyBuffer + run.longestKey()));
      }
    }
    assertTrue(damaged > 200, damaged + " found");
  }

  @Test
  void blocksThatDoNotGetSmallerAreSeldomTriedAndOthersAreFoundAgain() {
    SplittableRandom random = new SplittableRandom(1);
    long block = region(BLOCK_BYTES);
    for (int i = 0; i < BLOCK_BYTES; i++) {
      NativeMemory.putByte(block + i, random.nextInt());
    }
    for (int i = 0; i < 164; i++) {
      assertEquals(BLOCK_BYTES, codec.pack(block, BLOCK_BYTES));
      assertEquals(0, NativeMemory.compare(block, BLOCK_BYTES, codec.storedAddress(), BLOCK_BYTES));
    }
    assertEquals(4 + 10, codec.tries());
    NativeMemory.fill(block, BLOCK_BYTES, 7);
    int blocksUntilSmaller = 1;
    while (codec.pack(block, BLOCK_BYTES) == BLOCK_BYTES) {
      blocksUntilSmaller++;
    }
    assertTrue(blocksUntilSmaller <= 16);
    assertTrue(codec.pack(block, BLOCK_BYTES) < BLOCK_BYTES);
  }

  @Test
  void thePulseEndsAMerge() {
    TreeMap<String, TreeSet<Long>> content = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      content.put(key(i), new TreeSet<>(List.of(1L)));
    }
    Run run = write(content, 0, 0, false);
    RunMerge merge =
        new RunMerge(
            1,
            region(KEY_LIMIT),
            () -> {
              throw new IllegalStateException("enough");
            });
    RunCursor cursor = new RunCursor(run, input(), region(KEY_LIMIT));
    assertTrue(cursor.open(0, 0));
    merge.add(cursor);
    assertThrows(
        IllegalStateException.class, () -> merge.run(0, -1, new Collector(new TreeMap<>())));
  }

  private long region(long bytes) {
    MemoryRegion region = MemoryRegion.allocate(account, bytes);
    regions.add(region);
    return region.address();
  }

  private static String key(int i) {
    return i % 3 == 0 ? "k" + i : "key with a longer common prefix " + i;
  }

  private Run write(TreeMap<String, TreeSet<Long>> content, long base, int number, boolean inFile) {
    BlockOutput out =
        inFile
            ? new RunFile.Output(
                file, "runs", fileEnd, codec, region(BLOCK_BYTES), BLOCK_BYTES, bytes -> {})
            : blocks.tryReserve(1 << 17, KEY_LIMIT + 2);
    RunIndex index = new RunIndex(region(8L * RunIndex.ENTRY_BYTES), 8, 0);
    RunWriter writer = new RunWriter(out, index, base);
    long key = region(KEY_LIMIT);
    content.forEach(
        (text, set) -> {
          byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
          NativeMemory.copyFromArray(bytes, 0, key, bytes.length);
          writer.key(key, bytes.length);
          long[] tids = set.stream().mapToLong(Long::longValue).toArray();
          writer.tids(tids, tids.length);
          writer.endKey();
        });
    Run run = writer.finish(0, number, inFile ? 0 : Run.IN_MEMORY);
    fileEnd += inFile ? run.storedBytes() : 0;
    assertEquals(content.size(), run.keys());
    return run;
  }

  private Map<String, TreeSet<Long>> merge(List<Run> runs, String from, String to) {
    RunMerge merge = new RunMerge(runs.size(), region(KEY_LIMIT), () -> {});
    long start = region(KEY_LIMIT);
    long end = region(KEY_LIMIT);
    NativeMemory.copyFromArray(from.getBytes(StandardCharsets.ISO_8859_1), 0, start, from.length());
    if (to != null) {
      NativeMemory.copyFromArray(to.getBytes(StandardCharsets.ISO_8859_1), 0, end, to.length());
    }
    for (Run run : runs) {
      BlockInput in =
          run.isInMemory()
              ? MemoryBlocks.input()
              : new RunFile.Input(
                  file,
                  "runs",
                  run.place(),
                  run.storedBytes(),
                  codec,
                  region(BLOCK_BYTES),
                  BLOCK_BYTES);
      RunCursor cursor = new RunCursor(run, in, region(KEY_LIMIT));
      if (cursor.open(start, from.length())) {
        merge.add(cursor);
      }
    }
    Map<String, TreeSet<Long>> merged = new TreeMap<>();
    merge.run(end, to == null ? -1 : to.length(), new Collector(merged));
    assertEquals(merged.size(), merge.keys());
    return merged;
  }

  /** Collects into a map and checks the order. */
  private static final class Collector implements MergeSink {
    private final Map<String, TreeSet<Long>> into;
    private String key = "";

    Collector(Map<String, TreeSet<Long>> into) {
      this.into = into;
    }

    @Override
    public void key(long address, int length) {
      byte[] bytes = new byte[length];
      NativeMemory.copyToArray(address, bytes, 0, length);
      String next = new String(bytes, StandardCharsets.ISO_8859_1);
      assertTrue(next.compareTo(key) > 0);
      key = next;
      into.put(key, new TreeSet<>());
    }

    @Override
    public void tids(long[] tids, int count) {
      TreeSet<Long> set = into.get(key);
      for (int i = 0; i < count; i++) {
        assertTrue(set.isEmpty() || tids[i] > set.last());
        set.add(tids[i]);
      }
    }

    @Override
    public void tids(long[] tids, int count, ByteStrings payloads) {
      tids(tids, count);
      for (int i = 0; i < count; i++) {
        int from = payloads.offset(i);
        assertArrayEquals(
            payload(tids[i]),
            java.util.Arrays.copyOfRange(payloads.array(), from, from + payloads.length(i)));
      }
    }

    @Override
    public void endKey() {
      assertTrue(!into.get(key).isEmpty());
    }
  }
}
