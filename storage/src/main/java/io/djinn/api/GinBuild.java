package io.djinn.api;

import io.djinn.batch.SyncMode;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.GinCounts;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import io.djinn.space.CatalogEntry;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import java.util.ArrayList;
import java.util.List;

/**
 * The bulk-load contract: pages for a build in extents reserved for it, and one batch that makes
 * the finished index visible.
 *
 * <p>Until {@link #complete} the index is not there; what a build that ends otherwise reserved is
 * given back, by {@link #close} or by the next opening. Methods are safe from several threads, a
 * sink belongs to one.
 */
public final class GinBuild implements AutoCloseable {
  private final Djinn db;
  private final String name;
  private final GinSpec spec;
  private final List<ExtentSink> sinks = new ArrayList<>();
  private CatalogEntry entry;
  private boolean isEnded;

  GinBuild(Djinn db, String name, GinSpec spec) {
    this.db = db;
    this.name = name;
    this.spec = spec;
  }

  void begin() {
    db.store()
        .commit(
            batch ->
                batch.operation(
                    () -> {
                      Djinn.requireFree(batch, name);
                      long id = db.store().space().nextBuild(batch);
                      entry = db.entry(batch, name, spec, CatalogEntry.State.BUILDING, 0, id);
                      db.catalog().add(batch, entry);
                    }),
            db.options().durability().mode(),
            db.options().durability().nanos());
  }

  /** Number of the build: names its temporary files. */
  public long id() {
    return entry.build();
  }

  public String name() {
    return name;
  }

  public GinSpec spec() {
    return spec;
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
    ExtentSink sink = new ExtentSink(this, db.store(), bufferAddress);
    sinks.add(sink);
    return sink;
  }

  /** Memory a sink gathers pages in before it writes them. */
  public static int sinkBytes(int pageSizeBytes) {
    return ExtentSink.BUFFER_PAGES * pageSizeBytes;
  }

  /**
   * Reserves pages; what is reused has no version left that anybody could see, and its reservation
   * is durable: a power cut must not leave half of an unlogged write in a page that counts as free
   * since before the build, and so as whole.
   */
  List<Space.PageRange> reserve(int pages) {
    List<Space.PageRange> ranges = new ArrayList<>();
    long freedThrough = db.store().freedThrough();
    long[] pageCount = new long[1];
    long number =
        db.store()
            .commit(
                batch ->
                    batch.operation(
                        pages,
                        () -> {
                          ranges.clear();
                          pageCount[0] =
                              SpacePage.Field.PAGE_COUNT.get(batch.page(SpacePage.PAGE_NO));
                          ranges.addAll(
                              db.store().space().reserve(batch, id(), pages, freedThrough));
                        }),
                SyncMode.NONE,
                0);
    if (ranges.stream().anyMatch(range -> range.firstPageNo() < pageCount[0])) {
      db.store().awaitDurable(number);
    }
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
    return ranges;
  }

  /**
   * Makes the index visible and durable.
   *
   * @param root root page of the entry tree, written through a sink
   * @param counts what was loaded
   */
  public GinIndex complete(int root, GinCounts counts) {
    synchronized (this) {
      requireRunning();
      isEnded = true;
    }
    boolean isVisible = false;
    try {
      db.env()
          .call(
              "djinn-build-end",
              () -> {
                for (ExtentSink sink : sinks) {
                  sink.flush();
                }
                db.store().pageFile().sync();
                return null;
              });
      db.store()
          .commit(
              batch -> {
                boolean[] goOn = {true};
                batch.operation(
                    () -> {
                      int meta = batch.allocate(PageKind.GIN_META, 0);
                      GinMetaPage.format(batch.page(meta), root, counts);
                      db.catalog().replace(batch, entry.with(CatalogEntry.State.READY, meta));
                    });
                while (goOn[0]) {
                  batch.operation(
                      () ->
                          goOn[0] =
                              Space.hasReserved(batch)
                                  && db.store().space().releaseOne(batch, this::keptPages));
                }
              },
              SyncMode.SYNC,
              0);
      isVisible = true;
      return db.gin(name);
    } finally {
      if (!isVisible) {
        abort();
      }
      db.buildEnded();
    }
  }

  private int keptPages(long build, int firstPageNo, int pages) {
    int kept = 0;
    for (ExtentSink sink : sinks) {
      kept = Math.max(kept, sink.usedPages(firstPageNo, pages));
    }
    return kept;
  }

  private void requireRunning() {
    if (isEnded) {
      throw new IllegalStateException("the build of index \"" + name + "\" has ended");
    }
  }

  private void abort() {
    if (db.store().seal().isSealed() || db.store().seal().isClosed()) {
      return;
    }
    db.store()
        .commit(
            batch -> batch.operation(() -> db.catalog().remove(batch, entry)),
            db.options().durability().mode(),
            db.options().durability().nanos());
    db.releaseBuild();
  }

  /** Ends a build that was not completed: nothing of it is left. */
  @Override
  public void close() {
    synchronized (this) {
      if (isEnded) {
        return;
      }
      isEnded = true;
    }
    try {
      abort();
    } finally {
      db.buildEnded();
    }
  }
}
