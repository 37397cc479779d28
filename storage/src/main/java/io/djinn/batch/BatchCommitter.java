package io.djinn.batch;

import io.djinn.buffer.PageVersions;
import io.djinn.error.DjinnException;
import io.djinn.error.StoreSealedException;
import io.djinn.memory.MemoryAccount;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogRecords;
import io.djinn.wal.LogWriter;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/**
 * The writer's slot: applies one batch at a time, appends it, links its frames, and lets it be
 * published.
 *
 * <p>Up to the append nothing has been written, and a batch that fails is forgotten. The append
 * itself runs under the lock that fixes redo points, with log space reserved before; whatever fails
 * there seals the store.
 */
public final class BatchCommitter implements AutoCloseable {
  /** What a batch does to the pages. */
  public interface Work {
    /** Changes pages inside {@link OpenBatch#operation}s. */
    void apply(OpenBatch batch);

    /**
     * The batch was appended under this number: whatever the next batch bases on besides pages is
     * changed now. Runs in the writer's slot before anybody can see the batch, and may not fail.
     */
    default void appended(long number) {}
  }

  /** Waits until the log has room under its limit; runs outside any step. */
  public interface LogRoom {
    void await();
  }

  private final PageVersions versions;
  private final LogWriter log;
  private final OpenBatch batch;
  private final LogRecords records;
  private final Publisher publisher;
  private final LogRoom room;
  private final Consumer<Throwable> seal;
  private final Runnable check;
  private final Lock slot;
  private volatile Thread holder;
  private final Object redoPoint = new Object();
  private long appendedBatch;
  private volatile long redoBatch;

  /**
   * @param slot the writer's slot
   * @param lastBatch number of the newest batch there is
   * @param check throws where the store is sealed or closed
   * @param seal takes a failure after which nothing may be written any more
   */
  public BatchCommitter(
      PageVersions versions,
      LogWriter log,
      EditTable table,
      PageSupply supply,
      PageAllocator allocator,
      LogRoom room,
      Lock slot,
      long lastBatch,
      MemoryAccount account,
      Runnable check,
      Consumer<Throwable> seal) {
    this.versions = versions;
    this.log = log;
    this.room = room;
    this.slot = slot;
    this.check = check;
    this.seal = seal;
    records = new LogRecords(versions.file().pageSizeBytes());
    batch = new OpenBatch(versions, table, supply, allocator, account);
    publisher = new Publisher(versions.snapshots(), log);
    appendedBatch = lastBatch;
    redoBatch = lastBatch;
  }

  /** To be run after each sync of the log. */
  public void publish() {
    publisher.publish();
  }

  /** Publishes nothing any more: called before anybody can see that the store is sealed. */
  public void stopPublishing() {
    publisher.stop();
  }

  /**
   * Applies, appends and publishes one batch; returns its number. One that changed nothing leaves
   * nothing in the log and returns the newest batch's number, once that and all before it have met
   * the mode asked for here: a synced commit promises everything before it, whatever it holds.
   *
   * @param nanos the time of GROUP and ASYNC, nanoseconds
   */
  public long commit(Work work, SyncMode mode, long nanos) {
    long number;
    long endLsn;
    boolean isEmpty;
    slot.lock();
    try {
      holder = Thread.currentThread();
      check.run();
      room.await();
      number = appendedBatch + 1;
      batch.begin(number);
      try {
        work.apply(batch);
        isEmpty = batch.isEmpty();
        if (isEmpty) {
          batch.forget();
        } else {
          log.reserve(batch.logBytes());
        }
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        batch.forget();
        seal.accept(e);
        throw e;
      } catch (Throwable t) {
        batch.forget();
        throw t;
      }
      if (isEmpty) {
        number = appendedBatch;
        endLsn = log.appendedLsn();
      } else {
        endLsn = append(number, work, mode);
      }
    } finally {
      holder = null;
      slot.unlock();
    }
    await(number, endLsn, mode, nanos);
    if (isEmpty && (mode == SyncMode.SYNC || mode == SyncMode.GROUP)) {
      log.await(() -> log.syncedLsn() >= endLsn);
      if (log.syncedLsn() < endLsn) {
        log.check();
      }
    }
    return number;
  }

  private long append(long number, Work work, SyncMode mode) {
    try {
      synchronized (redoPoint) {
        batch.finish(records);
        log.begin();
        long first = log.nextLsn();
        int count = batch.touchedPages();
        for (int at = 0; at < count; at++) {
          log.append(batch.encode(at, redoBatch, records, log.body()));
        }
        log.append(LogRecords.encodeCommit(log.body(), number, first, count));
        batch.link();
        work.appended(number);
        appendedBatch = number;
        long end = log.end(number);
        publisher.appended(number, end, mode);
        return end;
      }
    } catch (Throwable t) {
      seal.accept(t);
      throw t;
    }
  }

  private void await(long number, long endLsn, SyncMode mode, long nanos) {
    switch (mode) {
      case SYNC -> log.requestSync(endLsn);
      case GROUP, ASYNC -> log.requestSyncWithin(nanos);
      case NONE -> {}
    }
    if (versions.snapshots().published() < number) {
      log.await(() -> versions.snapshots().published() >= number);
      if (versions.snapshots().published() < number) {
        try {
          log.check();
        } catch (StoreSealedException e) {
          throw new StoreSealedException(
              "the outcome of batch "
                  + number
                  + " is unknown until the store is opened again: "
                  + e.getMessage(),
              e.getCause());
        }
        throw new DjinnException("batch " + number + " was not published");
      }
    }
  }

  /** Where redo would start, taken so that no batch lies on both sides. */
  public record RedoPoint(long lsn, long batch) {}

  /** Fixes the redo point at the end of the appended log: later changes log images first. */
  public RedoPoint fixRedoPoint() {
    synchronized (redoPoint) {
      redoBatch = appendedBatch;
      return new RedoPoint(log.appendedLsn(), redoBatch);
    }
  }

  /** Whether the calling thread is appending a batch: no redo point may be fixed inside one. */
  public boolean isAppendingHere() {
    return Thread.holdsLock(redoPoint);
  }

  /** Whether the calling thread has the writer's slot. */
  public boolean isHeldHere() {
    return holder == Thread.currentThread();
  }

  /** Keeps batches out while the caller works, for closing. */
  public void withSlot(Runnable work) {
    slot.lock();
    try {
      work.run();
    } finally {
      slot.unlock();
    }
  }

  @Override
  public void close() {
    batch.close();
  }
}
