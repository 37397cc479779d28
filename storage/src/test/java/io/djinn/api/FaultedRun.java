package io.djinn.api;

import io.djinn.error.DjinnException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.testkit.IoCall;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.SyncFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A script of random operations on a store during which a call on its files fails, once or until it
 * is put right; then the store, opened again where the failure was final, must become quiet and
 * work as ever.
 */
final class FaultedRun {
  private static final String SIDE = "side";
  private static final int OPERATIONS = 16;
  private static final int MOST_ROWS = 16;
  private static final int FEW_FRAMES = 128;
  private static final int MANY_FRAMES = 1024;
  private static final int MOST_ROUNDS = 20_000;

  /** Batches after which a snapshot that the engine wants to be rid of has expired. */
  private static final int MOST_BATCHES = 400;

  private static final int FEW_BATCHES = 5;

  /** Rows with pages enough for a snapshot to have to expire. */
  private static final int LEAST_ROWS = 200;

  /**
   * A fault.
   *
   * @param nth call of its kind after opening, from 1
   * @param syncFailure how a sync fails
   */
  record Point(IoOp op, long nth, boolean forEver, SyncFailure syncFailure) {}

  /** Counts calls, and fails some while it is armed. */
  private static final class Trigger implements IoHook {
    private final Map<IoOp, Long> calls = new EnumMap<>(IoOp.class);
    private final Point point;
    private boolean isArmed;
    private boolean hasFailed;

    Trigger(Point point) {
      this.point = point;
    }

    @Override
    public void before(IoCall call) throws IOException {
      if (!isArmed) {
        return;
      }
      long number = calls.merge(call.op(), 1L, Long::sum);
      if (point == null
          || call.op() != point.op()
          || number < point.nth()
          || number > point.nth() && !point.forEver()) {
        return;
      }
      hasFailed = true;
      if (call.op() == IoOp.SYNC || call.op() == IoOp.SYNC_DIRECTORY) {
        call.failSync(point.syncFailure());
      } else {
        throw new IOException("No space left on device (simulated, " + call + ")");
      }
    }
  }

  private final ScheduleBase base;
  private final long seed;
  private final Trigger trigger;
  private final SplittableRandom random;
  private final int frames;
  private SimEnv env;
  private Djinn db;
  private Snapshot held;
  private boolean wasSealed;

  /**
   * @param point what fails; null where nothing does
   */
  FaultedRun(ScheduleBase base, long seed, Point point) {
    this.base = base;
    this.seed = seed;
    trigger = new Trigger(point);
    random = new SplittableRandom(seed);
    frames = random.nextBoolean() ? FEW_FRAMES : MANY_FRAMES;
  }

  /** Calls by kind. */
  Map<IoOp, Long> calls() {
    return trigger.calls;
  }

  boolean hasFailed() {
    return trigger.hasFailed;
  }

  boolean wasSealed() {
    return wasSealed;
  }

  void run() throws IOException {
    SimVfs files = base.copy();
    try {
      files.hook(trigger);
      open(files);
      trigger.isArmed = true;
      for (int i = 0; i < OPERATIONS && !db.isSealed(); i++) {
        attempt(this::operation);
      }
      if (!db.isSealed() && random.nextBoolean()) {
        // Agents meet the fault too, with nobody waiting for them.
        attempt(this::idle);
      }
      trigger.isArmed = false;
      release();
      wasSealed = db.isSealed();
      if (wasSealed) {
        closeSealed();
        files = files.reopen();
        open(files);
      }
      requireQuiet(files);
      if (random.nextInt(3) == 0) {
        requireAtWork();
        requireQuiet(files);
      }
      db.close();
    } finally {
      files.close();
    }
  }

  private void open(SimVfs files) {
    env = new SimEnv(files, seed);
    db = Djinn.open(env, ScheduleBase.options(frames));
  }

  private void closeSealed() {
    try {
      db.close();
    } catch (DjinnException | UncheckedIOException e) {
      if (!db.isSealed()) {
        throw e;
      }
    }
  }

  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (DjinnException | UncheckedIOException e) {
      if (!trigger.hasFailed && !(e instanceof SnapshotExpiredException)) {
        throw e;
      }
      if (random.nextBoolean()) {
        trigger.isArmed = false;
      }
    }
  }

  private void idle() {
    env.advance(1_000_000_000L);
    env.runAgents(MOST_ROUNDS);
  }

  private void operation() {
    switch (random.nextInt(12)) {
      case 0 -> {
        db.checkpoint();
        db.checkpoint();
      }
      case 1 -> idle();
      case 2 -> db.gin(ScheduleBase.INDEX).flush();
      case 3 -> {
        release();
        held = db.snapshot();
      }
      case 4, 5 -> {
        if (hasSide()) {
          db.drop(SIDE);
        } else {
          GinIndex side = db.createGin(SIDE, base.spec());
          for (int i = 0; i < 8; i++) {
            change(side);
          }
        }
      }
      case 6 -> {
        // So much that pages and log segments are added.
        for (int i = 0; i < 40; i++) {
          change(db.gin(ScheduleBase.INDEX));
        }
      }
      default -> change(db.gin(ScheduleBase.INDEX));
    }
  }

  private boolean hasSide() {
    return db.indexes().stream().anyMatch(info -> info.name().equals(SIDE));
  }

  private void release() {
    if (held != null) {
      held.close();
      held = null;
    }
  }

  private void change(GinIndex index) {
    HistoryRows rows = base.rows();
    Durability[] modes = {
      Durability.sync(), Durability.group(1), Durability.async(1), Durability.none()
    };
    try (WriteBatch batch = db.begin(modes[random.nextInt(modes.length)])) {
      int around = random.nextInt(rows.count());
      for (int i = 1 + random.nextInt(MOST_ROWS); i > 0; i--) {
        int row = (around + random.nextInt(2 * MOST_ROWS)) % rows.count();
        if (random.nextInt(3) == 0) {
          index.delete(batch, HistoryRows.tid(row), rows.value(row));
        } else {
          index.insert(batch, HistoryRows.tid(row), rows.value(row));
        }
      }
      batch.commit();
    }
  }

  private void requireQuiet(SimVfs files) throws IOException {
    new QuietStore(
            db,
            files,
            ScheduleBase.SEGMENT_BYTES,
            nanos -> {
              env.advance(nanos);
              env.runAgents(MOST_ROUNDS);
            })
        .require();
  }

  /**
   * Commits go on beside a snapshot that nobody releases: a checkpoint ends, the log is given up,
   * and where frames run short the snapshot is.
   */
  private void requireAtWork() {
    GinIndex index = db.gin(ScheduleBase.INDEX);
    HistoryRows rows = base.rows();
    held = db.snapshot();
    try {
      rows.search(index, held, rows.everything(), () -> {});
      boolean mustExpire = frames == FEW_FRAMES && rows.count() > LEAST_ROWS;
      for (int i = 0; i < (mustExpire ? MOST_BATCHES : FEW_BATCHES) && !held.isExpired(); i++) {
        change(index);
      }
      db.checkpoint();
      db.checkpoint();
      require(db.stats().logBytes() <= ScheduleBase.SEGMENT_BYTES, "log kept: " + db.stats());
      if (held.isExpired()) {
        requireExpired(index, rows);
      } else {
        require(!mustExpire, "never expired: " + db.stats());
        rows.search(index, held, rows.everything(), () -> {});
      }
    } finally {
      release();
    }
  }

  private void requireExpired(GinIndex index, HistoryRows rows) {
    try {
      rows.search(index, held, rows.everything(), () -> {});
    } catch (SnapshotExpiredException e) {
      return;
    }
    throw new AssertionError("an expired snapshot answered");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** What may fail in this script, with all ways in which each call may. */
  static Point point(Map<IoOp, Long> calls, SplittableRandom random) {
    List<IoOp> failing =
        calls.keySet().stream().filter(op -> op != IoOp.MAP && op != IoOp.SIZE).sorted().toList();
    IoOp op = failing.get(random.nextInt(failing.size()));
    SyncFailure[] flavours = {
      SyncFailure.KEPT_DIRTY, SyncFailure.MARKED_CLEAN, SyncFailure.REVERTED
    };
    return new Point(
        op,
        1 + random.nextLong(calls.get(op)),
        random.nextBoolean(),
        flavours[random.nextInt(flavours.length)]);
  }
}
