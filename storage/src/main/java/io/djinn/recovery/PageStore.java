package io.djinn.recovery;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.PageFile;
import io.djinn.buffer.PageVersions;
import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.buffer.Steps;
import io.djinn.buffer.WriteBack;
import io.djinn.error.AlreadyOpenException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.error.RecoveryNeededException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.metrics.Metrics;
import io.djinn.page.PageReader;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import io.djinn.wal.LogSegments;
import io.djinn.wal.LogWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * An open store of pages: log, versions, writer's slot and space, put together by recovery.
 *
 * <p>Opening redoes the log, copies its unsynced tail into a new run, writes every page it changed
 * and finishes a checkpoint; only then is the store handed out.
 */
public final class PageStore implements AutoCloseable {
  /** Directory of temporary files; wiped at each opening. */
  public static final String TEMPORARY = "tmp";

  /** Directory of what is known of row sources: unpacked files and counts; the engine leaves it. */
  public static final String SOURCES = "sources";

  private static final String WAL = "wal";
  private static final String LOCK = "LOCK";
  private static final Set<String> OWN_NAMES =
      Set.of(ControlFile.NAME, PageFile.NAME, WAL, TEMPORARY, LOCK, SOURCES);

  private final Env env;
  private final PageStoreOptions options;
  private final Seal seal;
  private final MemoryAccount account;
  private final Steps steps;
  private final Metrics metrics = new Metrics();
  private ControlFile control;
  private LogWriter log;
  private PageFile pageFile;
  private PageVersions versions;
  private WriteBack writeBack;
  private PageKeeper keeper;
  private volatile BatchCommitter committer;
  private Space space;
  private int redonePages;
  private long logEndLsn;

  private PageStore(Env env, PageStoreOptions options, boolean isReadOnly) {
    this.env = env;
    this.options = options;
    steps = new Steps(env::pause);
    seal = new Seal(isReadOnly);
    account = new MemoryAccount("store", Long.MAX_VALUE, env.memory());
  }

  /** Opens the store in the environment's directory, making one where there is none. */
  public static PageStore open(Env env, PageStoreOptions options, EditTable table) {
    return env.call("djinn-open", () -> new PageStore(env, options, false).open(table));
  }

  /**
   * Opens a store for reading only: nothing on the disk is changed, whatever its state. What the
   * log holds beyond the last checkpoint is redone in memory.
   *
   * @throws RecoveryNeededException where that takes more than the frame memory
   */
  public static PageStore openReadOnly(Env env, PageStoreOptions options, EditTable table) {
    return env.call("djinn-open", () -> new PageStore(env, options, true).openForReading(table));
  }

  private PageStore openForReading(EditTable table) throws IOException {
    Vfs vfs = env.vfs();
    try {
      if (!vfs.exists(ControlFile.NAME)) {
        throw new FormatVersionException(
            vfs.describe() + " is no Djinn store: it has no file " + ControlFile.NAME);
      }
      if (!vfs.tryLockForReading()) {
        throw alreadyOpen(vfs);
      }
      control = ControlFile.open(vfs, OpenMode.READ_ONLY);
      redoInMemory(vfs, table);
      return this;
    } catch (Throwable t) {
      closeParts(t);
      throw t;
    }
  }

  private void redoInMemory(Vfs vfs, EditTable table) throws IOException {
    ControlFile.State state = control.state();
    int pageSize = state.pageSizeBytes();
    pageFile =
        new PageFile(
            vfs.open(PageFile.NAME, OpenMode.READ_ONLY),
            pageSize,
            state.storeId(),
            options.mapChunkBytes(),
            this::seal);
    try (LogReader reader = new LogReader(vfs, state.storeId(), account);
        Redo redo = new Redo(reader, state, table)) {
      reader.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
      if (state.epoch() != 0) {
        redo.findEnd();
      }
      int pages = redo.changedPages();
      if (pages > options.frames(pageSize)) {
        throw new RecoveryNeededException(
            vfs.describe()
                + " was not closed: its log holds changes of "
                + pages
                + " pages, and frames hold "
                + options.frames(pageSize)
                + "; open it for writing once, or with more frame memory");
      }
      long lastBatch = redo.lastBatch();
      logEndLsn = Math.max(redo.endLsn(), state.redoLsn());
      versions = new PageVersions(account, Math.max(1, pages), pageFile, steps, () -> lastBatch);
      redo.applyInMemory(versions, account);
      versions.snapshots().publish(lastBatch);
      redonePages = pages;
    }
    SpacePage.check(versions.resolve(SpacePage.PAGE_NO, Long.MAX_VALUE), state.storeId());
  }

  private static AlreadyOpenException alreadyOpen(Vfs vfs) {
    return new AlreadyOpenException(
        vfs.describe() + " is open already, in this process or in another one");
  }

  private PageStore open(EditTable table) throws IOException {
    Vfs vfs = env.vfs();
    try {
      if (!vfs.exists(ControlFile.NAME)) {
        refuseForeign(vfs);
      }
      if (!vfs.tryLock()) {
        throw alreadyOpen(vfs);
      }
      if (!vfs.exists(ControlFile.NAME)) {
        create(vfs);
      }
      control = ControlFile.open(vfs);
      if (control.state().epoch() == 0) {
        // No opening was ever finished, so nothing was committed. The first one may have failed to
        // make the file's name durable, and no later sync would know.
        ControlFile.State state = control.state();
        control.close();
        vfs.syncDirectory("");
        ControlFile.create(vfs, state);
        control = ControlFile.open(vfs);
      }
      recover(vfs, table);
      return this;
    } catch (Throwable t) {
      seal(new DjinnException("opening failed: " + t.getMessage(), t));
      closeParts(t);
      throw t;
    }
  }

  private static void refuseForeign(Vfs vfs) throws IOException {
    for (String name : vfs.list("")) {
      if (!OWN_NAMES.contains(name)) {
        throw new FormatVersionException(
            vfs.describe()
                + " is no Djinn store: it has no file "
                + ControlFile.NAME
                + ", but "
                + name);
      }
    }
    // Segments are made when the control file is durable: it was there and has been lost.
    if (vfs.exists(WAL) && vfs.list(WAL).stream().anyMatch(LogReader::isSegmentName)) {
      throw new DjinnException(
          vfs.describe()
              + " has a log but no file "
              + ControlFile.NAME
              + ", which says where it begins; nothing was changed");
    }
  }

  /** Makes an empty store; it becomes one when its control file appears. */
  private void create(Vfs vfs) throws IOException {
    for (String directory : List.of(WAL, TEMPORARY)) {
      // Made anew: the name of one that is there may have been lost by a sync that failed.
      if (vfs.exists(directory)) {
        for (String name : vfs.list(directory)) {
          vfs.delete(directory + "/" + name);
        }
        vfs.delete(directory);
      }
      vfs.createDirectory(directory);
      vfs.syncDirectory(directory);
    }
    if (vfs.exists(PageFile.NAME)) {
      vfs.delete(PageFile.NAME);
    }
    long storeId = env.randomLong();
    int pageSize = options.pageSizeBytes();
    try (RawFile file = vfs.open(PageFile.NAME, OpenMode.CREATE_NEW);
        PageFile pages =
            new PageFile(file, pageSize, storeId, options.mapChunkBytes(), this::seal);
        MemoryRegion page = MemoryRegion.allocate(account, pageSize)) {
      pages.grow(1);
      SpacePage.format(page.address(), pageSize, storeId);
      pages.seal(page.address(), SpacePage.PAGE_NO);
      pages.write(SpacePage.PAGE_NO, page.address(), 1);
      file.sync(true);
    }
    vfs.syncDirectory("");
    ControlFile.create(
        vfs, new ControlFile.State(storeId, pageSize, 1, 0, 0, 0, 0, Long.MAX_VALUE, 0));
  }

  /**
   * What is visible may be in the operating system's memory only, where an earlier process was
   * killed before its sync: names, and pages the file grew by. Of the log that is known exactly.
   */
  private void makeDurable(Vfs vfs) throws IOException {
    vfs.syncDirectory("");
    pageFile.syncAll();
  }

  private static void wipeTemporary(Vfs vfs) throws IOException {
    for (String name : vfs.list(TEMPORARY)) {
      vfs.delete(TEMPORARY + "/" + name);
    }
    vfs.syncDirectory(TEMPORARY);
  }

  private void recover(Vfs vfs, EditTable table) throws IOException {
    ControlFile.State state = control.state();
    int pageSize = state.pageSizeBytes();
    pageFile =
        new PageFile(
            vfs.open(PageFile.NAME, OpenMode.READ_WRITE),
            pageSize,
            state.storeId(),
            options.mapChunkBytes(),
            this::seal);
    long lastBatch;
    try (LogReader reader = new LogReader(vfs, state.storeId(), account);
        Redo redo = new Redo(reader, state, table)) {
      reader.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
      redo.findEnd(pageFile, options.frames(pageSize), account);
      makeDurable(vfs);
      wipeTemporary(vfs);
      LogSegments.deleteUnfinished(vfs);
      lastBatch = redo.lastBatch();
      startLog(reader, redo, state);
      // Writing pages back has the disk for itself.
      log.segments().prepareOnlyNeeded();
      copyTail(reader, redo);
      int foundPages = pageFile.pageCount();
      redonePages = redo.apply(pageFile, options.frames(pageSize), account);
      fitFile(foundPages, redo);
      log.segments().prepareAhead();
    }
    finishRecovery(lastBatch, table);
  }

  /** Starts a run of the log above every epoch, sequence number and LSN ever used. */
  private void startLog(LogReader reader, Redo redo, ControlFile.State state) {
    long epoch = Math.max(state.epoch(), state.takeoverEpoch());
    long sequence = 0;
    long lsn = Math.max(redo.endLsn(), state.startLsn());
    List<LogReader.SegmentFile> used = new ArrayList<>(reader.files());
    used.addAll(reader.misnamed());
    for (LogReader.SegmentFile file : used) {
      epoch = Math.max(epoch, file.epoch());
      sequence = Math.max(sequence, Math.max(file.sequence(), file.sequenceOfName()));
      lsn = Math.max(lsn, file.endLsn());
    }
    log =
        new LogWriter(
            env,
            state.storeId(),
            epoch + 1,
            sequence + 1,
            lsn,
            redo.syncedBoundaryBatch(),
            options.logSegmentBytes(),
            options.ringBytes(),
            reader.files(),
            reader.misnamed(),
            account,
            this::seal,
            this::publish);
  }

  /**
   * Copies batches that may be in the operating system's memory only into the new run, and names it
   * in both control slots, before any page is written from them.
   */
  private void copyTail(LogReader reader, Redo redo) throws IOException {
    ControlFile.State state = control.state();
    long batch = redo.syncedBoundaryBatch();
    if (batch < redo.lastBatch()) {
      reader.seek(redo.syncedBoundaryLsn());
      long firstLsn = -1;
      while (batch < redo.lastBatch()) {
        if (!reader.next()) {
          throw reader.corrupt(reader.lsn(), reader.stop() + ", read before without error");
        }
        int length = reader.bodyLength();
        log.reserve(length + LogRecords.OVERHEAD_BYTES);
        if (firstLsn < 0) {
          log.begin();
          firstLsn = log.nextLsn();
        }
        if (LogRecords.isCommit(reader.body())) {
          batch = LogRecords.batch(reader.body());
          log.append(
              LogRecords.encodeCommit(
                  log.body(), batch, firstLsn, LogRecords.recordCount(reader.body())));
          log.end(batch);
          firstLsn = -1;
        } else {
          NativeMemory.copy(reader.body(), log.body(), length);
          log.append(length);
        }
      }
      log.awaitSynced(log.appendedLsn());
      log.check();
      control.write(state.takenOver(redo.syncedBoundaryLsn(), log.epoch()));
      control.write(control.state().next(state.redoLsn(), state.redoBatch()));
    }
  }

  /**
   * Gives the file as many pages as are handed out. One with fewer was cut, or is a copy from
   * before they were added: then the log has them all but those that need not hold anything.
   */
  private void fitFile(int foundPages, Redo redo) throws IOException {
    long spacePage = pageFile.mapped(SpacePage.PAGE_NO);
    SpacePage.check(spacePage, storeId());
    int pageCount = (int) SpacePage.Field.PAGE_COUNT.get(spacePage);
    if (pageCount > foundPages) {
      try {
        int lost = Space.firstLost(filePages(), foundPages, pageCount, redo::isChanged);
        if (lost >= 0) {
          throw new CorruptPageException(
              PageFile.NAME,
              lost,
              "no page",
              "the file has only "
                  + foundPages
                  + " of "
                  + pageCount
                  + " pages, and the log does not hold this one");
        }
      } catch (CorruptPageException e) {
        pageFile.shrink(foundPages);
        throw e;
      }
    }
    pageFile.grow(pageCount);
    pageFile.shrink(pageCount);
  }

  private PageReader filePages() {
    return new PageReader() {
      @Override
      public long page(int pageNo) {
        return pageFile.mapped(pageNo);
      }

      @Override
      public int pageSizeBytes() {
        return pageFile.pageSizeBytes();
      }
    };
  }

  /** Finishes the checkpoint of recovery: both slots lie in the new run before anyone may write. */
  private void finishRecovery(long lastBatch, EditTable table) throws IOException {
    ControlFile.State state = control.state();
    ControlFile.State inRun = state.inRun(log.epoch(), log.startLsn());
    log.check();
    control.write(inRun.next(log.appendedLsn(), lastBatch));
    control.write(control.state().next(log.appendedLsn(), lastBatch));
    log.segments().recycleBelow(log.startLsn());

    int frames = options.frames(state.pageSizeBytes());
    versions = new PageVersions(account, frames, pageFile, steps, log);
    versions.snapshots().publish(lastBatch);
    writeBack = new WriteBack(versions, log, account);
    space = new Space(account);
    keeper =
        new PageKeeper(
            versions,
            writeBack,
            log,
            control,
            options.logLimitBytes(),
            env,
            seal,
            metrics,
            this::seal);
    committer =
        new BatchCommitter(
            versions,
            log,
            table,
            keeper,
            space,
            keeper,
            env,
            metrics,
            lastBatch,
            account,
            seal::check,
            this::seal);
    keeper.start(committer);
  }

  private void publish() {
    BatchCommitter present = committer;
    if (present != null) {
      present.publish();
    }
  }

  /** Lets nothing more be written, because of a failure that makes it unsafe. */
  public void seal(Throwable cause) {
    BatchCommitter present = committer;
    if (present != null) {
      present.stopPublishing();
    }
    if (seal.seal(cause)) {
      if (log != null) {
        log.failed(cause);
      }
      if (keeper != null) {
        keeper.signal();
      }
      if (present != null) {
        // Each saw either that it is published, or that the log has failed.
        present.wakeAll();
      }
    }
  }

  /** Whether the store may write. */
  public Seal seal() {
    return seal;
  }

  /** What is counted and timed since the store was opened. */
  public Metrics metrics() {
    return metrics;
  }

  /** Bytes appended to the log since the store was opened. */
  public long logBytes() {
    return log == null ? 0 : log.appendedLsn() - log.startLsn();
  }

  /** Syncs of the log since the store was opened. */
  public long logSyncs() {
    return log == null ? 0 : log.syncCount();
  }

  public Env env() {
    return env;
  }

  public Space space() {
    return space;
  }

  public PageFile pageFile() {
    return pageFile;
  }

  public PageVersions versions() {
    return versions;
  }

  public int pageSizeBytes() {
    return pageFile.pageSizeBytes();
  }

  public long storeId() {
    return pageFile.fileId();
  }

  /** Pages that opening built from the log. */
  public int redonePages() {
    return redonePages;
  }

  /** Memory of the engine itself; counted, not limited here. */
  public MemoryAccount account() {
    return account;
  }

  /** Applies and publishes a batch; see {@link BatchCommitter#commit}. */
  public long commit(BatchCommitter.Work work, SyncMode mode, long nanos) {
    seal.check();
    return committer.commit(work, mode, nanos);
  }

  /** Applies a batch that nobody waits for; see {@link BatchCommitter#append}. */
  public void append(BatchCommitter.Work work) {
    seal.check();
    committer.append(work);
  }

  /**
   * Puts images of pages that bulk loading writes to the file into the log, ahead of the batch that
   * refers to them; see {@link BatchCommitter#appendImages}. Waits where the log is at its limit.
   */
  public long appendImages(int firstPageNo, long address, int pages) {
    seal.check();
    return committer.appendImages(firstPageNo, address, pages);
  }

  /** Applies and publishes a batch of the engine's; see {@link BatchCommitter#commitBeside}. */
  public void commitBeside(BatchCommitter.Work work) {
    seal.check();
    committer.commitBeside(work);
  }

  /** Waits until every batch that is appended now can be seen. */
  public void awaitPublished() {
    committer.awaitPublished();
  }

  /** Whether a commit waits for the writer's slot. */
  public boolean isSlotAwaited() {
    return committer.isAwaited();
  }

  public Snapshots.Registration register() {
    if (seal.isClosed()) {
      throw new StoreClosedException("the store is closed");
    }
    return versions.snapshots().register();
  }

  public void release(Snapshots.Registration snapshot) {
    versions.snapshots().release(snapshot);
  }

  /** A reader of a snapshot's pages, for one cursor. */
  public SnapshotReader reader(Snapshots.Registration snapshot) {
    return new SnapshotReader(versions, snapshot);
  }

  /**
   * Reads the newest state in one step: begun anew where the snapshot expires before it is entered,
   * which says nothing about the caller.
   */
  public <T> T inNewest(Function<SnapshotReader, T> work) {
    while (true) {
      Snapshots.Registration snapshot = register();
      try (SnapshotReader reader = reader(snapshot)) {
        reader.enter();
        try {
          return work.apply(reader);
        } finally {
          reader.leave();
        }
      } catch (SnapshotExpiredException e) {
        Thread.onSpinWait();
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        seal(e);
        throw e;
      } finally {
        release(snapshot);
      }
    }
  }

  /** Whether the calling thread is inside a commit. */
  public boolean isCommitting() {
    return committer.isHeldHere();
  }

  /** Makes everything committed so far durable and the log before it unneeded. */
  public void checkpoint() {
    seal.check();
    keeper.checkpoint();
  }

  /** Waits until a batch that was committed is durable, whatever its mode. */
  public void awaitDurable(long batch) {
    do {
      log.awaitSynced(log.appendedLsn());
    } while (log.durableBatch() < batch);
  }

  /** Runs something on the thread that alone writes pages. */
  public void onPageThread(Runnable work) {
    seal.check();
    keeper.call(work);
  }

  /** Waits until page numbers below this one have blocks. */
  public void growTo(long pageCount) {
    keeper.pages(pageCount);
  }

  /**
   * Newest batch whose freed pages unlogged writes may use: durable, older than every snapshot, and
   * before the redo point of the older control slot.
   */
  public long freedThrough() {
    return Math.min(
        Math.min(log.durableBatch(), keeper.lowestRedoBatch()),
        versions.snapshots().oldestActive() - 1);
  }

  /** Log bytes a restart would have to read at most. */
  public long logInUseBytes() {
    return (log == null ? logEndLsn : log.appendedLsn()) - control.lowestRedoLsn();
  }

  /** Where redo would start if the store ended now. */
  public long redoLsn() {
    return control.state().redoLsn();
  }

  @Override
  public void close() {
    if (seal.tryClose()) {
      env.call(
          "djinn-close",
          () -> {
            Throwable first = null;
            try {
              if (committer != null) {
                committer.withSlot(() -> {});
              }
              // Without a checkpoint the log has everything, and the next opening redoes it.
              if (steps.tryCloseToReaders(options.closeDeadlineNanos())
                  && !seal.isSealed()
                  && !seal.isReadOnly()) {
                keeper.checkpoint();
              }
            } catch (Throwable t) {
              first = t;
            }
            rethrow(closeParts(first));
            return null;
          });
    }
  }

  /**
   * Closes what there is, in an order in which nothing is used any more; returns the first error.
   */
  private Throwable closeParts(Throwable before) {
    AutoCloseable[] parts = {
      keeper, log, control, committer, writeBack, space, () -> steps.close(this::release)
    };
    Throwable first = before;
    for (AutoCloseable part : parts) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Throwable t) {
        if (first == null) {
          first = t;
        } else if (t != first) {
          first.addSuppressed(t);
        }
      }
    }
    return first;
  }

  /**
   * Frees frames, mapping and lock. Where a step has outlasted closing this runs in its thread, and
   * until then nobody else can open the store and write under it.
   */
  private void release() {
    env.call(
        "djinn-release",
        () -> {
          try {
            if (versions != null) {
              versions.close();
            } else if (pageFile != null) {
              pageFile.close();
            }
          } finally {
            env.vfs().close();
          }
          return null;
        });
  }

  private static void rethrow(Throwable t) throws IOException {
    if (t instanceof IOException e) {
      throw e;
    } else if (t instanceof RuntimeException e) {
      throw e;
    } else if (t instanceof Error e) {
      throw e;
    } else if (t != null) {
      throw new DjinnException("closing failed", t);
    }
  }
}
