package io.djinn.perf.micro;

import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogSegments;
import io.djinn.wal.LogWriter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending to the log, a batch of one record of 200 bytes at a time, microseconds a batch: without
 * waiting, and waiting for the sync. Each iteration has a log of its own, read back at its end.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogAppendBenchmark {
  private static final int RECORD_BYTES = 200;
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final int RING_BYTES = 1 << 20;
  private static final long STORE_ID = 18;
  private static final long EPOCH = 1;

  /** Log after which what was synced is given back for reuse, bytes. */
  private static final long KEPT_BYTES = 2L * SEGMENT_BYTES;

  private final MemoryAccount account = new MemoryAccount("log append", 64 << 20);
  private TemporaryDirectory directory;
  private OsVfs vfs;
  private LogWriter log;
  private MemoryRegion body;
  private Throwable failure;
  private long records;

  /** Where the records are kept from, and the number of the first. */
  private long keptFromLsn;

  private long firstKept;

  /** The next such place, whose sync has been asked for. */
  private long nextLsn;

  private long nextRecord;

  @Setup(Level.Iteration)
  public void open() throws IOException {
    directory = new TemporaryDirectory();
    vfs = new OsVfs(directory.path());
    vfs.createDirectory(LogSegments.DIRECTORY);
    body = MemoryRegion.allocate(account, RECORD_BYTES);
    NativeMemory.fill(body.address(), RECORD_BYTES, 0x5A);
    records = 0;
    firstKept = 0;
    nextRecord = 0;
    log =
        new LogWriter(
            new OsEnv(vfs),
            STORE_ID,
            EPOCH,
            1,
            0,
            0,
            SEGMENT_BYTES,
            RING_BYTES,
            List.of(),
            List.of(),
            account,
            cause -> failure = cause,
            () -> {});
    keptFromLsn = log.nextLsn();
    nextLsn = keptFromLsn;
  }

  @Benchmark
  public long append() {
    return appendOne();
  }

  @Benchmark
  public long appendAndSync() {
    long end = appendOne();
    log.awaitSynced(end);
    return end;
  }

  private long appendOne() {
    log.reserve(RECORD_BYTES);
    log.begin();
    long lsn = log.nextLsn();
    NativeMemory.putLong(body.address(), records);
    NativeMemory.copy(body.address(), log.body(), RECORD_BYTES);
    log.append(RECORD_BYTES);
    if (lsn - nextLsn >= KEPT_BYTES) {
      recycle(lsn);
    }
    records++;
    return log.end(records);
  }

  /** Gives back the log before the place remembered last, as a checkpoint would. */
  private void recycle(long lsn) {
    if (log.syncedLsn() >= nextLsn) {
      keptFromLsn = nextLsn;
      firstKept = nextRecord;
      log.segments().recycleBelow(keptFromLsn);
    }
    nextLsn = lsn;
    nextRecord = records;
    log.requestSync(log.appendedLsn());
  }

  /** Every record kept is there, in order and whole, and none follows. */
  @TearDown(Level.Iteration)
  public void check() throws IOException {
    log.close();
    if (failure != null) {
      throw new IllegalStateException("the log failed", failure);
    }
    try (LogReader reader = new LogReader(vfs, STORE_ID, account)) {
      reader.select(EPOCH, 0, Long.MAX_VALUE, 0);
      Check.that(reader.seek(keptFromLsn), "no segment holds position " + keptFromLsn);
      long expected = firstKept;
      while (reader.next()) {
        Check.equal(RECORD_BYTES, reader.bodyLength(), "bytes of record " + expected);
        Check.equal(expected, NativeMemory.getLong(reader.body()), "number of the record");
        Check.equal(
            0,
            NativeMemory.compare(
                reader.body() + Long.BYTES,
                RECORD_BYTES - Long.BYTES,
                body.address() + Long.BYTES,
                RECORD_BYTES - Long.BYTES),
            "bytes of record " + expected);
        expected++;
      }
      Check.equal(records, expected, "records behind the last one read");
    }
    body.close();
    vfs.close();
    directory.close();
  }
}
