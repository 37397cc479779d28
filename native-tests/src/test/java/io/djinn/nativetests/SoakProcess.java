package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.file.OsVfs;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * Inserts and removes the same rows cycle after cycle while other threads open snapshots and
 * cursors, and says after each cycle, when nobody else is at work, what the process holds.
 */
final class SoakProcess {
  /** Figures of a line, in order. */
  enum Held {
    DESCRIPTORS,
    MAPPINGS,
    THREADS,
    ANONYMOUS_KIB,
    OFF_HEAP_BYTES,
    FILE_BYTES,
    LOG_BYTES
  }

  /** Before the figures of a cycle. */
  static final String CYCLE = "CYCLE";

  /** Before mappings and off-heap bytes when the store was closed. */
  static final String CLOSED = "CLOSED";

  /** Before how often readers looked at the pending list, and the most bytes they saw in it. */
  static final String PENDING = "PENDING";

  static final int LOG_SEGMENT_BYTES = 256 << 10;
  static final int LOG_LIMIT_BYTES = 8 * LOG_SEGMENT_BYTES;
  static final int PENDING_LIST_LIMIT = 64 << 10;

  private static final String INDEX = "soak";
  private static final int READERS = 2;
  static final int PAGE_BYTES = 1024;
  private static final int READS_UNDER_ONE_SNAPSHOT = 8;
  private static final int CYCLES_PER_VERIFICATION = 10;
  private static final int ASYNC_MILLIS = 20;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(PAGE_BYTES)
          .withFrameMemoryBytes(4 << 20)
          .withLogSegmentBytes(LOG_SEGMENT_BYTES)
          .withLogLimitBytes(LOG_LIMIT_BYTES)
          .withMapChunkBytes(1 << 20)
          .withDurability(Durability.async(ASYNC_MILLIS));

  private static final GinQuery ALL = ArrayOps.containsAll(new int[0]);

  private final Path directory;
  private final CountedEnv env;
  private final Djinn db;
  private final GinIndex index;
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong mostPendingBytes = new AtomicLong();

  /** Held for writing while the process is looked at: no reader has anything open then. */
  private final ReadWriteLock rest = new ReentrantReadWriteLock(true);

  private SoakProcess(Path directory, CountedEnv env) {
    this.directory = directory;
    this.env = env;
    db = Djinn.open(env, OPTIONS);
    index =
        db.createGin(
            INDEX, GinSpec.column("$", ArrayOps.ofInts()).withPendingListLimit(PENDING_LIST_LIMIT));
  }

  /**
   * @param arguments directory, seconds, seed
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    long end = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000_000L;
    try (OsVfs vfs = OsVfs.create(directory)) {
      CountedEnv env = new CountedEnv(vfs);
      SoakProcess soak = new SoakProcess(directory, env);
      soak.run(end, new SplittableRandom(Long.parseLong(arguments[2])));
      soak.db.close();
      System.out.println(
          CLOSED + " " + ProcessAccount.mappings(directory) + " " + env.offHeapBytes());
    }
  }

  private void run(long endNanos, SplittableRandom random) throws Exception {
    for (long row = 0; row < SoakRows.STAYING; row += SoakRows.ROWS_PER_BATCH) {
      commit(row, true);
    }
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      SplittableRandom own = random.split();
      Thread reader = new Thread(() -> read(own), "reader-" + i);
      reader.start();
      readers.add(reader);
    }
    try {
      for (int cycle = 1; System.nanoTime() < endNanos && failure.get() == null; cycle++) {
        churn();
        rest.writeLock().lock();
        try {
          rest(cycle);
        } finally {
          rest.writeLock().unlock();
        }
      }
    } finally {
      isOver.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a reader failed", failure.get());
    }
    System.out.println(PENDING + " " + reads.get() + " " + mostPendingBytes.get());
  }

  private void churn() {
    for (long row = SoakRows.FIRST; row < SoakRows.END; row += SoakRows.ROWS_PER_BATCH) {
      commit(row, true);
    }
    db.checkpoint();
    for (long row = SoakRows.FIRST; row < SoakRows.END; row += SoakRows.ROWS_PER_BATCH) {
      commit(row, false);
    }
  }

  private void commit(long first, boolean isInsert) {
    try (WriteBatch batch = db.begin()) {
      for (long row = first; row < first + SoakRows.ROWS_PER_BATCH; row++) {
        if (isInsert) {
          index.insert(batch, row, SoakRows.values(row));
        } else {
          index.delete(batch, row, SoakRows.values(row));
        }
      }
      batch.commit();
    }
  }

  /** Brings the store to rest, checks it and says what the process holds. */
  private void rest(int cycle) throws IOException {
    index.flush();
    db.checkpoint();
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      require("rows in the pending list", 0, stats.pendingRows());
      require("keys", SoakRows.stayingValues(), stats.keys());
      require("TIDs", SoakRows.stayingPairs(), stats.tids());
    }
    if (cycle % CYCLES_PER_VERIFICATION == 0) {
      List<String> problems = db.verify();
      if (!problems.isEmpty()) {
        throw new IllegalStateException("cycle " + cycle + ": " + problems);
      }
    }
    StringBuilder line = new StringBuilder(CYCLE);
    for (Held held : Held.values()) {
      line.append(' ').append(now(held));
    }
    System.out.println(line);
  }

  private long now(Held held) throws IOException {
    return switch (held) {
      case DESCRIPTORS -> ProcessAccount.descriptors();
      case MAPPINGS -> ProcessAccount.mappings(directory);
      case THREADS -> ProcessAccount.threads();
      case ANONYMOUS_KIB -> ProcessAccount.anonymousKib();
      case OFF_HEAP_BYTES -> env.offHeapBytes();
      case FILE_BYTES -> Files.size(directory.resolve("pages"));
      case LOG_BYTES -> logBytes();
    };
  }

  private long logBytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory.resolve("wal"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        // A segment may go, or get its name, meanwhile.
        bytes += Files.exists(file) ? LOG_SEGMENT_BYTES : 0;
      }
    }
    return bytes;
  }

  private static void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": found " + found + ", expected " + expected);
    }
  }

  /** Until the end: snapshots, cursors to their end and not, answers compared with each other. */
  private void read(SplittableRandom random) {
    try {
      while (!isOver.get() && failure.get() == null) {
        rest.readLock().lock();
        try (Snapshot snapshot = db.snapshot()) {
          read(snapshot, random);
        } catch (SnapshotExpiredException e) {
          // Its pages or its log were needed: the next one will do.
        } finally {
          rest.readLock().unlock();
        }
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private void read(Snapshot snapshot, SplittableRandom random) {
    long pendingBytes = index.stats(snapshot).pendingBytes();
    mostPendingBytes.accumulateAndGet(pendingBytes, Math::max);
    reads.incrementAndGet();
    List<Long> all = find(snapshot, ALL, Long.MAX_VALUE);
    SoakRows.check(all);
    for (int i = 0; i < READS_UNDER_ONE_SNAPSHOT; i++) {
      List<Integer> values = SoakRows.values(random.nextLong(SoakRows.END));
      int value = values.get(random.nextInt(values.size()));
      long limit = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(all.size());
      List<Long> expected =
          all.stream().filter(row -> SoakRows.values(row).contains(value)).limit(limit).toList();
      List<Long> found = find(snapshot, ArrayOps.containsAll(value), limit);
      if (!found.equals(expected)) {
        throw new IllegalStateException(
            "value "
                + value
                + " of snapshot "
                + snapshot.batch()
                + ": "
                + found
                + ", expected "
                + expected);
      }
    }
    if (!find(snapshot, ALL, Long.MAX_VALUE).equals(all)) {
      throw new IllegalStateException("snapshot " + snapshot.batch() + " has changed");
    }
  }

  /** The first rows found; the cursor is closed before its end where there are more. */
  private List<Long> find(Snapshot snapshot, GinQuery query, long limit) {
    List<Long> found = new ArrayList<>();
    try (TidCursor cursor = index.search(snapshot, query)) {
      while (found.size() < limit && cursor.next()) {
        found.add(cursor.tid());
      }
    }
    return found;
  }
}
