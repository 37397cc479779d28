package io.djinn.recovery;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.PageSupply;
import io.djinn.buffer.PageVersions;
import io.djinn.buffer.WriteBack;
import io.djinn.error.BatchTooLargeException;
import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.metrics.EventCount;
import io.djinn.metrics.Metrics;
import io.djinn.metrics.WaitCause;
import io.djinn.page.Page;
import io.djinn.wal.LogWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The thread that alone writes pages: grows the file, frees frames, and makes checkpoints.
 *
 * <p>A checkpoint fixes the redo point, syncs the log to it, writes every page whose newest durable
 * version is unwritten and not newer, syncs, writes a control slot, and lets segments that both
 * slots lie beyond be recycled. Frame shortage causes write-back, not a checkpoint.
 */
final class PageKeeper implements Agent, PageSupply, BatchCommitter.LogRoom, AutoCloseable {
  private static final int WRITE_ATTEMPTS = 3;

  /** With this share of the frames free, or less, some are freed ahead of need. */
  private static final int FEW_FRAMES_SHARE = 2;

  private static final int GROW_PAGES_LEAST = 64;
  private static final long GROW_BYTES_MOST = 16L << 20;

  private final PageVersions versions;
  private final WriteBack writeBack;
  private final LogWriter log;
  private final ControlFile control;
  private final long logLimitBytes;
  private final Env env;
  private final Seal seal;
  private final Metrics metrics;
  private final Consumer<Throwable> onFailure;
  private BatchCommitter committer;
  private EngineThread thread;

  /** Free frames at which the thread is to be woken; the writer's slot's. */
  private int framesToWakeAt;

  private int framesWanted;

  /** Which time frames are asked for: an answer to an earlier question is none to this one. */
  private long framesAsked;

  private boolean isOutOfFrames;
  private long pagesWanted;
  private NoSpaceException shortage;
  private long checkpointsWanted;
  private volatile long checkpointsDone;
  private final ArrayDeque<FutureTask<Void>> tasks = new ArrayDeque<>();

  PageKeeper(
      PageVersions versions,
      WriteBack writeBack,
      LogWriter log,
      ControlFile control,
      long logLimitBytes,
      Env env,
      Seal seal,
      Metrics metrics,
      Consumer<Throwable> onFailure) {
    this.versions = versions;
    this.writeBack = writeBack;
    this.log = log;
    this.control = control;
    this.logLimitBytes = logLimitBytes;
    this.env = env;
    this.seal = seal;
    this.metrics = metrics;
    this.onFailure = onFailure;
  }

  void start(BatchCommitter batchCommitter) {
    committer = batchCommitter;
    thread = env.start("djinn-pages", this);
  }

  @Override
  public void frames(int count) {
    if (versions.retire() >= count) {
      return;
    }
    synchronized (this) {
      framesWanted = Math.max(framesWanted, count);
      framesAsked++;
      isOutOfFrames = false;
    }
    try {
      holdUp(
          () -> {
            synchronized (this) {
              return versions.freeFrames() >= count || isOutOfFrames;
            }
          });
    } finally {
      // Not before: a checkpoint may take what was freed before the waiter has looked.
      synchronized (this) {
        framesWanted = 0;
      }
    }
    boolean isOut;
    synchronized (this) {
      isOut = isOutOfFrames;
    }
    // What was freed and is taken again by now is asked for again.
    if (isOut && versions.freeFrames() < count) {
      throw new BatchTooLargeException(
          "no "
              + count
              + " of "
              + versions.frameCount()
              + " frames can be freed: "
              + versions.freeFrames()
              + " are");
    }
  }

  @Override
  public void pages(long pageCount) {
    if (pageCount > Page.MAX_PAGE_NO) {
      throw new NoSpaceException(
          "page numbers up to " + pageCount + " are wanted, limit " + Page.MAX_PAGE_NO);
    }
    if (versions.file().pageCount() >= pageCount) {
      // A build asks beside the writer's slot: it must not take away what whoever has that waits
      // for.
      return;
    }
    synchronized (this) {
      pagesWanted = Math.max(pagesWanted, pageCount);
      shortage = null;
    }
    await(
        () -> {
          synchronized (this) {
            return versions.file().pageCount() >= pageCount || shortage != null;
          }
        });
    synchronized (this) {
      if (versions.file().pageCount() < pageCount) {
        throw new NoSpaceException(shortage.getMessage(), shortage);
      }
    }
  }

  @Override
  public void await() {
    if (logInUse() > logLimitBytes) {
      requestCheckpoint();
      holdUp(() -> logInUse() <= logLimitBytes);
    } else if (isCheckpointDue() || haveFramesBecomeFew()) {
      thread.wake();
    }
  }

  /**
   * Whether frames have become few, or fewer by much, since this was last so: then the thread
   * should free some before a batch finds none and waits. In the writer's slot.
   */
  private boolean haveFramesBecomeFew() {
    int free = versions.freeFrames();
    int few = fewFrames();
    if (free > few) {
      framesToWakeAt = few;
      return false;
    }
    if (free > framesToWakeAt) {
      return false;
    }
    // Where snapshots hold all there is, the thread is not to look for every batch.
    framesToWakeAt = free - few / 8;
    return true;
  }

  private int fewFrames() {
    return versions.frameCount() / FEW_FRAMES_SHARE;
  }

  @Override
  public boolean isFree() {
    return logInUse() <= logLimitBytes;
  }

  /** Makes a checkpoint that begins after this call, and waits for it. */
  void checkpoint() {
    long wanted = requestCheckpoint();
    await(() -> checkpointsDone >= wanted);
  }

  private synchronized long requestCheckpoint() {
    checkpointsWanted = checkpointsDone + 2;
    thread.wake();
    return checkpointsWanted;
  }

  /** Runs something on the thread that writes pages, between its other work, and waits for it. */
  void call(Runnable work) {
    FutureTask<Void> task = new FutureTask<>(work, null);
    synchronized (this) {
      tasks.add(task);
    }
    await(task::isDone);
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      } else if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new DjinnException("a task of the page thread failed", e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("a task that is done does not wait", e);
    }
  }

  /** Waits in the writer's slot for what is short. */
  private void holdUp(BooleanSupplier condition) {
    long since = env.nanoTime();
    try {
      await(condition);
    } finally {
      metrics.record(WaitCause.BACK_PRESSURE, env.nanoTime() - since);
    }
  }

  private void await(BooleanSupplier condition) {
    thread.await(() -> condition.getAsBoolean() || seal.isSealed());
    if (seal.isSealed() && !condition.getAsBoolean()) {
      seal.checkSealed();
    }
  }

  private long logInUse() {
    return log.appendedLsn() - control.lowestRedoLsn();
  }

  private boolean isCheckpointDue() {
    return logInUse() >= logLimitBytes / 2;
  }

  @Override
  public boolean work() {
    if (seal.isSealed()) {
      return false;
    }
    try {
      return runTask() || grow() || freeFrames() || checkpointWhereWanted();
    } catch (IOException e) {
      onFailure.accept(e);
    }
    return false;
  }

  @Override
  public void failed(Throwable t) {
    onFailure.accept(t);
  }

  void signal() {
    if (thread != null) {
      thread.signal();
    }
  }

  private boolean runTask() {
    Runnable next;
    synchronized (this) {
      next = tasks.poll();
    }
    if (next == null) {
      return false;
    }
    next.run();
    thread.signal();
    return true;
  }

  private boolean grow() throws IOException {
    long wanted;
    int present = versions.file().pageCount();
    synchronized (this) {
      if (pagesWanted <= present || shortage != null) {
        return false;
      }
      wanted = pagesWanted;
    }
    long step =
        Math.max(
            GROW_PAGES_LEAST,
            Math.min(present / 8, GROW_BYTES_MOST / versions.file().pageSizeBytes()));
    try {
      try {
        versions.file().grow((int) Math.min(Page.MAX_PAGE_NO, wanted + step));
      } catch (NoSpaceException e) {
        versions.file().grow((int) Math.min(Page.MAX_PAGE_NO, wanted));
      }
    } catch (NoSpaceException e) {
      synchronized (this) {
        shortage = e;
        pagesWanted = 0;
      }
    }
    thread.signal();
    return true;
  }

  private boolean freeFrames() throws IOException {
    int wanted;
    long asked;
    synchronized (this) {
      wanted = framesWanted;
      asked = framesAsked;
      if (wanted > 0 && (isOutOfFrames || versions.freeFrames() >= wanted)) {
        // Whoever wants them has yet to look.
        return false;
      }
    }
    if (wanted == 0) {
      // Ahead of need: a batch should find its half free.
      if (versions.freeFrames() > fewFrames() || versions.chainCount() == 0) {
        return false;
      }
      if (versions.retire() <= fewFrames()) {
        write(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED);
        versions.retire();
      }
      thread.signal();
      return false;
    }
    boolean isFree = makeFrames(wanted);
    synchronized (this) {
      // Who asked may have seen enough of them free on the way, taken them, and asked again.
      isOutOfFrames |= !isFree && asked == framesAsked;
    }
    thread.signal();
    return true;
  }

  private boolean makeFrames(int wanted) throws IOException {
    if (versions.retire() >= wanted) {
      return true;
    }
    log.awaitSynced(log.appendedLsn());
    committer.publish();
    boolean isLastRound = false;
    while (true) {
      write(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED);
      if (versions.retire() >= wanted) {
        return true;
      }
      versions.steps().awaitCurrent();
      if (versions.retire() >= wanted) {
        return true;
      }
      if (!versions.snapshots().expireOldest()) {
        // The last old snapshot may have been released after the pages it needs were passed over,
        // and still be read by steps that have not been left.
        if (isLastRound) {
          return false;
        }
        isLastRound = true;
        versions.steps().awaitCurrent();
      }
    }
  }

  private boolean checkpointWhereWanted() throws IOException {
    boolean isWanted;
    synchronized (this) {
      isWanted = checkpointsWanted > checkpointsDone;
    }
    if (!isWanted && !isCheckpointDue()) {
      return false;
    }
    if (committer.isAppendingHere()) {
      // Simulated threads run inside whoever waits, who may be in the middle of an append.
      return true;
    }
    makeCheckpoint();
    thread.signal();
    return true;
  }

  private void makeCheckpoint() throws IOException {
    versions.file().requireInPlace();
    control.requireInPlace();
    long since = env.nanoTime();
    BatchCommitter.RedoPoint redo = committer.fixRedoPoint();
    do {
      log.awaitSynced(Math.max(redo.lsn(), log.appendedLsn()));
    } while (log.durableBatch() < redo.batch());
    committer.publish();
    write(redo.batch(), WriteBack.Mode.PRESERVE_NEEDED);
    seal.checkSealed();
    control.write(control.state().next(redo.lsn(), redo.batch()));
    log.segments().recycleBelow(control.lowestRedoLsn());
    synchronized (this) {
      checkpointsDone++;
    }
    metrics.add(EventCount.CHECKPOINTS, 1);
    metrics.record(WaitCause.CHECKPOINT, env.nanoTime() - since);
    versions.retire();
  }

  /** Writes pages; a failed write is retried from the frames, which stay the authority. */
  private int write(long throughBatch, WriteBack.Mode mode) throws IOException {
    for (int attempt = 1; ; attempt++) {
      seal.checkSealed();
      try {
        int pages = writeBack.writeThrough(throughBatch, mode, this::giveFrames);
        metrics.add(EventCount.PAGES_WRITTEN, pages);
        return pages;
      } catch (IOException e) {
        if (attempt == WRITE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Frees what a run of writes has made free, for whoever waits for frames meanwhile. */
  private void giveFrames() {
    versions.retire();
    signal();
  }

  /** Newest batch that the older control slot lies beyond. */
  long lowestRedoBatch() {
    return control.lowestRedoBatch();
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
