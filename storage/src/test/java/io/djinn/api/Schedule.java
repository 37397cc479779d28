package io.djinn.api;

import io.djinn.testkit.BatonEnv;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One interleaving of four clients of a store with each other and the engine's threads, all of it
 * given by a seed: the store it begins with, what the clients do, who has the baton when, and where
 * the power is cut.
 */
final class Schedule implements AutoCloseable {
  static final int CLIENTS = 4;

  private static final String SIDE = "side";
  private static final int MOST_CUT_OPERATIONS = 60;
  private static final int MOST_CUT_MOMENTS = 10;

  /** So few that write-back and the end of snapshots come in the middle; a batch gets half. */
  private static final int FEW_FRAMES = 112;

  private static final int MANY_FRAMES = 1024;

  /** Steps among which priorities change; most schedules have about as many. */
  private static final int STEPS = 300;

  private final long seed;
  private final ScheduleBase base;
  private final boolean isQuietRequired;
  private final SplittableRandom random;
  private final int frames;
  private final SimVfs disk;
  private final BatonEnv env;
  private final CommitHistory history;
  private final SideHistory side = new SideHistory();
  private final List<ScheduleClient> clients = new ArrayList<>();
  private final CrashMode cutMode;
  private final long cutSeed;
  private long cutAtOperation = Long.MAX_VALUE;
  private long momentsUntilCut = Long.MAX_VALUE;
  private long cutAt;
  private SimVfs image;
  private Djinn db;

  /**
   * @param isQuietRequired whether the store is given time to become quiet, and must
   */
  Schedule(ScheduleBase base, long seed, boolean isQuietRequired) {
    this.seed = seed;
    this.base = base;
    this.isQuietRequired = isQuietRequired;
    random = new SplittableRandom(seed);
    SplittableRandom turns = random.split();
    frames = random.nextInt(3) == 0 ? FEW_FRAMES : MANY_FRAMES;
    disk = base.copy();
    env =
        new BatonEnv(
            disk,
            seed,
            random.nextBoolean()
                ? Turns.uniform(turns)
                : Turns.byPriority(turns, 1 + random.nextInt(6), STEPS));
    history = new CommitHistory(base.present());
    cutMode = CrashMode.values()[random.nextInt(CrashMode.values().length)];
    cutSeed = random.nextLong();
  }

  /** Runs and checks everything. */
  void run() throws IOException {
    alone("open", () -> db = Djinn.open(env, ScheduleBase.options(frames)));
    planCut();
    for (int at = 0; at < CLIENTS; at++) {
      String name = "client" + at;
      ScheduleClient client =
          new ScheduleClient(
              name, env, db, base, history, at == 0 ? side : null, this::moment, random.nextLong());
      clients.add(client);
      env.spawn(name, client);
    }
    env.run();
    disk.hook(null);
    BitSet[] last = new BitSet[1];
    alone(
        "end",
        () -> {
          last[0] = examine(db);
          if (isQuietRequired) {
            requireQuiet();
          }
          db.close();
        });
    history.check();
    history.requireLast(last[0], "at the end");
    try (SimVfs again = disk.reopen();
        Djinn reopened = Djinn.open(new SimEnv(again, seed), ScheduleBase.options(frames))) {
      history.requireLast(examine(reopened), "after opening again");
    }
    if (image != null) {
      checkImage();
    }
  }

  private void alone(String name, Runnable work) {
    env.spawn(name, work);
    env.run();
  }

  private void planCut() {
    int kind = random.nextInt(8);
    if (kind == 0) {
      cutAtOperation = disk.operations() + 1 + random.nextLong(MOST_CUT_OPERATIONS);
    } else if (kind == 1) {
      momentsUntilCut = 1 + random.nextLong(MOST_CUT_MOMENTS);
    }
    disk.hook(
        call -> {
          if (call.op().changes() && call.operation() >= cutAtOperation) {
            cut();
          }
        });
  }

  /** Something was promised to a client: what a crash leaves now must hold it. */
  private void moment() {
    if (--momentsUntilCut == 0) {
      cut();
    }
  }

  private void cut() {
    if (image == null) {
      cutAt = history.now();
      image = disk.crash(cutMode, cutSeed);
    }
  }

  /** Reads everything; throws where the answers do not agree. */
  private BitSet examine(Djinn store) {
    List<String> problems = store.verify();
    if (!problems.isEmpty()) {
      throw new AssertionError("problems: " + problems);
    }
    HistoryRows rows = base.rows();
    GinIndex index = store.gin(ScheduleBase.INDEX);
    try (Snapshot snapshot = store.snapshot()) {
      BitSet all = rows.search(index, snapshot, rows.everything(), () -> {});
      for (HistoryRows.Ask ask : rows.everyShape(new SplittableRandom(seed))) {
        BitSet answer = rows.search(index, snapshot, ask, () -> {});
        if (!answer.equals(ask.answer(all))) {
          throw new AssertionError(ask + " gave " + answer + " of rows " + all);
        }
      }
      return all;
    }
  }

  private void requireQuiet() {
    try {
      new QuietStore(db, disk, ScheduleBase.SEGMENT_BYTES, env::pause).require();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void checkImage() {
    try (Djinn found = Djinn.open(new SimEnv(image, seed), ScheduleBase.options(frames))) {
      List<Long> prefixes = history.requirePrefix(examine(found), cutAt);
      BitSet sideRows = null;
      if (found.indexes().stream().anyMatch(info -> info.name().equals(SIDE))) {
        try (Snapshot snapshot = found.snapshot()) {
          HistoryRows rows = base.rows();
          sideRows = rows.search(found.gin(SIDE), snapshot, rows.everything(), () -> {});
        }
      }
      if (!side.mayBe(prefixes, history.numbers(), sideRows)) {
        throw new AssertionError(
            "the power was cut: the side index has "
                + sideRows
                + ", the other is behind one of "
                + prefixes);
      }
    }
  }

  BatonEnv env() {
    return env;
  }

  CommitHistory history() {
    return history;
  }

  boolean isCut() {
    return image != null;
  }

  int expired() {
    return clients.stream().mapToInt(ScheduleClient::expired).sum();
  }

  @Override
  public void close() {
    if (image != null) {
      image.close();
    }
    disk.close();
  }
}
