package io.djinn.gin.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.entry.GinCounts;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Loads trees of given content into fixtures, as a build does. */
public final class LoadedTree {
  private LoadedTree() {}

  /** Replaces the fixture's empty root by a loaded tree, loaded range by range. */
  public static void loadInto(
      EntryTreeFixture index,
      int fillFactor,
      int ranges,
      TreeMap<byte[], TreeSet<Long>> content,
      RandomGenerator random) {
    MemoryAccount account = new MemoryAccount("load", 64 << 20);
    GinCounts counts = new GinCounts();
    int oldRoot = index.root();
    int root = load(account, index.pages().sink(), fillFactor, ranges, content, counts, random);
    index.pages().free(oldRoot);
    index.load(root, counts, content);
    assertEquals(0, account.usedBytes(), "memory given back");
  }

  /** Loads content cut into ranges, all through one sink; returns root and counts. */
  private static int load(
      MemoryAccount account,
      PageSink sink,
      int fillFactor,
      int ranges,
      Map<byte[], TreeSet<Long>> content,
      GinCounts counts,
      RandomGenerator random) {
    int pageSizeBytes = sink.pageSizeBytes();
    List<SeparatorList> lists = new ArrayList<>();
    List<byte[]> keys = List.copyOf(content.keySet());
    try (MemoryRegion work =
            MemoryRegion.allocate(account, EntryLeafLoader.workBytes(pageSizeBytes));
        MemoryRegion upper =
            MemoryRegion.allocate(account, UpperLevelLoader.workBytes(pageSizeBytes));
        MemoryRegion key = MemoryRegion.allocate(account, pageSizeBytes)) {
      for (int range = 0; range < ranges; range++) {
        SeparatorList leaves = new SeparatorList(account, pageSizeBytes);
        lists.add(leaves);
        EntryLeafLoader loader = new EntryLeafLoader(sink, fillFactor, work.address(), leaves);
        int to = (int) ((long) keys.size() * (range + 1) / ranges);
        for (int i = (int) ((long) keys.size() * range / ranges); i < to; i++) {
          byte[] bytes = keys.get(i);
          NativeMemory.copyFromArray(bytes, 0, key.address(), bytes.length);
          loader.key(key.address(), bytes.length);
          long[] tids = content.get(bytes).stream().mapToLong(Long::longValue).toArray();
          for (int from = 0; from < tids.length; ) {
            int count = 1 + random.nextInt(Math.min(2000, tids.length - from));
            loader.tids(Arrays.copyOfRange(tids, from, from + count), count);
            from += count;
          }
          loader.endKey();
        }
        counts.add(loader.finish());
      }
      UpperLevelLoader levels = new UpperLevelLoader(sink, fillFactor, upper.address(), account);
      int root = levels.load(lists);
      counts.add(levels.counts());
      return root;
    }
  }
}
