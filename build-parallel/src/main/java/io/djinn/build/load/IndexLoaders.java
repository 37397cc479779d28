package io.djinn.build.load;

import io.djinn.api.GinBuild;
import io.djinn.api.GinSpec;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.load.EntryLeafLoader;
import io.djinn.gin.load.PostingPartLoader;
import io.djinn.gin.load.SeparatorList;
import io.djinn.gin.load.SplitListLoader;
import io.djinn.gin.load.UpperLevelLoader;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Loads the ranges of a build into the pages of a store, and the levels above them when all are
 * done.
 *
 * <p>The columns of all indexes of the build are numbered through, an index's one behind the other:
 * the number before a key says which index it goes to, and the column's number there is written in
 * its place. A range may hold keys of several indexes; it has leaves of its own in each.
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

  /** The index that each column is of. */
  private final List<LoadedIndex> byColumn = new ArrayList<>();

  private final List<LoadedIndex> indexes = new ArrayList<>();

  /** The keys whose lists are loaded in parts, by the number of the range. */
  private final Map<Integer, SplitList> splits = new HashMap<>();

  /** Pages that loaders of ranges and of parts wrote. */
  private long loadedPages;

  /** What is loaded of an index. */
  private static final class LoadedIndex {
    private final int firstColumn;
    private final int fillFactor;

    /** The leaves of each range that has any, by its number. */
    private final Map<Integer, SeparatorList> leaves = new HashMap<>();

    private final GinCounts counts = new GinCounts();

    LoadedIndex(int firstColumn, int fillFactor) {
      this.firstColumn = firstColumn;
      this.fillFactor = fillFactor;
    }
  }

  /**
   * @param build the store's side of the build
   * @param budgetBytes of the whole build
   */
  public IndexLoaders(GinBuild build, long budgetBytes) {
    this.build = build;
    this.budgetBytes = budgetBytes;
    for (GinSpec spec : build.specs()) {
      LoadedIndex index = new LoadedIndex(byColumn.size(), spec.fillFactor());
      indexes.add(index);
      spec.columns().forEach(column -> byColumn.add(index));
    }
  }

  @Override
  public long workBytes() {
    return leastWorkBytes() + budgetBytes / SEPARATOR_SHARE;
  }

  @Override
  public long leastWorkBytes() {
    int pageSize = build.pageSizeBytes();
    return EntryLeafLoader.workBytes(pageSize)
        + (long) GinBuild.sinkBytes(pageSize)
        + UpperLevelLoader.workBytes(pageSize)
        + (indexes.size() - 1L) * SeparatorList.leastBytes();
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

  @Override
  public RangeLoader openPart(int range, int part, MemoryAccount account) {
    Sink sink = takeSink(account);
    try {
      return new ListPart(range, part, sink, account);
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
    try {
      Sink made = new Sink(build.sink(buffer.address()), buffer);
      sinks.add(made);
      return made;
    } catch (Throwable t) {
      buffer.close();
      throw t;
    }
  }

  private synchronized void giveSink(Sink sink) {
    idleSinks.push(sink);
  }

  private synchronized SeparatorList list(LoadedIndex index, int range, MemoryAccount account) {
    return index.leaves.computeIfAbsent(range, number -> newList(account));
  }

  private SeparatorList newList(MemoryAccount account) {
    return new SeparatorList(account, build.pageSizeBytes());
  }

  private synchronized SeparatorList part(int range, int part, MemoryAccount account) {
    SplitList split = splits.computeIfAbsent(range, number -> new SplitList());
    return split.parts.computeIfAbsent(part, number -> newList(account));
  }

  private synchronized void add(int range, LoadedIndex index, byte[] key, long tids) {
    SplitList split = splits.get(range);
    split.index = index;
    split.key = key;
    split.tids += tids;
  }

  private synchronized void add(LoadedIndex index, GinCounts more) {
    index.counts.add(more);
    loadedPages += more.pages();
  }

  private synchronized void addLeaves(long pages) {
    loadedPages += pages;
  }

  /** The leaves of one range. */
  private final class LeafRange implements RangeLoader {
    private final int range;
    private final Sink sink;
    private final MemoryAccount account;
    private final MemoryRegion work;

    /** That of the present key, null before the first one. */
    private LoadedIndex index;

    private EntryLeafLoader loader;
    private long pages;

    LeafRange(int range, Sink sink, MemoryAccount account) {
      this.range = range;
      this.sink = sink;
      this.account = account;
      work = MemoryRegion.allocate(account, EntryLeafLoader.workBytes(build.pageSizeBytes()));
    }

    @Override
    public void key(long address, int length) {
      int column = NativeMemory.getUnsignedByte(address);
      LoadedIndex of = byColumn.get(column);
      if (of != index) {
        finishIndex();
        index = of;
        loader =
            new EntryLeafLoader(
                sink.pages(), of.fillFactor, work.address(), list(of, range, account));
      }
      loader.key(address, length, column - of.firstColumn);
    }

    private void finishIndex() {
      if (index != null) {
        GinCounts loaded = loader.finish();
        pages += loaded.pages();
        add(index, loaded);
      }
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
      finishIndex();
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

  /** What is loaded of a key whose list is loaded in parts. */
  private static final class SplitList {
    private final SortedMap<Integer, SeparatorList> parts = new TreeMap<>();
    private LoadedIndex index;
    private byte[] key;
    private long tids;
  }

  /** The leaves of a part of a list. */
  private final class ListPart implements RangeLoader {
    private final int range;
    private final Sink sink;
    private final MemoryRegion work;
    private final SeparatorList leaves;
    private final PostingPartLoader loader;
    private LoadedIndex index;
    private byte[] key;

    ListPart(int range, int part, Sink sink, MemoryAccount account) {
      this.range = range;
      this.sink = sink;
      // First: the list belongs to the key, and is closed with it where nothing more is got.
      leaves = part(range, part, account);
      work = MemoryRegion.allocate(account, PostingPartLoader.workBytes(build.pageSizeBytes()));
      loader = new PostingPartLoader(sink.pages(), work.address(), leaves);
    }

    @Override
    public void key(long address, int length) {
      key = new byte[length];
      NativeMemory.copyToArray(address, key, 0, length);
      int column = key[0] & 0xFF;
      index = byColumn.get(column);
      key[0] = (byte) (column - index.firstColumn);
    }

    @Override
    public void tids(long[] tids, int count) {
      loader.tids(tids, count, null);
    }

    @Override
    public void tids(long[] tids, int count, ByteStrings payloads) {
      loader.tids(tids, count, payloads);
    }

    @Override
    public void endKey() {
      // The key's tree has no root before all parts are loaded.
    }

    @Override
    public void finish() {
      long tids = loader.finish();
      addLeaves(leaves.size());
      if (key != null) {
        add(range, index, key, tids);
      }
    }

    @Override
    public long pages() {
      return leaves.size();
    }

    @Override
    public void close() {
      work.close();
      giveSink(sink);
    }
  }

  @Override
  public void complete(int[] inKeyOrder, MemoryAccount account) {
    List<GinBuild.Tree> trees = new ArrayList<>();
    Sink sink = takeSink(account);
    try {
      for (int range : inKeyOrder) {
        if (splits.containsKey(range)) {
          join(range, sink.pages(), account);
        }
      }
      for (LoadedIndex index : indexes) {
        trees.add(tree(index, inKeyOrder, sink.pages(), account));
      }
    } finally {
      giveSink(sink);
    }
    build.complete(trees);
  }

  /** Builds what stands above the leaves of an index. */
  private GinBuild.Tree tree(
      LoadedIndex index, int[] inKeyOrder, PageSink sink, MemoryAccount account) {
    List<SeparatorList> leaves = new ArrayList<>();
    for (int range : inKeyOrder) {
      SeparatorList list = index.leaves.get(range);
      if (list != null) {
        leaves.add(list);
      }
    }
    try (MemoryRegion work =
        MemoryRegion.allocate(account, UpperLevelLoader.workBytes(build.pageSizeBytes()))) {
      UpperLevelLoader upper =
          new UpperLevelLoader(sink, index.fillFactor, work.address(), account);
      int root = upper.load(leaves);
      index.counts.add(upper.counts());
      return new GinBuild.Tree(root, index.counts);
    }
  }

  /** Makes one list of the parts of a key's list. */
  private void join(int range, PageSink sink, MemoryAccount account) {
    SplitList split = splits.get(range);
    LoadedIndex index = split.index;
    try (MemoryRegion work =
        MemoryRegion.allocate(account, SplitListLoader.workBytes(build.pageSizeBytes()))) {
      SplitListLoader loader = new SplitListLoader(sink, index.fillFactor, work.address());
      index.counts.add(
          loader.load(
              split.key,
              List.copyOf(split.parts.values()),
              split.tids,
              list(index, range, account)));
    }
  }

  @Override
  public long upperPages() {
    return indexes.stream().mapToLong(index -> index.counts.pages()).sum() - loadedPages;
  }

  @Override
  public void stop() {
    build.cancel();
  }

  /** Gives memory back, after the build's end. */
  @Override
  public void close() {
    for (LoadedIndex index : indexes) {
      index.leaves.values().forEach(SeparatorList::close);
      index.leaves.clear();
    }
    splits.values().forEach(split -> split.parts.values().forEach(SeparatorList::close));
    splits.clear();
    for (Sink sink : sinks) {
      sink.buffer().close();
    }
    sinks.clear();
    idleSinks.clear();
  }
}
