package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.opclass.builtin.ArrayOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An index over {@link TrigramRows} that has the rows of the TIDs from 0 on; inserts the next ones
 * and checks that exactly those are there.
 */
final class TrigramStore {
  private static final int QUESTIONS_PER_SHAPE = 8;
  private static final int ROWS_PER_FILLING_BATCH = 500;
  private static final int COMMITS_FOR_LOG_BYTES = 50;
  private static final int TRIES_FOR_LOG_BYTES = 10;

  private final String name;
  private final TrigramRows rows;
  private final AtomicLong nextTid = new AtomicLong();
  private Djinn db;
  private GinIndex index;

  private TrigramStore(Djinn db, String name, TrigramRows rows) {
    this.db = db;
    this.name = name;
    this.rows = rows;
  }

  /** Makes an index without rows. */
  static TrigramStore create(
      Djinn db, String name, TrigramRows rows, boolean isFastUpdate, long pendingListLimit) {
    TrigramStore store = new TrigramStore(db, name, rows);
    store.index =
        db.createGin(
            name,
            GinSpec.column("$", ArrayOps.ofStrings())
                .withFastUpdate(isFastUpdate)
                .withPendingListLimit(pendingListLimit));
    return store;
  }

  Djinn db() {
    return db;
  }

  GinIndex index() {
    return index;
  }

  /** Uses the index in the store that was opened again. */
  void goOnIn(Djinn reopened) {
    db = reopened;
    index = db.gin(name);
  }

  /** The rows of the TIDs below this one have been inserted, or are being. */
  long endTid() {
    return nextTid.get();
  }

  /** Commits a batch of the next rows; may be called by many threads. */
  void insert(int rowCount) {
    long tid = nextTid.getAndAdd(rowCount);
    try (WriteBatch batch = db.begin()) {
      for (int i = 0; i < rowCount; i++) {
        index.insert(batch, tid + i, rows.row(tid + i));
      }
      batch.commit();
    }
  }

  /** Commits the last row once more, which changes no answer: the store is not idle then. */
  void repeatLastRow() {
    long tid = endTid() - 1;
    try (WriteBatch batch = db.begin()) {
      index.insert(batch, tid, rows.row(tid));
      batch.commit();
    }
  }

  /** Commits so many rows in large batches. */
  void fill(long rowCount) {
    for (long left = rowCount; left > 0; left -= ROWS_PER_FILLING_BATCH) {
      insert((int) Math.min(left, ROWS_PER_FILLING_BATCH));
    }
  }

  GinStats stats() {
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot);
    }
  }

  /** Bytes of log a commit of one row takes now, on average, from the growth of the log. */
  long logBytesPerRow() {
    for (int attempt = 0; attempt < TRIES_FOR_LOG_BYTES; attempt++) {
      long before = db.stats().logBytes();
      for (int i = 0; i < COMMITS_FOR_LOG_BYTES; i++) {
        insert(1);
      }
      long grown = db.stats().logBytes() - before;
      // Less where a checkpoint has come between.
      if (grown > 0) {
        return (grown + COMMITS_FOR_LOG_BYTES - 1) / COMMITS_FOR_LOG_BYTES;
      }
    }
    throw new IllegalStateException("the log does not grow by inserts");
  }

  /**
   * Checks the index in the store as another process would find it: answers before and after the
   * pending list is drained, counts, and the verifier.
   */
  void check(Djinn reopened, long seed) {
    goOnIn(reopened);
    List<TrigramQuestion> questions = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    for (TrigramQuestion.Shape shape : TrigramQuestion.Shape.values()) {
      questions.addAll(TrigramQuestion.of(rows, shape, QUESTIONS_PER_SHAPE, random));
    }
    check(questions);
    index.flush();
    check(questions);
    GinStats stats = stats();
    require("rows in the pending list", 0, stats.pendingRows());
    require("keys", rows.distinctKeys(endTid()), stats.keys());
    require("TIDs", rows.pairs(endTid()), stats.tids());
    List<String> problems = db.verify();
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the store is damaged: " + problems);
    }
  }

  /** Compares answers with brute force. */
  void check(List<TrigramQuestion> questions) {
    try (Snapshot snapshot = db.snapshot()) {
      for (TrigramQuestion question : questions) {
        question.check(index, snapshot, endTid());
      }
    }
  }

  private void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(
          name + ": " + what + ": found " + found + ", expected " + expected);
    }
  }

  /** Opens a directory with the default options, checks these indexes, and closes it. */
  static void checkReopened(Path directory, long seed, TrigramStore... stores) {
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      for (TrigramStore store : stores) {
        store.check(db, seed);
      }
    }
  }
}
