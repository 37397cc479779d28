package io.djinn.api;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.error.UnknownOperatorClassException;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.file.TempDirectory;
import io.djinn.file.Vfs;
import io.djinn.gin.GinReferences;
import io.djinn.gin.GinWriter;
import io.djinn.gin.entry.EntryRecords;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.entry.GinMetaRecords;
import io.djinn.gin.pending.BuildJournal;
import io.djinn.gin.pending.PendingList;
import io.djinn.gin.pending.PendingRecords;
import io.djinn.gin.posting.PostingRecords;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.metrics.EventCount;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClasses;
import io.djinn.page.StepReader;
import io.djinn.recovery.LogInspection;
import io.djinn.recovery.PageStore;
import io.djinn.source.WorkFiles;
import io.djinn.space.Catalog;
import io.djinn.space.CatalogEntry;
import io.djinn.space.CatalogRecords;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import io.djinn.space.SpaceRecords;
import io.djinn.verify.Inspector;
import io.djinn.verify.Scrub;
import io.djinn.verify.StoreVerifier;
import io.djinn.wal.EditTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An open store: indexes in one directory, used by one process with any number of threads.
 *
 * <p>Every batch is atomic. What a crash leaves is a prefix of the commit order; with the default
 * durability it holds every batch whose commit returned. Close it when done; what was not closed is
 * recovered when it is opened next.
 */
public final class Djinn implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  private final PageStore store;
  private final DjinnOptions options;
  private final Catalog catalog;
  private final GinWriter writer;
  private final ConcurrentHashMap<String, GinIndex> indexes = new ConcurrentHashMap<>();

  /** By id of the index. */
  private final ConcurrentHashMap<Integer, PendingList> pendingLists = new ConcurrentHashMap<>();

  /** By id of the index, why its pending list could not be read. */
  private final ConcurrentHashMap<Integer, DjinnException> damagedLists = new ConcurrentHashMap<>();

  private final DroppedPages droppedPages;
  private final PendingMerger merger;
  private final OperationsPool operationsPool;
  private final Path directory;
  private final Scrub scrub;
  private volatile GinBuild build;
  private TempDirectory tempDirectory;

  private Djinn(PageStore store, DjinnOptions options, Path directory) {
    this.store = store;
    this.options = options;
    this.directory = directory;
    catalog = new Catalog(store.account());
    try {
      writer = new GinWriter(store.pageSizeBytes(), store.account());
    } catch (Throwable t) {
      catalog.close();
      throw t;
    }
    droppedPages = new DroppedPages(store);
    operationsPool = new OperationsPool(store.account(), options.frameMemoryBytes());
    merger = new PendingMerger(store, writer, pendingLists.values());
    scrub =
        options.scrubIntervalSeconds() == 0
            ? null
            : new Scrub(
                store.versions(),
                store.account(),
                store.env(),
                options.scrubIntervalSeconds() * 1_000_000_000L);
  }

  /**
   * Opens the store in a directory, making directory and store where there are none.
   *
   * @throws io.djinn.error.JvmFlagsException giving the JVM line, where the JVM lacks flags
   * @throws io.djinn.error.AlreadyOpenException where this or another process has it open
   * @throws io.djinn.error.FormatVersionException where it is no store, or one of another format
   * @throws io.djinn.error.CorruptLogException where the log is damaged; nothing was changed
   */
  public static Djinn open(Path directory, DjinnOptions options) {
    JvmFlags.check();
    options.toPageStoreOptions();
    try {
      OsVfs vfs = options.readOnly() ? new OsVfs(directory) : OsVfs.create(directory);
      return open(new OsEnv(vfs), options, directory);
    } catch (IOException e) {
      throw new DjinnException(directory + " can not be opened: " + e.getMessage(), e);
    }
  }

  /** Opens a store in another environment: files, time and threads of a test. */
  public static Djinn open(Env env, DjinnOptions options) {
    JvmFlags.check();
    return open(env, options, null);
  }

  private static Djinn open(Env env, DjinnOptions options, Path directory) {
    NativeMemory.requireLittleEndian();
    PageStore store;
    try {
      store =
          options.readOnly()
              ? PageStore.openReadOnly(env, options.toPageStoreOptions(), editTable())
              : PageStore.open(env, options.toPageStoreOptions(), editTable());
    } catch (UncheckedIOException e) {
      throw new DjinnException(
          env.vfs().describe() + " can not be opened: " + e.getCause().getMessage(), e.getCause());
    }
    Djinn db;
    try {
      db = new Djinn(store, options, directory);
    } catch (Throwable t) {
      store.close();
      throw t;
    }
    try {
      db.loadPendingLists();
      if (options.readOnly()) {
        return db;
      }
      db.forgetBuilds();
      db.takeTempDirectory();
      db.droppedPages.start();
      db.merger.start();
      if (db.scrub != null) {
        db.scrub.start();
      }
      return db;
    } catch (Throwable t) {
      db.close();
      throw t;
    }
  }

  /** The record table: every edit of every page kind. */
  public static EditTable editTable() {
    return new EditTable(
        new SpaceRecords(),
        new CatalogRecords(),
        new PostingRecords(),
        new EntryRecords(),
        new GinMetaRecords(),
        new PendingRecords());
  }

  /**
   * Builds the pending lists of all indexes in memory; one that is damaged makes its index
   * unusable.
   */
  private void loadPendingLists() {
    try (Snapshot snapshot = snapshot();
        SnapshotReader reader = snapshot.reader()) {
      for (CatalogEntry entry : inStep(snapshot, Catalog::entries)) {
        if (entry.state() == CatalogEntry.State.READY && entry.kind() == CatalogEntry.GIN) {
          try {
            loadPendingList(entry, snapshot, reader);
          } catch (CorruptPageException | FormatVersionException e) {
            damagedLists.put(entry.id(), e);
          }
        }
      }
    }
  }

  private void loadPendingList(CatalogEntry entry, Snapshot snapshot, SnapshotReader reader) {
    boolean isEmpty =
        inStep(
            snapshot, pages -> new GinMetaPage().read(pages, entry.metaPage()).pendingHead() == 0);
    if (!isEmpty) {
      long limit = GinSpec.pendingListLimitOf(entry.options());
      pendingLists.put(
          entry.id(), PendingList.load(reader, entry.metaPage(), limit, store.env().nanoTime()));
    }
  }

  /** Removes what builds left that a restart has ended. */
  private void forgetBuilds() {
    store.commit(
        batch -> {
          boolean[] goOn = new boolean[1];
          do {
            batch.operation(
                () -> {
                  goOn[0] = false;
                  for (CatalogEntry entry : Catalog.entries(batch)) {
                    if (entry.state() == CatalogEntry.State.BUILDING && !goOn[0]) {
                      forgetBuild(batch, entry);
                      goOn[0] = true;
                    }
                  }
                });
          } while (goOn[0]);
        },
        SyncMode.SYNC,
        0);
    releaseExtents(SyncMode.SYNC);
  }

  /** Removes what the catalog says of a build, and hands over all that is found from there. */
  void forgetBuild(OpenBatch batch, CatalogEntry entry) {
    catalog.remove(batch, entry);
    if (entry.metaPage() != 0) {
      store.space().drop(batch, entry.metaPage());
    }
  }

  /** Gives back what ended builds reserved, a bounded number of extents a batch. */
  private void releaseExtents(SyncMode mode) {
    boolean[] goOn = new boolean[1];
    do {
      store.commit(
          batch -> {
            goOn[0] = true;
            while (goOn[0] && batch.touchedPages() < batch.frameLimit() / 2) {
              batch.operation(
                  () -> goOn[0] = Space.hasReserved(batch) && store.space().releaseOne(batch));
            }
          },
          mode,
          0);
    } while (goOn[0]);
  }

  private void takeTempDirectory() {
    if (options.tempDirectory() != null) {
      tempDirectory =
          env()
              .call(
                  "djinn-temp",
                  () -> TempDirectory.take(env(), options.tempDirectory(), store.storeId()));
    }
  }

  /**
   * Where builds keep temporary files.
   *
   * @throws DjinnException where the directory the options give can not be had, saying why
   */
  public Vfs tempFiles() {
    return tempDirectory == null ? env().vfs() : tempDirectory.vfs();
  }

  private void closeTempDirectory() {
    if (tempDirectory != null) {
      env()
          .call(
              "djinn-temp",
              () -> {
                tempDirectory.close();
                return null;
              });
    }
  }

  PageStore store() {
    return store;
  }

  OperationsPool operationsPool() {
    return operationsPool;
  }

  MemoryAccount account() {
    return store.account();
  }

  public DjinnOptions options() {
    return options;
  }

  /** The store's directory, or null where it is not one of the file system. */
  public Path directory() {
    return directory;
  }

  /**
   * Where sources keep counts and unpacked rows, or null as {@link #directory()}; nothing is kept
   * there by a store opened for reading only.
   */
  public WorkFiles sourceFiles() {
    return directory == null
        ? null
        : new WorkFiles(directory.resolve(PageStore.SOURCES), !options.readOnly());
  }

  /** Files, time and threads of this store. */
  public Env env() {
    return store.env();
  }

  boolean isClosed() {
    return store.seal().isClosed();
  }

  /**
   * Makes an empty index.
   *
   * @throws IllegalArgumentException where the name is in use or no name, or the store would not
   *     find an operator class again when it is opened next
   */
  public GinIndex createGin(String name, GinSpec spec) {
    checkName(name);
    requireKnownClasses(spec);
    boolean[] isForgotten = new boolean[1];
    store.commit(
        batch ->
            batch.operation(
                () -> {
                  isForgotten[0] = build == null && tryForget(batch, name);
                  requireFree(batch, name);
                  int meta = GinMetaPage.create(batch);
                  catalog.add(batch, entry(batch, name, spec, CatalogEntry.State.READY, meta, 0));
                }),
        options.durability().mode(),
        options.durability().nanos());
    if (isForgotten[0]) {
      freeDropped();
    }
    return gin(name);
  }

  /** Removes what a build of this name left that could not do so itself. No build is running. */
  private boolean tryForget(OpenBatch batch, String name) {
    CatalogEntry left = Catalog.find(batch, name);
    if (left == null || left.state() != CatalogEntry.State.BUILDING) {
      return false;
    }
    forgetBuild(batch, left);
    return true;
  }

  private void requireKnownClasses(GinSpec spec) {
    for (GinSpec.Column column : spec.columns()) {
      GinOperatorClass own = column.operatorClass();
      GinOperatorClass known = null;
      try {
        known = OperatorClasses.find(own.name(), own.argument(), options.operatorClasses());
      } catch (IllegalArgumentException e) {
        // Not known: said below.
      }
      if (known == null || !OperatorClasses.isSame(known, own)) {
        throw new IllegalArgumentException(
            "column "
                + column
                + ": its operator class is "
                + own.getClass().getName()
                + ", which would not be found when the store is opened again: give it by"
                + " DjinnOptions.withOperatorClasses, or as a service"
                + (known == null ? "" : "; known by this name is " + known.getClass().getName()));
      }
    }
  }

  CatalogEntry entry(
      OpenBatch batch,
      String name,
      GinSpec spec,
      CatalogEntry.State state,
      int metaPage,
      long buildId) {
    return new CatalogEntry(
        store.space().nextIndexId(batch),
        CatalogEntry.GIN,
        state,
        metaPage,
        buildId,
        name,
        spec.columnsText(),
        spec.optionsText(),
        spec.sourceText());
  }

  /**
   * Throws where something is no name for an index.
   *
   * @throws IllegalArgumentException giving the form of names
   */
  public static void checkName(String name) {
    if (!NAME.matcher(Objects.requireNonNull(name, "name")).matches()) {
      throw new IllegalArgumentException(
          "index name \"" + name + "\": must match " + NAME.pattern());
    }
  }

  static void requireFree(OpenBatch batch, String name) {
    if (Catalog.find(batch, name) != null) {
      throw new IllegalArgumentException("index name \"" + name + "\" is in use");
    }
  }

  PendingMerger merger() {
    return merger;
  }

  /** Changes indexes; belongs to whoever holds the writer's slot. */
  GinWriter writer() {
    return writer;
  }

  Catalog catalog() {
    return catalog;
  }

  /**
   * The index with this name.
   *
   * @throws IllegalArgumentException naming the indexes there are
   * @throws io.djinn.error.UnknownOperatorClassException where this JVM lacks an operator class of
   *     it
   */
  public GinIndex gin(String name) {
    GinIndex known = indexes.get(name);
    if (known != null) {
      return known;
    }
    // Both in one step: behind it the index may be dropped.
    int[] root = new int[1];
    CatalogEntry entry =
        store.inNewest(
            reader -> {
              CatalogEntry found = Catalog.find(reader, name);
              if (found != null && found.state() == CatalogEntry.State.READY) {
                root[0] = new GinMetaPage().read(reader, found.metaPage()).root();
              }
              return found;
            });
    if (entry == null || entry.state() != CatalogEntry.State.READY) {
      throw new IllegalArgumentException(
          "no index \""
              + name
              + "\""
              + (entry != null ? " that is ready" : "")
              + "; there are "
              + indexes().stream().map(IndexInfo::name).toList());
    }
    if (damagedLists.containsKey(entry.id())) {
      throw damagedLists.get(entry.id());
    }
    GinSpec spec = GinSpec.of(entry, options.operatorClasses());
    PendingList pending =
        spec.fastUpdate()
            ? pendingLists.computeIfAbsent(
                entry.id(),
                id -> new PendingList(entry.metaPage(), root[0], spec.pendingListLimit()))
            : pendingLists.get(entry.id());
    GinIndex index = new GinIndex(this, entry, root[0], pending);
    GinIndex before = indexes.putIfAbsent(name, index);
    if (before != null) {
      if (before.pending() != pending) {
        // Built anew meanwhile.
        pendingLists.remove(entry.id(), pending);
      }
      return before;
    }
    // Dropped meanwhile? Else the drop finds the index that is known now.
    CatalogEntry still = store.inNewest(reader -> Catalog.find(reader, name));
    if (still == null || still.id() != entry.id()) {
      indexes.remove(name, index);
      pendingLists.remove(entry.id());
      return gin(name);
    }
    return index;
  }

  /** Every index, in the order they were made. */
  public List<IndexInfo> indexes() {
    List<CatalogEntry> entries = store.inNewest(Catalog::entries);
    Set<String> ready =
        entries.stream()
            .filter(entry -> entry.state() == CatalogEntry.State.READY)
            .map(CatalogEntry::name)
            .collect(Collectors.toSet());
    return entries.stream()
        // One that is built anew is there. What an ended build left in a store that is only read
        // would have been removed by opening it for writing.
        .filter(
            entry ->
                entry.state() == CatalogEntry.State.READY
                    || !options.readOnly() && !ready.contains(entry.name()))
        .map(
            entry ->
                new IndexInfo(
                    entry.name(),
                    "gin",
                    entry.state().name().toLowerCase(java.util.Locale.ROOT),
                    List.of(entry.columns().split("\n")),
                    entry.options(),
                    entry.source()))
        .toList();
  }

  /** Removes an index at once; its pages are freed in the background, and go on after a crash. */
  public void drop(String name) {
    GinIndex index = isDamaged(name) ? null : usable(name);
    store.commit(
        new BatchCommitter.Work() {
          private CatalogEntry entry;

          @Override
          public void apply(OpenBatch batch) {
            batch.operation(
                () -> {
                  if (index != null) {
                    index.requireLive();
                    requireNotBuilding(index);
                  }
                  entry = index != null ? index.entry() : Catalog.find(batch, name);
                  if (entry == null) {
                    throw new IllegalStateException("index \"" + name + "\" was dropped");
                  }
                  catalog.remove(batch, entry);
                  store.space().drop(batch, entry.metaPage());
                });
          }

          @Override
          public void appended(long number) {
            if (index != null) {
              index.dropped();
            }
            pendingLists.remove(entry.id());
            damagedLists.remove(entry.id());
          }
        },
        options.durability().mode(),
        options.durability().nanos());
    if (index != null) {
      // Another one may have the name by now.
      indexes.remove(name, index);
    }
    droppedPages.wake();
  }

  private static void requireNotBuilding(GinIndex index) {
    if (index.journal() != null) {
      throw new IllegalStateException(
          "index \"" + index.name() + "\" is being built: cancel the build, or wait for its end");
    }
  }

  /** Whether there is an index of this name whose pending list can not be read. */
  private boolean isDamaged(String name) {
    CatalogEntry entry = store.inNewest(reader -> Catalog.find(reader, name));
    return entry != null && damagedLists.containsKey(entry.id());
  }

  /** The index with this name; null where this JVM lacks an operator class of it. */
  private GinIndex usable(String name) {
    try {
      return gin(name);
    } catch (UnknownOperatorClassException e) {
      return null;
    }
  }

  /** Waits until the pages of dropped indexes are free. */
  public void awaitDropped() {
    store.seal().check();
    droppedPages.await();
  }

  /** Begins a batch with the store's durability. */
  public WriteBatch begin() {
    return begin(options.durability());
  }

  /**
   * Begins a batch with a durability of its own.
   *
   * @param durability at least the store's
   */
  public WriteBatch begin(Durability durability) {
    if (!durability.isAtLeast(options.durability())) {
      throw new IllegalArgumentException(
          "durability " + durability + ": must be at least the store's " + options.durability());
    }
    store.seal().check();
    return new WriteBatch(this, durability);
  }

  long commit(BatchOperations operations, Map<GinIndex, GinSpec> bindings, Durability durability) {
    operations.prepare();
    operations.forEachPending(merger::awaitRoom);
    Map<GinIndex, Bound> bound = new LinkedHashMap<>();
    long number =
        store.commit(
            new BatchCommitter.Work() {
              @Override
              public void apply(OpenBatch batch) {
                Djinn.this.apply(batch, operations);
                bindings.forEach((index, rows) -> bound.put(index, bind(batch, index, rows)));
              }

              @Override
              public boolean isShared() {
                return true;
              }

              @Override
              public void appended(long batch) {
                bound.forEach((index, now) -> index.rebound(now.entry(), now.spec()));
                operations.forEachPending((index, list) -> merger.appended(list, batch));
                operations.forEachBuild(build -> build.appended(batch, merger::oldestActive));
              }

              @Override
              public BatchCommitter.Work aside() {
                BatchCommitter.Work[] owed = new BatchCommitter.Work[1];
                operations.forEachPending(
                    (index, list) -> {
                      if (owed[0] == null) {
                        owed[0] = merger.aside(list);
                      }
                    });
                return owed[0];
              }
            },
            durability.mode(),
            durability.nanos());
    store.metrics().add(EventCount.ROWS, operations.rowCount());
    return number;
  }

  /** May run again for the same operations, after what it did was forgotten. */
  private void apply(OpenBatch batch, BatchOperations operations) {
    operations.requireInsertable();
    operations.rewind();
    for (GinIndex index = operations.nextIndex(); index != null; index = operations.nextIndex()) {
      index.requireLive();
      BuildJournal journal = index.journal();
      if (journal != null) {
        writer.begin(journal.metaPageNo());
        journal.append(batch, writer, operations.journal());
        writer.end(batch);
      }
      if (index.pending() != null) {
        writer.begin(index.metaPage());
        index
            .pending()
            .append(batch, writer, operations.journal(), operations.run(), store.env().nanoTime());
        writer.end(batch);
      }
      operations.skipIndex();
    }
    operations.rewind();
    for (GinIndex index = operations.nextIndex(); index != null; index = operations.nextIndex()) {
      if (!index.isVisible() || index.pending() != null) {
        operations.skipIndex();
      } else {
        writer.begin(index.metaPage());
        writer.changeMany(batch, index.root(), operations.changes());
        writer.end(batch);
      }
    }
    operations.rewind();
    for (GinIndex index = operations.nextIndex(); index != null; index = operations.nextIndex()) {
      BuildJournal journal = index.journal();
      if (journal != null) {
        writer.begin(journal.metaPageNo());
        journal.pay(batch, writer, operations.journal());
        writer.end(batch);
      }
      operations.skipIndex();
    }
  }

  /** What the catalog says of an index once a batch is appended. */
  private record Bound(CatalogEntry entry, GinSpec spec) {}

  /** Keeps the options the index has by now, with what a batch says of the rows of its source. */
  private Bound bind(OpenBatch batch, GinIndex index, GinSpec rows) {
    GinSpec spec =
        index
            .spec()
            .withSource(rows.source(), rows.slotBits())
            .withRows(rows.lastRow(), rows.absentRows());
    CatalogEntry entry = index.entry().with(spec.optionsText(), spec.sourceText());
    batch.operation(
        () -> {
          index.requireLive();
          catalog.replace(batch, entry);
        });
    return new Bound(entry, spec);
  }

  /** A view of everything committed so far. */
  public Snapshot snapshot() {
    return new Snapshot(this);
  }

  /** Reads a few pages of a snapshot, in one step. */
  <T> T inStep(Snapshot snapshot, Function<StepReader, T> work) {
    try (SnapshotReader reader = snapshot.reader()) {
      reader.enter();
      try {
        return work.apply(reader);
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        store.seal(e);
        throw e;
      } finally {
        reader.leave();
      }
    }
  }

  /** What the store did since it was opened, and how long its threads waited for what. */
  public DjinnMetrics metrics() {
    return DjinnMetrics.of(store);
  }

  /** Makes everything committed durable, writes changed pages, and lets the log be recycled. */
  public void checkpoint() {
    store.checkpoint();
  }

  /**
   * Begins a build of one index, as {@link #beginBuild(List)} does of several.
   *
   * @param spec what the index is over
   */
  public GinBuild beginBuild(String name, GinSpec spec) {
    return beginBuild(List.of(new GinRequest(name, spec)));
  }

  /**
   * Begins a build: reserves the names, and gives access to pages for loading. From now on {@link
   * #gin} gives the indexes, which take inserts and deletes.
   *
   * @throws IllegalArgumentException where a name is in use or given twice; nothing has changed
   */
  public GinBuild beginBuild(List<GinRequest> requests) {
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a build of no index: must be one at least");
    }
    Set<String> names = new HashSet<>();
    List<BuiltIndex> made = new ArrayList<>();
    for (GinRequest request : requests) {
      if (!names.add(request.name())) {
        throw new IllegalArgumentException(
            "index name \"" + request.name() + "\" is given twice to one build");
      }
      requireKnownClasses(request.spec());
      made.add(new BuiltIndex(this, request, null, requests.size()));
    }
    return begin(new GinBuild(this, made));
  }

  /**
   * Begins to build an index anew under its name: it is read as it was until that is done, and what
   * is written to it goes to both.
   *
   * @param spec the columns of the index, and what is to be kept with it from then on
   * @throws IllegalArgumentException where the columns are others
   * @throws IllegalStateException where the index is being built or vacuumed
   */
  public GinBuild beginReindex(String name, GinSpec spec) {
    GinIndex index = gin(name);
    if (!index.spec().columnsText().equals(spec.columnsText())) {
      throw new IllegalArgumentException(
          "index \""
              + name
              + "\" has columns "
              + index.spec().columns()
              + ": it can not be built anew over "
              + spec.columns());
    }
    for (int column = 0; column < spec.columns().size(); column++) {
      if (spec.keepsPayloads(column) && !index.spec().keepsPayloads(column)) {
        // Batches begun before, and what is written meanwhile, are collected without them.
        throw new IllegalArgumentException(
            "index \"" + name + "\" keeps no positions: drop it and build it with them");
      }
    }
    return begin(
        new GinBuild(this, List.of(new BuiltIndex(this, new GinRequest(name, spec), index, 1))));
  }

  private GinBuild begin(GinBuild begun) {
    synchronized (this) {
      if (build != null) {
        throw new IllegalStateException("another build is running in this store");
      }
      build = begun;
    }
    try {
      forgetLeftBuild();
      begun.begin();
      return begun;
    } catch (Throwable t) {
      build = null;
      throw t;
    }
  }

  /** Removes what an earlier build could not, as there was no space for it. No build is running. */
  private void forgetLeftBuild() {
    boolean isAny =
        store.inNewest(
            pages ->
                Space.hasReserved(pages)
                    || Catalog.entries(pages).stream()
                        .anyMatch(entry -> entry.state() == CatalogEntry.State.BUILDING));
    if (isAny) {
      forgetBuilds();
      freeDropped();
    }
  }

  /** An index that is being built is known from now on. In the writer's slot. */
  void building(GinIndex index) {
    indexes.put(index.name(), index);
  }

  /** A build has left no index. */
  void notBuilt(GinIndex index) {
    index.dropped();
    indexes.remove(index.name(), index);
  }

  /**
   * An index was built; its pending list takes the place of that of the index it replaces. In the
   * writer's slot.
   *
   * @param replaced id of the index it replaces, 0 where it replaces none
   * @param list null where it has none
   */
  void built(int id, int replaced, PendingList list) {
    pendingLists.remove(replaced);
    damagedLists.remove(replaced);
    if (list != null) {
      pendingLists.put(id, list);
    }
  }

  void unlisted(int id) {
    pendingLists.remove(id);
  }

  /** Lets dropped pages be freed soon. */
  void freeDropped() {
    droppedPages.wake();
  }

  void buildEnded() {
    build = null;
  }

  /** Frees the extents of a build that left no index. */
  void releaseBuild() {
    releaseExtents(options.durability().mode());
  }

  /**
   * Examines every page and every structure; the list of problems is empty where there is none.
   *
   * <p>Payloads are checked by the operator classes of their index; where this JVM lacks one of
   * them, only that they are laid out right.
   */
  public List<String> verify() {
    try (Snapshot snapshot = snapshot()) {
      return verify(snapshot);
    }
  }

  List<String> verify(Snapshot snapshot) {
    try (SnapshotReader reader = snapshot.reader()) {
      return new StoreVerifier(reader, store.storeId(), store.account(), this::payloadClasses)
          .verify();
    } catch (InternalError e) {
      store.seal(e);
      throw e;
    }
  }

  /** By column what checks its payloads; none at all where this JVM lacks a class of the index. */
  private List<GinOperatorClass> payloadClasses(CatalogEntry entry) {
    GinSpec spec;
    try {
      spec = GinSpec.of(entry, options.operatorClasses());
    } catch (UnknownOperatorClassException e) {
      return List.of();
    }
    List<GinOperatorClass> classes = new ArrayList<>();
    for (int column = 0; column < spec.columns().size(); column++) {
      classes.add(spec.keepsPayloads(column) ? spec.columns().get(column).operatorClass() : null);
    }
    return classes;
  }

  /**
   * A page in words, as the newest snapshot sees it.
   *
   * @throws IllegalArgumentException naming the pages there are
   */
  public String inspectPage(int pageNo) {
    return store.inNewest(
        reader -> {
          long pageCount = SpacePage.Field.PAGE_COUNT.get(reader.page(SpacePage.PAGE_NO));
          if (pageNo < 0 || pageNo >= pageCount) {
            throw new IllegalArgumentException(
                "page " + pageNo + ": the store has pages 0 to " + (pageCount - 1));
          }
          return Inspector.describe(reader.page(pageNo), pageNo, store.pageSizeBytes());
        });
  }

  /**
   * Reads the log of a store aloud, which must be closed; nothing is changed.
   *
   * @param notes takes what is said of the log as a whole
   * @param records takes each record in words, with its LSN
   */
  public static void inspectLog(
      Path directory, Consumer<String> notes, ObjLongConsumer<String> records) {
    JvmFlags.check();
    try {
      new LogInspection(editTable(), notes, records).read(new OsEnv(new OsVfs(directory)));
    } catch (IOException e) {
      throw new DjinnException(directory + " can not be opened: " + e.getMessage(), e);
    }
  }

  /** What reading the store in the background has found since it was opened. */
  public ScrubStatus scrub() {
    return scrub == null
        ? new ScrubStatus(0, 0, 0, List.of())
        : new ScrubStatus(
            options.scrubIntervalSeconds(), scrub.passes(), scrub.pagesRead(), scrub.problems());
  }

  /** Counts of the store. */
  public StoreStats stats() {
    ScrubStatus found = scrub();
    return store.inNewest(
        reader -> {
          long page = reader.page(SpacePage.PAGE_NO);
          return new StoreStats(
              store.pageSizeBytes(),
              SpacePage.Field.PAGE_COUNT.get(page),
              SpacePage.Field.FREE_PAGES.get(page),
              store.pageFile().pageCount(),
              reader.batch(),
              store.versions().frameCount(),
              store.versions().freeFrames(),
              store.logInUseBytes(),
              found.passes(),
              found.pagesRead(),
              found.problems().size());
        });
  }

  /** Whether a failure has made the store read-only. */
  public boolean isSealed() {
    return store.seal().isSealed();
  }

  /**
   * Ends the store: running commits finish, a checkpoint is made, readers get {@link
   * io.djinn.error.StoreClosedException} from then on. A second call does nothing.
   */
  @Override
  public void close() {
    if (isClosed()) {
      return;
    }
    try {
      if (scrub != null) {
        scrub.close();
      }
      droppedPages.close();
      merger.close();
      try {
        store.close();
      } finally {
        closeTempDirectory();
      }
    } catch (UncheckedIOException e) {
      throw new DjinnException("closing failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      writer.close();
      catalog.close();
      operationsPool.close();
    }
  }

  /** The pages a page refers to as its own, for freeing and for checking. */
  static Space.PageReferences references() {
    return new Space.PageReferences() {
      @Override
      public void forEach(long page, int pageNo, int pageSizeBytes, IntConsumer child) {
        GinReferences.forEach(page, pageNo, pageSizeBytes, child);
      }

      @Override
      public long rank(long page) {
        return GinReferences.rank(page);
      }
    };
  }
}
