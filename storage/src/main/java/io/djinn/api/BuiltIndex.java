package io.djinn.api;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.GinWriter;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.BuildJournal;
import io.djinn.gin.pending.PendingList;
import io.djinn.page.PageReader;
import io.djinn.space.Catalog;
import io.djinn.space.CatalogEntry;
import java.util.function.BooleanSupplier;

/**
 * One of the indexes a {@link GinBuild} makes: its entry in the catalog, its journal, and what it
 * becomes; the build decides when. Its changes are parts of batches of the build.
 */
final class BuiltIndex {
  private static final int DRAINED_OPERATIONS = 512;

  private final Djinn db;
  private final String name;
  private final GinSpec spec;
  private final GinIndex replaced;

  /** The most bytes of its journal that are merged at a time. */
  private final long mostPrefixBytes;

  private CatalogEntry entry;
  private CatalogEntry replacedEntry;
  private GinIndex index;
  private BuildJournal journal;
  private GinBuild.Tree tree;

  /** The most bytes that are left for the pending list. */
  private long limit;

  private long bytesBefore = Long.MAX_VALUE;
  private PendingList prefix;
  private CatalogEntry ready;
  private PendingList list;

  /**
   * @param replaced the index that is built anew, or null
   * @param together how many the build makes: they share what journals may take of memory
   */
  BuiltIndex(Djinn db, GinRequest request, GinIndex replaced, int together) {
    this.db = db;
    this.replaced = replaced;
    name = request.name();
    spec = request.spec();
    mostPrefixBytes =
        Math.min(spec.pendingListLimit(), db.options().frameMemoryBytes() / 4 / together);
    limit = listLimit();
  }

  GinIndex index() {
    return index;
  }

  GinSpec spec() {
    return spec;
  }

  /** Puts it into the catalog, inside an operation of the batch that begins the build. */
  void enter(OpenBatch batch, long build) {
    if (replaced == null) {
      Djinn.requireFree(batch, name);
    } else {
      replaced.requireLive();
      if (replaced.isVacuumed()) {
        throw new IllegalStateException(
            "index \"" + name + "\" is being vacuumed: build it anew when that has ended");
      }
      replacedEntry = Catalog.find(batch, replaced.entry().id());
    }
    int meta = GinMetaPage.create(batch);
    entry = db.entry(batch, name, spec, CatalogEntry.State.BUILDING, meta, build);
    db.catalog().add(batch, entry);
    journal = new BuildJournal(meta);
    index = replaced == null ? new GinIndex(db, entry, journal) : replaced;
  }

  /** That batch is appended: writes go to the journal from now on. */
  void entered() {
    if (replaced == null) {
      db.building(index);
    } else {
      replaced.rebuilding(journal);
    }
  }

  /** Takes the loaded tree, inside an operation. */
  void attach(OpenBatch batch, GinBuild.Tree loaded) {
    tree = loaded;
    int empty = new GinMetaPage().read(batch, entry.metaPage()).root();
    GinMetaPage.adopt(batch, entry.metaPage(), tree.rootPageNo(), tree.counts());
    batch.free(empty);
  }

  /** Whether something was written that is not in the tree. */
  boolean hasJournal(PageReader pages) {
    return new GinMetaPage().read(pages, entry.metaPage()).pendingHead() != 0;
  }

  /** The most bytes that should be left for the pending list. */
  private long listLimit() {
    return spec.fastUpdate() ? spec.pendingListLimit() : GinSpec.MIN_PENDING_LIST_LIMIT;
  }

  /** Whether so little of the journal is left that its end is near. */
  boolean isLittleLeft() {
    long bytes =
        db.store()
            .inNewest(reader -> new GinMetaPage().read(reader, entry.metaPage()).pendingBytes());
    boolean keepsPace = bytes > bytesBefore - bytesBefore / 4;
    if (keepsPace && bytes > limit / 2) {
      // As much is written as is merged: the list has to take more of it.
      limit = Math.max(limit, Math.min(2 * limit, mostPrefixBytes));
    }
    bytesBefore = bytes;
    return bytes <= (keepsPace ? limit : limit / 2);
  }

  /** The last page of the prefix that is to be merged next, 0 where there is none. */
  int endOfPrefix(SnapshotReader reader) {
    return journal.endOfPrefix(reader, mostPrefixBytes);
  }

  void freezePrefix(OpenBatch batch, int lastPageNo) {
    GinWriter writer = db.writer();
    writer.begin(journal.metaPageNo());
    journal.freeze(batch, writer, lastPageNo);
    writer.end(batch);
  }

  void loadPrefix(SnapshotReader reader) {
    prefix = journal.loadPrefix(reader, listLimit(), db.env().nanoTime());
  }

  /** Whether something is left of the prefix. */
  boolean hasPrefix() {
    return prefix != null && prefix.hasWork();
  }

  /** Merges a slice of the prefix, as a batch of its own. */
  void mergePrefix() {
    db.merger().sliceOfJournal(prefix);
  }

  void prefixDone() {
    prefix = null;
    journal.prefixDone();
  }

  /** Reads what is left of the journal, so that little is left for the writer's slot. */
  void loadRest(SnapshotReader reader) {
    journal.loadRest(reader);
  }

  /** Reads what was written since; whether the list takes all there is. */
  boolean fitsList(OpenBatch batch) {
    return journal.loadRest(batch) <= limit;
  }

  /** Tells the catalog that it is there, inside an operation. */
  void makeReady(OpenBatch batch) {
    CatalogEntry present = Catalog.find(batch, entry.id());
    ready = present.with(CatalogEntry.State.READY, present.metaPage());
    if (replaced != null) {
      CatalogEntry old = Catalog.find(batch, replacedEntry.id());
      if (!old.equals(replacedEntry)) {
        // Rows of the source were inserted meanwhile.
        GinSpec bound = GinSpec.of(old, db.options().operatorClasses());
        GinSpec kept =
            spec.withSource(bound.source(), bound.slotBits())
                .withRows(bound.lastRow(), bound.absentRows());
        ready = ready.with(kept.optionsText(), kept.sourceText());
      }
      db.catalog().remove(batch, old);
      db.store().space().drop(batch, old.metaPage());
    }
    db.catalog().replace(batch, ready);
  }

  /** It is visible from a batch on, which is appended now. */
  void madeVisible(long number) {
    if (journal.hasRest()) {
      list = journal.rest(limit, db.env().nanoTime(), number);
    } else if (spec.fastUpdate()) {
      list = new PendingList(ready.metaPage(), tree.rootPageNo(), listLimit());
    }
    db.built(ready.id(), replaced == null ? 0 : replacedEntry.id(), list);
    index.built(number, ready, tree.rootPageNo(), list);
  }

  /**
   * Empties the list of an index that is to have none, unless that is not wanted any more; it can
   * be read meanwhile. The index is there, durably, whether its list can be emptied or not: else it
   * keeps the list. So whatever goes wrong from here on is no failure of the build.
   */
  void tryDrain(BooleanSupplier isUnwanted) {
    if (list == null || spec.fastUpdate()) {
      return;
    }
    try {
      drain(isUnwanted);
    } catch (RuntimeException | OutOfMemoryError e) {
      // Merging goes on in the background; of a store that is sealed the next call tells the cause.
    }
  }

  private void drain(BooleanSupplier isUnwanted) {
    boolean[] isDrained = new boolean[1];
    while (!isDrained[0] && !isUnwanted.getAsBoolean() && !index.isDropped()) {
      db.merger().flush(index, list);
      db.store()
          .commit(
              new BatchCommitter.Work() {
                @Override
                public void apply(OpenBatch batch) {
                  isDrained[0] = !index.isDropped() && drain(batch);
                }

                @Override
                public void appended(long number) {
                  list.appended(number, db.merger()::oldestActive);
                  if (isDrained[0]) {
                    index.unlisted(number);
                    db.unlisted(ready.id());
                  }
                }
              },
              SyncMode.NONE,
              0);
    }
  }

  private boolean drain(OpenBatch batch) {
    GinWriter writer = db.writer();
    writer.begin(list.metaPageNo());
    while (!list.isDone(batch) && batch.touchedPages() < batch.frameLimit() / 4) {
      list.merge(batch, writer, DRAINED_OPERATIONS);
    }
    writer.end(batch);
    return list.isDone(batch);
  }

  /** Removes what the catalog says of it, inside an operation of the batch that ends the build. */
  void remove(OpenBatch batch) {
    db.forgetBuild(batch, Catalog.find(batch, entry.id()));
  }

  /** Nothing can be written to what is not there any more. */
  void forget() {
    if (replaced == null) {
      db.notBuilt(index);
    } else {
      replaced.keepsAsItWas();
    }
  }
}
