package io.djinn.api;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.pending.BuildJournal;
import io.djinn.page.PageSink;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The bulk-load contract: pages for a build in extents reserved for it, and one batch that makes
 * the finished indexes visible, all of them or none.
 *
 * <p>Rows may be written to an index from the beginning on; they are kept in order and applied when
 * the trees are loaded, see {@link BuildJournal}. Until {@link #complete} it can not be read; what
 * a build that ends otherwise reserved and kept is given back, by {@link #close} or by the next
 * opening. Methods are safe from several threads, a sink belongs to one; pages of all indexes may
 * go through one sink.
 *
 * <pre>
 *   begin     one batch: of each index an empty metapage, in the catalog as BUILDING: writes go to
 *             its journal
 *   load      pages nobody refers to, in reserved extents
 *   release   batches: what is left of the extents is given back
 *   attach    one batch: each metapage gets its loaded root, the indexes the extents
 *   apply     batches: prefixes of the journals are merged into the trees
 *   complete  one batch: all are READY; what is left of a journal is the pending list. An index that
 *             is replaced is dropped by the same batch
 * </pre>
 *
 * <p>Where nothing was written meanwhile attaching completes.
 */
public final class GinBuild implements AutoCloseable {
  /**
   * What was loaded of an index.
   *
   * @param rootPageNo root page of the entry tree, written through a sink
   * @param counts of the tree
   */
  public record Tree(int rootPageNo, GinCounts counts) {}

  private final Djinn db;
  private final List<BuiltIndex> indexes;
  private final List<ExtentSink> sinks = new ArrayList<>();
  private ExtentKeeper keeper;
  private final AtomicLong logBytes = new AtomicLong();
  private long id;

  /** Whether the batch under way tells the catalog that the indexes are there. */
  private boolean isMakingReady;

  private volatile boolean isReady;
  private volatile boolean isCancelled;
  private boolean isEnded;
  private volatile BuildObserver observer = BuildObserver.NONE;
  private volatile BuildLogging logging = BuildLogging.MINIMAL;

  /**
   * @param indexes to be made, one at least
   */
  GinBuild(Djinn db, List<BuiltIndex> indexes) {
    this.db = db;
    this.indexes = List.copyOf(indexes);
  }

  void begin() {
    commit(
        new BatchCommitter.Work() {
          @Override
          public void apply(OpenBatch batch) {
            batch.operation(() -> id = db.store().space().nextBuild(batch));
            for (BuiltIndex index : indexes) {
              batch.operation(() -> index.enter(batch, id));
            }
          }

          @Override
          public void appended(long number) {
            indexes.forEach(BuiltIndex::entered);
          }
        },
        db.options().durability().mode(),
        db.options().durability().nanos());
  }

  /** Commits a batch of the build and counts what it added to the log. */
  private long commit(BatchCommitter.Work work, SyncMode mode, long nanos) {
    long[] before = new long[1];
    long number =
        db.store()
            .commit(
                new BatchCommitter.Work() {
                  @Override
                  public void apply(OpenBatch batch) {
                    before[0] = db.store().logBytes();
                    work.apply(batch);
                  }

                  @Override
                  public void appended(long batch) {
                    work.appended(batch);
                  }
                },
                mode,
                nanos);
    long bytes = db.store().logBytes() - before[0];
    logBytes.addAndGet(bytes);
    observer.logged(bytes);
    return number;
  }

  /**
   * Bytes the build's batches added to the log so far; a batch somebody else appends while one of
   * the build is being published may be counted with it.
   */
  public long logBytes() {
    return logBytes.get();
  }

  /**
   * Lets somebody hear what the calls of this build and its sinks cost from now on, and what was
   * logged so far.
   */
  public void observe(BuildObserver newObserver) {
    newObserver.logged(logBytes());
    observer = newObserver;
  }

  BuildObserver observer() {
    return observer;
  }

  /**
   * The indexes: what is written to one from now on is not lost, whether the rows are given or not.
   */
  public List<GinIndex> indexes() {
    return indexes.stream().map(BuiltIndex::index).toList();
  }

  /** What of the pages of sinks made from now on goes into the log; at first as little as may. */
  public void logging(BuildLogging newLogging) {
    logging = Objects.requireNonNull(newLogging);
  }

  /** Throws where the store takes no writes any more. */
  void requireWritable() {
    db.store().seal().check();
  }

  /** Puts images of pages into the log, and counts them. */
  void log(int firstPageNo, long address, int pages, BuildObserver heard) {
    heard.beginWait(BuildWait.LOG);
    long bytes;
    try {
      bytes = db.store().appendImages(firstPageNo, address, pages);
    } finally {
      heard.endWait(BuildWait.LOG);
    }
    logBytes.addAndGet(bytes);
    heard.logged(bytes);
  }

  /** What each index is over. */
  public List<GinSpec> specs() {
    return indexes.stream().map(BuiltIndex::spec).toList();
  }

  /** Number of the build: names its temporary files. */
  public long id() {
    return id;
  }

  public int pageSizeBytes() {
    return db.store().pageSizeBytes();
  }

  /** The longest composite key: column, category and key, bytes. */
  public int maxKeyBytes() {
    return EntryKeys.maxKeyBytes(pageSizeBytes());
  }

  /** The most bytes of a payload of a TID. */
  public int maxPayloadBytes() {
    return EntryKeys.maxPayloadBytes(pageSizeBytes());
  }

  /**
   * A sink of its own for one loading thread, which must be an engine-owned one: it writes to the
   * page file.
   *
   * @param bufferAddress memory of {@link #sinkBytes} bytes, the sink's own while it is used
   */
  public synchronized PageSink sink(long bufferAddress) {
    if (keeper == null) {
      ExtentKeeper started = new ExtentKeeper(this, db.store().pageFile());
      started.start(db.env());
      keeper = started;
    }
    ExtentSink sink = new ExtentSink(this, db.store(), bufferAddress, logging);
    sinks.add(sink);
    return sink;
  }

  void askForExtent(ExtentSink sink) {
    keeper.ask(sink);
  }

  void awaitExtent(ExtentSink sink) {
    keeper.await(sink);
  }

  /** Has pages synced beside the threads that load; nothing where the end of the build will. */
  void syncSoon() {
    ExtentKeeper present = keeper;
    if (present != null) {
      present.sync();
    }
  }

  private void endKeeper() {
    ExtentKeeper ended;
    synchronized (this) {
      ended = keeper;
      keeper = null;
    }
    if (ended != null) {
      ended.close();
    }
  }

  /** Memory a sink gathers pages in before it writes them. */
  public static int sinkBytes(int pageSizeBytes) {
    return ExtentSink.bufferPages(pageSizeBytes) * pageSizeBytes;
  }

  /**
   * Reserves pages; what is reused has no version left that anybody could see, and its reservation
   * is durable: a power cut must not leave half of an unlogged write in a page that counts as free
   * since before the build, and so as whole.
   */
  List<Space.PageRange> reserve(int pages, BuildObserver heard) {
    List<Space.PageRange> ranges = new ArrayList<>();
    heard.during(BuildWait.RESERVE, () -> reserve(pages, ranges));
    heard.during(
        BuildWait.GROW,
        () -> {
          long end = 0;
          for (Space.PageRange range : ranges) {
            end = Math.max(end, (long) range.firstPageNo() + range.pages());
          }
          db.store().growTo(end);
          db.store()
              .onPageThread(
                  () -> {
                    for (Space.PageRange range : ranges) {
                      for (int i = 0; i < range.pages(); i++) {
                        db.store().versions().forget(range.firstPageNo() + i);
                      }
                    }
                  });
        });
    return ranges;
  }

  private void reserve(int pages, List<Space.PageRange> ranges) {
    long freedThrough = db.store().freedThrough();
    long[] pageCount = new long[1];
    long number =
        commit(
            batch ->
                batch.operation(
                    pages,
                    () -> {
                      ranges.clear();
                      pageCount[0] = SpacePage.Field.PAGE_COUNT.get(batch.page(SpacePage.PAGE_NO));
                      ranges.addAll(db.store().space().reserve(batch, id(), pages, freedThrough));
                    }),
            SyncMode.NONE,
            0);
    if (ranges.stream().anyMatch(range -> range.firstPageNo() < pageCount[0])) {
      db.store().awaitDurable(number);
    }
  }

  /**
   * Puts the loaded trees in their places, applies what was written meanwhile, and makes the
   * indexes visible and durable.
   *
   * @param trees one an index, in their order
   * @throws CancellationException where {@link #cancel} was called before they were visible
   */
  public void complete(List<Tree> trees) {
    if (trees.size() != indexes.size()) {
      throw new IllegalArgumentException(
          trees.size() + " trees for " + indexes.size() + " indexes");
    }
    synchronized (this) {
      requireRunning();
      isEnded = true;
    }
    try {
      endKeeper();
      long logged = logBytes.get();
      observer.during(BuildWait.SYNC, this::writeRest);
      observer.logged(logBytes.get() - logged);
      observer.during(BuildWait.COMMIT, () -> makeVisible(trees));
      db.freeDropped();
      indexes.forEach(index -> index.tryDrain(() -> isCancelled));
    } finally {
      try {
        if (!isReady) {
          abort();
        }
      } finally {
        db.buildEnded();
      }
    }
  }

  /** Writes what sinks have gathered, and makes all their pages durable. */
  private void writeRest() {
    db.env()
        .call(
            "djinn-build-end",
            () -> {
              for (ExtentSink sink : sinks) {
                // The caller waits for this thread, and hears what it logged.
                sink.flush(BuildObserver.NONE);
              }
              db.store().pageFile().sync();
              return null;
            });
  }

  private void makeVisible(List<Tree> trees) {
    checkCancelled();
    releaseUnused();
    commitVisible(batch -> attach(batch, trees));
    while (!isReady) {
      checkCancelled();
      boolean isLittleLeft = true;
      for (BuiltIndex index : indexes) {
        isLittleLeft &= index.isLittleLeft();
      }
      if (isLittleLeft) {
        finish();
      } else {
        applyPrefixes();
      }
    }
  }

  /**
   * Ends {@link #complete} soon, with an exception where the indexes are not visible yet; where
   * they are, they keep their pending lists. Any thread may call it.
   */
  public void cancel() {
    isCancelled = true;
  }

  private void checkCancelled() {
    observer.goesOn();
    if (isCancelled) {
      throw new CancellationException("cancelled");
    }
  }

  /** Commits what may make the indexes visible: they are, where the catalog was told so. */
  private void commitVisible(Consumer<OpenBatch> change) {
    commit(
        new BatchCommitter.Work() {
          @Override
          public void apply(OpenBatch batch) {
            isMakingReady = false;
            change.accept(batch);
          }

          @Override
          public void appended(long number) {
            if (isMakingReady) {
              indexes.forEach(index -> index.madeVisible(number));
              isReady = true;
            }
          }
        },
        SyncMode.SYNC,
        0);
  }

  /**
   * Gives back what the sinks did not use, a bounded number of changed pages a batch. From then on
   * the index keeps all that is reserved for this build; until it is attached a crash gives back
   * that as well.
   */
  private void releaseUnused() {
    List<Space.PageRange> used = new ArrayList<>();
    sinks.forEach(sink -> used.addAll(sink.used()));
    UsedExtents kept = new UsedExtents(id(), used);
    int[] listPage = {db.store().inNewest(Space::firstReserved)};
    while (listPage[0] != 0) {
      int first = listPage[0];
      commit(
          batch -> {
            listPage[0] = first;
            while (listPage[0] != 0 && batch.touchedPages() < batch.frameLimit() / 2) {
              batch.operation(
                  () -> listPage[0] = db.store().space().releaseUnused(batch, listPage[0], kept));
            }
          },
          SyncMode.NONE,
          0);
    }
  }

  private void attach(OpenBatch batch, List<Tree> trees) {
    for (int i = 0; i < trees.size(); i++) {
      BuiltIndex index = indexes.get(i);
      Tree tree = trees.get(i);
      batch.operation(() -> index.attach(batch, tree));
    }
    int[] listPage = new int[1];
    batch.operation(() -> listPage[0] = Space.firstReserved(batch));
    while (listPage[0] != 0) {
      batch.operation(
          () -> listPage[0] = db.store().space().keepReserved(batch, listPage[0], id()));
    }
    boolean[] isAny = new boolean[1];
    batch.operation(() -> isAny[0] = indexes.stream().anyMatch(index -> index.hasJournal(batch)));
    if (!isAny[0]) {
      makeReady(batch);
    }
  }

  /** Tells the catalog of all indexes. */
  private void makeReady(OpenBatch batch) {
    for (BuiltIndex index : indexes) {
      batch.operation(() -> index.makeReady(batch));
    }
    isMakingReady = true;
  }

  /**
   * Makes the indexes visible, where no more than its list takes has been written to any by then.
   */
  private void finish() {
    for (BuiltIndex index : indexes) {
      read(
          reader -> {
            index.loadRest(reader);
            return null;
          });
    }
    commitVisible(
        batch -> {
          boolean fits = true;
          for (BuiltIndex index : indexes) {
            fits &= index.fitsList(batch);
          }
          if (fits) {
            makeReady(batch);
          }
        });
  }

  /**
   * Merges a prefix of every journal, of all at one time: a batch pays for what it appends to an
   * index by merging of that index's prefix, so that none grows while another one shrinks.
   */
  private void applyPrefixes() {
    Map<BuiltIndex, Integer> ends = new LinkedHashMap<>();
    for (BuiltIndex index : indexes) {
      int last = read(index::endOfPrefix);
      if (last != 0) {
        ends.put(index, last);
      }
    }
    if (ends.isEmpty()) {
      return;
    }
    db.store()
        .commit(
            batch -> ends.forEach((index, last) -> index.freezePrefix(batch, last)),
            SyncMode.NONE,
            0);
    for (BuiltIndex index : ends.keySet()) {
      read(
          reader -> {
            index.loadPrefix(reader);
            return null;
          });
    }
    boolean goOn = true;
    while (goOn) {
      goOn = false;
      for (BuiltIndex index : ends.keySet()) {
        if (index.hasPrefix()) {
          checkCancelled();
          index.mergePrefix();
          goOn = true;
        }
      }
    }
    // The last slice may be somebody else's, which nobody has waited to see: what is read before
    // that would begin at pages that are free by now.
    db.store().commit(batch -> {}, SyncMode.NONE, 0);
    ends.keySet().forEach(BuiltIndex::prefixDone);
  }

  /** Reads a snapshot, in steps; a newer one where that expires. */
  private <T> T read(Function<SnapshotReader, T> work) {
    while (true) {
      try (Snapshot snapshot = db.snapshot();
          SnapshotReader reader = snapshot.reader()) {
        return work.apply(reader);
      } catch (SnapshotExpiredException e) {
        checkCancelled();
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        db.store().seal(e);
        throw e;
      }
    }
  }

  private void requireRunning() {
    if (isEnded) {
      throw new IllegalStateException("build " + id + " has ended");
    }
  }

  private void abort() {
    try {
      if (db.store().seal().isSealed() || db.store().seal().isClosed()) {
        return;
      }
      db.store()
          .commit(
              new BatchCommitter.Work() {
                @Override
                public void apply(OpenBatch batch) {
                  for (BuiltIndex index : indexes) {
                    batch.operation(() -> index.remove(batch));
                  }
                }

                @Override
                public void appended(long number) {
                  indexes.forEach(BuiltIndex::forget);
                }
              },
              db.options().durability().mode(),
              db.options().durability().nanos());
      db.releaseBuild();
      db.freeDropped();
    } finally {
      indexes.forEach(BuiltIndex::forget);
    }
  }

  /**
   * Ends a build that was not completed: nothing of it is left. That takes a small batch, for which
   * a full disk may have no space. Then this throws, the index goes on being listed as one that is
   * building, and its name and pages are given back by the next build that begins, of whatever
   * name, or by the next opening; the name alone also by {@link Djinn#createGin}.
   *
   * @throws io.djinn.error.NoSpaceException where there was no space for it
   */
  @Override
  public void close() {
    synchronized (this) {
      if (isEnded) {
        return;
      }
      isEnded = true;
    }
    try {
      endKeeper();
      abort();
    } finally {
      db.buildEnded();
    }
  }
}
