package io.djinn.api;

import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.load.EntryLeafLoader;
import io.djinn.gin.load.SeparatorList;
import io.djinn.gin.load.UpperLevelLoader;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageSink;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Builds an index of keys and TIDs that are there already, by one thread, from sorted keys. */
final class BulkLoad {
  private static final int FILL_FACTOR = 90;

  private BulkLoad() {}

  /**
   * Builds an index.
   *
   * @param content TIDs by composite key, in the order of keys
   */
  static GinIndex load(
      Djinn db, String name, GinSpec spec, TreeMap<byte[], TreeSet<Long>> content) {
    MemoryAccount account = new MemoryAccount("build", 64 << 20);
    int pageBytes = db.options().pageSizeBytes();
    try (GinBuild build = db.beginBuild(name, spec);
        SeparatorList leaves = new SeparatorList(account, pageBytes);
        MemoryRegion buffer = MemoryRegion.allocate(account, GinBuild.sinkBytes(pageBytes));
        MemoryRegion work =
            MemoryRegion.allocate(
                account,
                Math.max(
                    EntryLeafLoader.workBytes(pageBytes), UpperLevelLoader.workBytes(pageBytes)));
        MemoryRegion key = MemoryRegion.allocate(account, pageBytes)) {
      PageSink sink = build.sink(buffer.address());
      EntryLeafLoader loader = new EntryLeafLoader(sink, FILL_FACTOR, work.address(), leaves);
      content.forEach(
          (bytes, tids) -> {
            NativeMemory.copyFromArray(bytes, 0, key.address(), bytes.length);
            loader.key(key.address(), bytes.length);
            loader.tids(tids.stream().mapToLong(Long::longValue).toArray(), tids.size());
            loader.endKey();
          });
      GinCounts counts = new GinCounts();
      counts.add(loader.finish());
      UpperLevelLoader upper = new UpperLevelLoader(sink, FILL_FACTOR, work.address(), account);
      int root = upper.load(List.of(leaves));
      counts.add(upper.counts());
      build.complete(List.of(new GinBuild.Tree(root, counts)));
      return build.indexes().get(0);
    }
  }
}
