package io.djinn.build.load;

import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.load.EntryLeafLoader;
import io.djinn.gin.load.SeparatorList;
import io.djinn.gin.load.UpperLevelLoader;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.page.PageSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads the ranges of a build into the pages of a store, and the levels above them when all are
 * done.
 *
 * <p>Sinks go from range to range, so that a build reserves as many extents as threads load at one
 * time and not as many as there are ranges.
 */
public final class IndexLoaders implements RangeLoaderFactory {
  /** Share of the budget set aside a loading thread for the separators of its leaves. */
  private static final int SEPARATOR_SHARE = 64;

  private record Sink(PageSink pages, MemoryRegion buffer) {}

  private final GinBuild build;
  private final long budgetBytes;
  private final ArrayDeque<Sink> idleSinks = new ArrayDeque<>();
  private final List<Sink> sinks = new ArrayList<>();
  private final List<SeparatorList> separators = new ArrayList<>();
  private final GinCounts counts = new GinCounts();
  private GinIndex index;

  /**
   * @param build the store's side of the build
   * @param budgetBytes of the whole build
   */
  public IndexLoaders(GinBuild build, long budgetBytes) {
    this.build = build;
    this.budgetBytes = budgetBytes;
  }

  @Override
  public long workBytes() {
    int pageSize = build.pageSizeBytes();
    return EntryLeafLoader.workBytes(pageSize)
        + (long) GinBuild.sinkBytes(pageSize)
        + UpperLevelLoader.workBytes(pageSize)
        + budgetBytes / SEPARATOR_SHARE;
  }

  @Override
  public RangeLoader open(int range, MemoryAccount account) {
    Sink sink = takeSink(account);
    try {
      return new LeafRange(range, sink, account);
    } catch (Throwable t) {
      giveSink(sink);
      throw t;
    }
  }

  private synchronized Sink takeSink(MemoryAccount account) {
    Sink idle = idleSinks.poll();
    if (idle != null) {
      return idle;
    }
    MemoryRegion buffer = MemoryRegion.allocate(account, GinBuild.sinkBytes(build.pageSizeBytes()));
    Sink made = new Sink(build.sink(buffer.address()), buffer);
    sinks.add(made);
    return made;
  }

  private synchronized void giveSink(Sink sink) {
    idleSinks.push(sink);
  }

  private synchronized SeparatorList list(int range, MemoryAccount account) {
    while (separators.size() <= range) {
      separators.add(new SeparatorList(account, build.pageSizeBytes()));
    }
    return separators.get(range);
  }

  private synchronized void add(GinCounts more) {
    counts.add(more);
  }

  /** The leaves of one range. */
  private final class LeafRange implements RangeLoader {
    private final Sink sink;
    private final MemoryRegion work;
    private final EntryLeafLoader loader;
    private long pages;

    LeafRange(int range, Sink sink, MemoryAccount account) {
      this.sink = sink;
      work = MemoryRegion.allocate(account, EntryLeafLoader.workBytes(build.pageSizeBytes()));
      loader =
          new EntryLeafLoader(
              sink.pages(), build.spec().fillFactor(), work.address(), list(range, account));
    }

    @Override
    public void key(long address, int length) {
      loader.key(address, length);
    }

    @Override
    public void tids(long[] tids, int count) {
      loader.tids(tids, count);
    }

    @Override
    public void tids(long[] tids, int count, ByteStrings payloads) {
      loader.tids(tids, count, payloads);
    }

    @Override
    public void endKey() {
      loader.endKey();
    }

    @Override
    public void finish() {
      GinCounts loaded = loader.finish();
      pages = loaded.pages();
      add(loaded);
    }

    @Override
    public long pages() {
      return pages;
    }

    @Override
    public void close() {
      work.close();
      giveSink(sink);
    }
  }

  @Override
  public void complete(int ranges, MemoryAccount account) {
    int pageSize = build.pageSizeBytes();
    Sink sink = takeSink(account);
    int root;
    try (MemoryRegion work = MemoryRegion.allocate(account, UpperLevelLoader.workBytes(pageSize))) {
      UpperLevelLoader upper =
          new UpperLevelLoader(sink.pages(), build.spec().fillFactor(), work.address(), account);
      root = upper.load(separators);
      counts.add(upper.counts());
    } finally {
      giveSink(sink);
    }
    index = build.complete(root, counts);
  }

  /** The index the build made; null before it is complete. */
  public GinIndex index() {
    return index;
  }

  /** Pages of the index but its metapage. */
  public long pages() {
    return counts.pages();
  }

  /** Gives memory back, after the build's end. */
  @Override
  public void close() {
    for (SeparatorList list : separators) {
      list.close();
    }
    separators.clear();
    for (Sink sink : sinks) {
      sink.buffer().close();
    }
    sinks.clear();
    idleSinks.clear();
  }
}
