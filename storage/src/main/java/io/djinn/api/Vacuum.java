package io.djinn.api;

import io.djinn.batch.BatchCommitter;
import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.VacuumCancelledException;
import io.djinn.gin.GinWriter;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.vacuum.IndexWalk;
import io.djinn.gin.vacuum.KeyedTids;
import java.util.function.LongPredicate;

/**
 * One vacuum of an index: walks it in steps, asks outside of them which TIDs are dead, and removes
 * those in slices, each a small batch that is synced with a later one.
 *
 * <p>Holds a snapshot only while it reads, until {@value #GATHERED_TIDS} dead TIDs or {@value
 * #GATHERED_KEY_BYTES} bytes of their keys are gathered. Belongs to one thread.
 */
final class Vacuum implements AutoCloseable {
  private static final int GATHERED_TIDS = 4096;
  private static final int GATHERED_KEY_BYTES = 64 << 10;

  /** TIDs removed between two looks at the clock and at the pages touched. */
  private static final int CHANGE_TIDS = 8;

  /** Time between two looks at a build that has to end first. */
  private static final long BUILD_LOOK_NANOS = 5_000_000;

  private static final long[] NONE = new long[0];

  private final Djinn db;
  private final GinIndex index;
  private final LongPredicate isDead;
  private final VacuumOptions options;
  private final KeyedTids found;
  private final KeyedTids dead;
  private final long[] deadOfKey = new long[2 * IndexWalk.STEP_TIDS];
  private final long startNanos;
  private IndexWalk walk;
  private Snapshot snapshot;
  private SnapshotReader reader;

  private long keys;
  private long tids;
  private long tidsTested;
  private long tidsRemoved;
  private long keysRemoved;
  private long pagesFreed;

  Vacuum(Djinn db, GinIndex index, LongPredicate isDead, VacuumOptions options) {
    this.db = db;
    this.index = index;
    this.isDead = isDead;
    this.options = options;
    startNanos = db.env().nanoTime();
    // A page whose count is wrong may give a step more TIDs than it says, but not twice as many.
    int stepTids = 2 * IndexWalk.STEP_TIDS;
    int stepKeyBytes = IndexWalk.keyBytesLimit(db.store().pageSizeBytes());
    found = new KeyedTids(db.account(), stepTids, stepKeyBytes);
    try {
      dead =
          new KeyedTids(
              db.account(), GATHERED_TIDS + stepTids, GATHERED_KEY_BYTES + 2 * stepKeyBytes);
    } catch (Throwable t) {
      found.close();
      throw t;
    }
  }

  VacuumReport run() {
    awaitBuild();
    FlushResult flushed = index.flush();
    count();
    walk = new IndexWalk(index.root(), db.store().pageSizeBytes());
    boolean goOn;
    do {
      goOn = step();
      test();
      report();
      if (!goOn || dead.tidCount() >= GATHERED_TIDS || dead.keyBytes() >= GATHERED_KEY_BYTES) {
        remove();
      }
    } while (goOn);
    Durability durability = db.options().durability();
    db.store().commit(batch -> {}, durability.mode(), durability.nanos());
    return new VacuumReport(
        walk.keysWalked(),
        tidsTested,
        tidsRemoved,
        keysRemoved,
        pagesFreed,
        flushed.rows(),
        (db.env().nanoTime() - startNanos) / 1e9);
  }

  /**
   * Passes through the writer's slot, where no build of the index is under way: whoever is in there
   * may have looked for this vacuum before it began; everybody behind it will find it. So no dead
   * TID comes into the index after this, and no build that reads rows begins before the end.
   */
  private void awaitBuild() {
    boolean[] isBuilding = new boolean[1];
    do {
      check();
      while (index.journal() != null) {
        db.env().pause(BUILD_LOOK_NANOS);
        check();
        db.store().seal().check();
      }
      db.store()
          .commit(
              batch -> {
                index.requireLive();
                isBuilding[0] = index.journal() != null;
              },
              SyncMode.NONE,
              0);
    } while (isBuilding[0]);
  }

  /** Throws where the index was dropped, or the vacuum is to end. */
  private void check() {
    index.requireLive();
    checkCancelled();
  }

  private void checkCancelled() {
    boolean isInterrupted = Thread.currentThread().isInterrupted();
    if (isInterrupted || options.isCancelled()) {
      throw new VacuumCancelledException(
          "vacuum of index \""
              + index.name()
              + "\" was "
              + (isInterrupted ? "interrupted" : "cancelled")
              + " after "
              + tidsTested
              + " TIDs, of which it removed "
              + tidsRemoved);
    }
  }

  private void count() {
    try (Snapshot newest = db.snapshot()) {
      GinStats stats = index.stats(newest);
      keys = stats.keys();
      tids = stats.tids();
    }
  }

  /** One step, in a new snapshot where there is none or the old one was given up. */
  private boolean step() {
    while (true) {
      if (reader == null) {
        snapshot = db.snapshot();
        reader = snapshot.reader();
        walk.restart();
      }
      // Behind the snapshot: one that sees the index dropped sees its pages used for others.
      check();
      try {
        reader.enter();
      } catch (SnapshotExpiredException e) {
        forgetSnapshot();
        continue;
      }
      try {
        return walk.next(reader, found);
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        index.seal(e);
        throw e;
      } finally {
        reader.leave();
      }
    }
  }

  private void forgetSnapshot() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
    if (snapshot != null) {
      snapshot.close();
      snapshot = null;
    }
  }

  /** Gathers the dead ones of what a step has found. */
  private void test() {
    for (int key = 0; key < found.keyCount(); key++) {
      int count = 0;
      int end = found.endTid(key);
      for (int at = found.firstTid(key); at < end; at++) {
        checkCancelled();
        long tid = found.tid(at);
        tidsTested++;
        if (isDead.test(tid)) {
          deadOfKey[count++] = tid;
        }
      }
      if (count > 0) {
        dead.add(found.keyAddress(key), found.keyLength(key), deadOfKey, 0, count);
      }
    }
  }

  private void report() {
    options
        .listener()
        .progress(new VacuumProgress(walk.keysWalked(), keys, tidsTested, tids, tidsRemoved));
  }

  /** Removes what was gathered; the snapshot is given up first, so that it holds no versions. */
  private void remove() {
    forgetSnapshot();
    Slice slice = new Slice();
    while (!slice.isAtEnd()) {
      check();
      db.store().commit(slice, SyncMode.NONE, 0);
      tidsRemoved += slice.removedTids;
      keysRemoved += slice.removedKeys;
      pagesFreed += slice.freedPages;
      slice.goOn();
      report();
    }
    dead.clear();
  }

  /** One batch that removes some of what was gathered, as many as it has time and pages for. */
  private final class Slice implements BatchCommitter.Work {
    private final long[] deletes = new long[CHANGE_TIDS];
    private int fromKey;
    private int fromTid;
    private int toKey;
    private int toTid;
    private long removedTids;
    private long removedKeys;
    private long freedPages;

    boolean isAtEnd() {
      return fromKey == dead.keyCount();
    }

    void goOn() {
      fromKey = toKey;
      fromTid = toTid;
    }

    @Override
    public void apply(OpenBatch batch) {
      index.requireLive();
      long start = db.env().nanoTime();
      GinWriter writer = db.writer();
      writer.begin(index.metaPage());
      toKey = fromKey;
      toTid = fromTid;
      do {
        int end = dead.endTid(toKey);
        int count = Math.min(CHANGE_TIDS, end - toTid);
        for (int i = 0; i < count; i++) {
          deletes[i] = dead.tid(toTid + i);
        }
        writer.change(
            batch,
            index.root(),
            dead.keyAddress(toKey),
            dead.keyLength(toKey),
            NONE,
            null,
            0,
            deletes,
            count);
        toTid += count;
        if (toTid == end) {
          toKey++;
        }
      } while (toKey < dead.keyCount()
          && batch.touchedPages() < batch.frameLimit() / 2
          && db.env().nanoTime() - start < options.sliceMicros() * 1_000L);
      removedTids = -writer.changed(Field.TIDS);
      removedKeys = -writer.changed(Field.KEYS);
      freedPages = -writer.changed(Field.ENTRY_PAGES) - writer.changed(Field.POSTING_PAGES);
      writer.end(batch);
    }
  }

  @Override
  public void close() {
    forgetSnapshot();
    dead.close();
    found.close();
  }
}
