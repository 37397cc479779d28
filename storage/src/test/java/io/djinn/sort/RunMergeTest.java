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
  private static final int KEY_LIMIT = 200;

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
    blocks = new MemoryBlocks(account, BLOCK_BYTES, 0);
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
        RunCursor cursor = new RunCursor(run, MemoryBlocks.input());
        assertTrue(cursor.open(0, 0));
        merge.add(cursor);
      }
      merge.run(0, -1, new Collector(merged));
      assertEquals(oracle, merged);
      blocks.close();
    }
  }

  private Run writeTidByTid(
      TreeMap<String, TreeSet<Long>> content, int number, boolean hasPayloads) {
    RunIndex index = new RunIndex(region(8L * RunIndex.ENTRY_BYTES), 8, 0);
    RunWriter writer = new RunWriter(blocks.tryReserve(1 << 16, KEY_LIMIT + 2), index, 0);
    long bytes = region(KEY_LIMIT);
    content.forEach(
        (text, set) -> {
          byte[] key = text.getBytes(StandardCharsets.US_ASCII);
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
        new Run(0, 0, 0, 0, firstBlock, run.rawBytes(), 1, 3_000, 0, run.lastTid(), run.index());
    assertThrows(BuildFailedException.class, () -> merge(List.of(cut), "", null));
  }

  @Test
  void aFullIndexKeepsEverySecondEntry() {
    long entries = region(4L * RunIndex.ENTRY_BYTES);
    long key = region(8);
    RunIndex index = new RunIndex(entries, 4, 0);
    for (int i = 0; i < 100; i++) {
      NativeMemory.putByte(key, i);
      index.add(1_000 + i, 10L * i, key, 1);
    }
    assertTrue(index.count() >= 2 && index.count() <= 4);
    for (int i = 0; i < index.count(); i++) {
      long block = index.place(i) - 1_000;
      assertEquals(i * (index.place(1) - 1_000), block);
      assertEquals(10 * block, index.bytesBefore(i));
      assertEquals(block, NativeMemory.getUnsignedByte(index.prefix(i)));
    }
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
    RunCursor cursor = new RunCursor(run, MemoryBlocks.input());
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
          byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
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
    NativeMemory.copyFromArray(from.getBytes(StandardCharsets.US_ASCII), 0, start, from.length());
    if (to != null) {
      NativeMemory.copyFromArray(to.getBytes(StandardCharsets.US_ASCII), 0, end, to.length());
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
      RunCursor cursor = new RunCursor(run, in);
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
      String next = new String(bytes, StandardCharsets.US_ASCII);
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
