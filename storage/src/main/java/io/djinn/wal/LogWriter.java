package io.djinn.wal;

import io.djinn.buffer.DurableLog;
import io.djinn.error.DjinnException;
import io.djinn.error.StoreSealedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log's tail: batches append records to a ring of blocks in memory, one thread writes and syncs
 * them.
 *
 * <p>Appending is done by one thread at a time, between {@link #begin} and {@link #end}; the batch
 * has reserved its room before, so nothing can fail in between but the log itself. Bytes that were
 * handed to the log thread are never written again: the next batch starts in a new sector, and
 * while a batch is half appended only whole sectors are handed over. So no torn write can reach
 * what was acknowledged.
 *
 * <p>The thread writes when somebody waits for a sync, when one is due, or when the ring is half
 * full; while one sync runs the next group gathers.
 */
public final class LogWriter implements DurableLog, Agent, AutoCloseable {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** Slower syncs are waited for by parking. */
  private static final long MOST_SPIN_NANOS = 300_000;

  /** How soon the next commit of a lone thread is expected behind the last one. */
  private static final long NEXT_COMMIT_NANOS = 60_000;

  private static final int SYNCS_AVERAGED = 8;

  private static final long NEVER = Long.MAX_VALUE;

  private final Env env;
  private final LogFormat format;
  private final LogSegments segments;
  private final RecordBuffer record;
  private final MemoryRegion ring;
  private final int ringBlocks;
  private final long epoch;
  private final long startLsn;
  private final int blocksPerSegment;
  private final Consumer<Throwable> onFailure;
  private final Runnable onSynced;
  private final CommitMarks marks;
  private final EngineThread thread;

  // Positions count bytes of blocks, headers included, from the start of this run.
  private final Object handOver = new Object();
  private long position;
  private long flushable;
  private long claimed;
  private volatile long written;
  private volatile long syncedLsn;
  private volatile long appendedLsn;

  private long wantedLsn;
  private long dueNanos = NEVER;
  private RawFile unsynced;
  private volatile long syncCount;

  /** What a sync takes, on average; written by the log thread. */
  private volatile long syncNanos = MOST_SPIN_NANOS + 1;

  /** Whether the last append is waited for by one thread that looks all the time. */
  private volatile boolean isForOne;

  private volatile Throwable failure;

  /**
   * Starts a new run of the log in a new segment.
   *
   * @param startLsn LSN of its first byte; everything before it is durable
   * @param startBatch number of the last batch before it
   * @param ringBytes memory for blocks not yet written; at least four blocks
   * @param older segments of earlier runs, recycled or deleted in time
   * @param misnamed files that are deleted in time
   * @param onFailure takes the first error, which is final
   * @param onSynced runs after each sync, on the log thread
   */
  public LogWriter(
      Env env,
      long storeId,
      long epoch,
      long firstSequence,
      long startLsn,
      long startBatch,
      int segmentBytes,
      int ringBytes,
      List<LogReader.SegmentFile> older,
      List<LogReader.SegmentFile> misnamed,
      MemoryAccount account,
      Consumer<Throwable> onFailure,
      Runnable onSynced) {
    this.env = env;
    this.epoch = epoch;
    this.startLsn = startLsn;
    this.onFailure = onFailure;
    this.onSynced = onSynced;
    format = new LogFormat(storeId);
    record = new RecordBuffer(storeId);
    marks = new CommitMarks(startBatch);
    ringBlocks = ringBytes / LogFormat.BLOCK_BYTES;
    ring = MemoryRegion.allocate(account, (long) ringBlocks * LogFormat.BLOCK_BYTES);
    try {
      segments =
          new LogSegments(
              env,
              storeId,
              epoch,
              firstSequence,
              startLsn,
              segmentBytes,
              older,
              misnamed,
              account,
              this::failed);
    } catch (Throwable t) {
      ring.close();
      throw t;
    }
    blocksPerSegment = segments.blocksPerSegment();
    syncedLsn = startLsn;
    appendedLsn = startLsn;
    thread = env.start("djinn-log", this);
  }

  /** Bytes drawn for a ring of this size. */
  public static long accountBytes(int ringBytes) {
    return ringBytes + (long) LogFormat.BLOCK_BYTES;
  }

  /** Room for the body of the record that is appended next. */
  public long body() {
    return record.body();
  }

  /** Epoch of this run. */
  public long epoch() {
    return epoch;
  }

  /** First position of this run. */
  public long startLsn() {
    return startLsn;
  }

  /** End of the last appended batch. */
  public long appendedLsn() {
    return appendedLsn;
  }

  /** Everything before this position is durable. */
  public long syncedLsn() {
    return syncedLsn;
  }

  @Override
  public long durableBatch() {
    return marks.durableBatch();
  }

  public LogSegments segments() {
    return segments;
  }

  /**
   * Makes sure that this many bytes of records can be appended.
   *
   * @throws io.djinn.error.NoSpaceException where segments can not be allocated; nothing changed
   */
  public void reserve(long bytes) {
    check();
    long blocks = bytes / LogFormat.BLOCK_PAYLOAD_BYTES + 2;
    segments.reserve((position / LogFormat.BLOCK_BYTES + blocks) / blocksPerSegment);
    check();
  }

  /** Begins a batch: in a new sector where the last one has been handed to the log thread. */
  public void begin() {
    check();
    synchronized (handOver) {
      position = Math.max(position, claimed);
      flushable = Math.max(claimed, floorToSector(position));
    }
  }

  /** Position of the record that is appended next. */
  public long nextLsn() {
    int room = LogFormat.SECTOR_BYTES - (int) (position & (LogFormat.SECTOR_BYTES - 1));
    if (room < LogFormat.RECORD_HEADER_BYTES) {
      position += room;
    }
    return lsnAt(position);
  }

  private long lsnAt(long at) {
    long block = at / LogFormat.BLOCK_BYTES;
    int offset = (int) (at & (LogFormat.BLOCK_BYTES - 1));
    int payload = Math.max(0, offset - LogFormat.BLOCK_HEADER_BYTES);
    return startLsn + block * LogFormat.BLOCK_PAYLOAD_BYTES + payload;
  }

  /** Appends the record whose body was put at {@link #body()}. */
  public void append(int length) {
    if (length < 1 || length > LogFormat.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "record of " + length + " bytes, limit " + LogFormat.MAX_BODY_BYTES);
    }
    int checksum = record.checksum(epoch, nextLsn(), length);
    long header = record.body() - LogFormat.RECORD_HEADER_BYTES;
    NativeMemory.putInt(header, length);
    NativeMemory.putInt(header + 4, checksum);
    int total = LogFormat.RECORD_HEADER_BYTES + length;
    int done = 0;
    while (done < total) {
      int offset = (int) (position & (LogFormat.BLOCK_BYTES - 1));
      if (offset == 0) {
        beginBlock();
        offset = LogFormat.BLOCK_HEADER_BYTES;
      }
      int count = Math.min(total - done, LogFormat.BLOCK_BYTES - offset);
      NativeMemory.copy(header + done, ringAddress(position), count);
      position += count;
      done += count;
    }
  }

  private void beginBlock() {
    synchronized (handOver) {
      flushable = Math.max(claimed, floorToSector(position));
    }
    long ringBytes = (long) ringBlocks * LogFormat.BLOCK_BYTES;
    if (position + LogFormat.BLOCK_BYTES - written > ringBytes) {
      thread.await(
          () -> position + LogFormat.BLOCK_BYTES - written <= ringBytes || failure != null);
      check();
    }
    long block = position / LogFormat.BLOCK_BYTES;
    long address = ringAddress(position);
    NativeMemory.fill(address, LogFormat.BLOCK_BYTES, 0);
    format.writeBlockHeader(
        address, epoch, segments.sequence(block / blocksPerSegment), lsnAt(position), syncedLsn);
    position += LogFormat.BLOCK_HEADER_BYTES;
  }

  private static long floorToSector(long at) {
    return at & -LogFormat.SECTOR_BYTES;
  }

  private long ringAddress(long at) {
    long block = at / LogFormat.BLOCK_BYTES;
    return ring.address()
        + block % ringBlocks * LogFormat.BLOCK_BYTES
        + (at & (LogFormat.BLOCK_BYTES - 1));
  }

  /** Ends a batch: its records may be written. Returns the position behind them. */
  public long end(long batch) {
    long end = lsnAt(position);
    marks.add(batch, end);
    boolean isSyncWanted;
    synchronized (handOver) {
      flushable = position;
      appendedLsn = end;
      isSyncWanted = wantedLsn > syncedLsn;
    }
    isForOne = false;
    if (isSyncWanted) {
      thread.wake();
    }
    return end;
  }

  /** Asks for a sync of everything before a position, at once. */
  public void requestSync(long lsn) {
    synchronized (handOver) {
      wantedLsn = Math.max(wantedLsn, lsn);
    }
    thread.wake();
  }

  /** Asks for a sync of what is appended, within a time. */
  public void requestSyncWithin(long nanos) {
    boolean isSooner;
    synchronized (handOver) {
      long due = env.nanoTime() + nanos;
      isSooner = dueNanos == NEVER || due - dueNanos < 0;
      if (isSooner) {
        dueNanos = due;
      }
    }
    if (isSooner) {
      thread.wake();
    }
  }

  /** Waits until everything before a position is durable; throws where the log has failed. */
  public void awaitSynced(long lsn) {
    if (syncedLsn < lsn) {
      requestSync(lsn);
      thread.await(() -> syncedLsn >= lsn || failure != null);
    }
    if (syncedLsn < lsn) {
      check();
    }
  }

  /** Waits on the log thread's progress for a condition of the caller's, or the log's failure. */
  public void await(java.util.function.BooleanSupplier condition) {
    thread.await(() -> condition.getAsBoolean() || failure != null);
  }

  /**
   * Waits for a condition that holds when {@link #signal(Thread)} is called for this thread; one
   * that shall end with the log's failure says so itself.
   */
  public void awaitSignal(java.util.function.BooleanSupplier condition) {
    thread.awaitSignal(condition);
  }

  /**
   * As {@link #awaitSignal} for a sync that nobody else waits for. Where syncs are quick the caller
   * and the log thread look for each other before they park: to wake a thread on an idle processor
   * takes a good part of the time of a sync.
   */
  public void awaitOwnSync(java.util.function.BooleanSupplier condition) {
    boolean spins = syncNanos <= MOST_SPIN_NANOS && PROCESSORS > 1;
    isForOne = spins;
    thread.awaitSignal(condition, spins ? 2 * syncNanos : 0);
  }

  @Override
  public long spinNanos() {
    return isForOne ? NEXT_COMMIT_NANOS : 0;
  }

  /** Lets one thread inside {@link #awaitSignal} look at its condition again. */
  public void signal(Thread waiter) {
    thread.signal(waiter);
  }

  /** Whether nothing will be synced any more. */
  public boolean hasFailed() {
    return failure != null;
  }

  /** Syncs of the log so far. */
  public long syncCount() {
    return syncCount;
  }

  /** Throws where the log has failed. */
  public void check() {
    Throwable cause = failure;
    if (cause != null) {
      throw new StoreSealedException("the log failed: " + cause.getMessage(), cause);
    }
  }

  @Override
  public long idleNanos() {
    synchronized (handOver) {
      return dueNanos == NEVER || failure != null ? 0 : Math.max(1, dueNanos - env.nanoTime());
    }
  }

  @Override
  public boolean work() {
    if (failure != null) {
      return false;
    }
    long to;
    boolean isSyncWanted;
    synchronized (handOver) {
      if (dueNanos != NEVER && dueNanos - env.nanoTime() <= 0) {
        // Kept as a wish: the end of the last batch may be in a sector that is still being filled.
        wantedLsn = Math.max(wantedLsn, appendedLsn);
        dueNanos = NEVER;
      }
      isSyncWanted = wantedLsn > syncedLsn;
      boolean isHalfFull =
          flushable - written >= (long) ringBlocks * LogFormat.BLOCK_BYTES / 2
              || position + LogFormat.BLOCK_BYTES - written
                  > (long) ringBlocks * LogFormat.BLOCK_BYTES;
      to = Math.max(claimed, (flushable + LogFormat.SECTOR_BYTES - 1) & -LogFormat.SECTOR_BYTES);
      boolean isNew = to > claimed;
      if (!(isNew && (isSyncWanted || isHalfFull)) && !(isSyncWanted && unsynced != null)) {
        return false;
      }
      claimed = to;
    }
    try {
      write(to);
      if (isSyncWanted) {
        sync(to);
      }
    } catch (IOException e) {
      failed(e);
      return false;
    }
    thread.signal();
    return true;
  }

  private void write(long to) throws IOException {
    long from = written;
    while (from < to) {
      long block = from / LogFormat.BLOCK_BYTES;
      long index = block / blocksPerSegment;
      RawFile file = segments.use(index);
      if (file != unsynced) {
        if (unsynced != null) {
          unsynced.sync(false);
        }
        unsynced = file;
      }
      long segmentEnd = (index + 1) * blocksPerSegment * LogFormat.BLOCK_BYTES;
      long ringEnd = (block - block % ringBlocks + ringBlocks) * LogFormat.BLOCK_BYTES;
      long end = Math.min(to, Math.min(segmentEnd, ringEnd));
      long fileOffset =
          (block % blocksPerSegment + 1) * LogFormat.BLOCK_BYTES
              + (from & (LogFormat.BLOCK_BYTES - 1));
      file.writeFully(fileOffset, ringAddress(from), (int) (end - from));
      from = end;
    }
    written = to;
  }

  private void sync(long to) throws IOException {
    if (unsynced != null) {
      long since = env.nanoTime();
      unsynced.sync(false);
      syncNanos += (env.nanoTime() - since - syncNanos) / SYNCS_AVERAGED;
      unsynced = null;
    }
    long lsn = lsnAt(to);
    countSync();
    marks.synced(lsn);
    syncedLsn = lsn;
    onSynced.run();
  }

  /** One thread syncs. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void countSync() {
    syncCount++;
  }

  /** The first failure is final: nothing more is written, and every waiter is told. */
  @Override
  public void failed(Throwable cause) {
    if (failure != null) {
      return;
    }
    if (segments != null) {
      segments.stop();
    }
    // First, so that nothing is published once a waiter can see the failure.
    onFailure.accept(cause);
    synchronized (handOver) {
      if (failure == null) {
        failure = cause;
      }
    }
    thread.signal();
  }

  /** Wakes the committers that wait for publication. */
  public void signal() {
    thread.signal();
  }

  /** Writes and syncs what is left, where the log has not failed, and closes the files. */
  @Override
  public void close() {
    try {
      if (failure == null) {
        awaitSynced(appendedLsn);
      }
    } finally {
      thread.close();
      try {
        segments.close();
      } catch (IOException e) {
        throw new DjinnException("closing the log: " + e.getMessage(), e);
      } finally {
        ring.close();
      }
    }
  }
}
