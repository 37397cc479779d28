package io.djinn.api;

import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.space.Space;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.util.List;

/**
 * What must come true of a store after its clients have ended, within a bounded time and a bounded
 * number of calls: what was put off is done, what was kept for them is given back, and then nothing
 * is done any more.
 */
final class QuietStore {
  private static final int MOST_TURNS = 60;
  private static final long TURN_NANOS = 10_000_000_000L;

  /**
   * Segments beyond the one in use: one that the last batch reserved and did not reach, one ahead
   * of it, and one that was recycled in advance.
   */
  private static final int SPARE_SEGMENTS = 3;

  /** Frames the writer's slot keeps for the next batch. */
  private static final int KEPT_FRAMES = 40;

  /** Lets the engine's threads work while its clock moves. */
  interface Idle {
    void pass(long nanos);
  }

  private final Djinn db;
  private final SimVfs files;
  private final int segmentBytes;
  private final Idle idle;

  QuietStore(Djinn db, SimVfs files, int segmentBytes, Idle idle) {
    this.db = db;
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.idle = idle;
  }

  /** Throws where something is left undone. */
  void require() throws IOException {
    for (int turn = 0; isAtWork(); turn++) {
      if (turn == MOST_TURNS) {
        throw new AssertionError("never done: " + pending() + ", dropped pages " + hasDropped());
      }
      idle.pass(TURN_NANOS);
    }
    // Two, as a checkpoint leaves the control slot before its own.
    db.checkpoint();
    db.checkpoint();
    StoreStats stats = db.stats();
    require(stats.logBytes() <= segmentBytes, "log that is not given up: " + stats);
    int segments = files.list("wal").size();
    require(segments <= 1 + SPARE_SEGMENTS, "log segments left: " + files.list("wal"));
    require(
        stats.freeFrames() >= stats.frames() - KEPT_FRAMES, "frames that are not free: " + stats);
    List<String> problems = db.verify();
    require(problems.isEmpty(), "problems: " + problems);
    long operations = files.operations();
    idle.pass(TURN_NANOS);
    idle.pass(TURN_NANOS);
    require(
        files.operations() == operations,
        "a store without clients wrote " + (files.operations() - operations) + " times");
  }

  private boolean isAtWork() {
    return !pending().isEmpty() || hasDropped();
  }

  /** Names of the indexes with rows in the pending list. */
  private List<String> pending() {
    try (Snapshot snapshot = db.snapshot()) {
      return db.indexes().stream()
          .map(IndexInfo::name)
          .filter(name -> db.gin(name).stats(snapshot).pendingRows() > 0)
          .toList();
    }
  }

  private boolean hasDropped() {
    Snapshots.Registration snapshot = db.store().register();
    try (SnapshotReader reader = db.store().reader(snapshot)) {
      reader.enter();
      try {
        return Space.hasDropped(reader);
      } finally {
        reader.leave();
      }
    } finally {
      db.store().release(snapshot);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
