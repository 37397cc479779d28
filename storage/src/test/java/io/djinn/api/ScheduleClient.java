package io.djinn.api;

import io.djinn.error.SnapshotExpiredException;
import io.djinn.testkit.BatonEnv;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One client of a schedule: a few random operations, each noted in the history, and snapshots held
 * from one operation to a later one.
 */
final class ScheduleClient implements Runnable {
  private static final String SIDE = "side";
  private static final int MOST_ROWS = 12;

  /** A snapshot and what it has answered. */
  private record Held(
      Snapshot snapshot, GinIndex index, long begin, long taken, List<Answered> answers) {}

  private record Answered(HistoryRows.Ask ask, BitSet answer) {}

  private final String name;
  private final BatonEnv env;
  private final Djinn db;
  private final GinIndex index;
  private final ScheduleBase base;
  private final HistoryRows rows;
  private final CommitHistory history;
  private final SideHistory side;
  private final Runnable moment;
  private final SplittableRandom random;
  private final List<Held> held = new ArrayList<>();
  private GinIndex sideIndex;
  private int expired;

  /**
   * @param side where this client may make and drop the side index, else null
   * @param moment is run where something was promised to this client
   */
  ScheduleClient(
      String name,
      BatonEnv env,
      Djinn db,
      ScheduleBase base,
      CommitHistory history,
      SideHistory side,
      Runnable moment,
      long seed) {
    this.name = name;
    this.env = env;
    this.db = db;
    this.base = base;
    this.history = history;
    this.side = side;
    this.moment = moment;
    index = db.gin(ScheduleBase.INDEX);
    rows = base.rows();
    random = new SplittableRandom(seed);
  }

  int expired() {
    return expired;
  }

  @Override
  public void run() {
    int operations = 2 + random.nextInt(3);
    for (int i = 0; i < operations; i++) {
      operation(random.nextInt(100));
    }
    while (!held.isEmpty()) {
      release();
    }
  }

  private void operation(int roll) {
    if (roll < 30) {
      change(0, 1 + random.nextInt(MOST_ROWS));
    } else if (roll < 48) {
      change(1 + random.nextInt(MOST_ROWS), 0);
    } else if (roll < 58) {
      change(1 + random.nextInt(4), 1 + random.nextInt(4));
    } else if (roll < 72) {
      ask();
    } else if (roll < 82) {
      hold(index);
    } else if (roll < 87 && !held.isEmpty()) {
      release();
    } else if (roll < 91) {
      checkpoint();
    } else if (roll < 94) {
      index.flush();
    } else if (roll < 96) {
      verify();
    } else if (side == null) {
      ask();
    } else {
      makeOrDrop();
    }
  }

  /** Rows near each other, so that clients meet at the same pages and rows. */
  private BitSet someRows(int count) {
    BitSet some = new BitSet();
    int around = random.nextInt(rows.count());
    for (int i = 0; i < count; i++) {
      some.set((around + random.nextInt(2 * MOST_ROWS)) % rows.count());
    }
    return some;
  }

  private void change(int deleted, int inserted) {
    change(someRows(deleted), someRows(inserted));
  }

  private void change(BitSet deleted, BitSet inserted) {
    Durability[] modes = {
      Durability.sync(), Durability.group(1), Durability.async(1), Durability.none()
    };
    int mode = random.nextInt(modes.length);
    long begin = history.now();
    try (WriteBatch batch = db.begin(modes[mode])) {
      deleted.stream().forEach(row -> index.delete(batch, HistoryRows.tid(row), rows.value(row)));
      inserted.stream().forEach(row -> index.insert(batch, HistoryRows.tid(row), rows.value(row)));
      if (sideIndex != null) {
        inserted.stream()
            .forEach(row -> sideIndex.insert(batch, HistoryRows.tid(row), rows.value(row)));
      }
      env.pause();
      long number = batch.commit();
      boolean isSynced = mode < 2;
      history.committed(
          new CommitHistory.Commit(number, deleted, inserted, isSynced, begin, history.now()));
      if (sideIndex != null) {
        side.added(number, inserted);
      }
      moment.run();
    }
  }

  private Held take(GinIndex of) {
    long begin = history.now();
    Snapshot snapshot = db.snapshot();
    long taken = history.now();
    history.snapshotTaken(snapshot.batch(), taken);
    moment.run();
    return new Held(snapshot, of, begin, taken, new ArrayList<>());
  }

  private void ask() {
    Held now = take(index);
    try {
      search(now, rows.ask(random));
    } catch (SnapshotExpiredException e) {
      expired++;
    } finally {
      now.snapshot().close();
    }
  }

  private BitSet search(Held of, HistoryRows.Ask ask) {
    BitSet answer = rows.search(of.index(), of.snapshot(), ask, env::pause);
    if (of.index() == index) {
      history.seen(
          new CommitHistory.Seen(name, of.snapshot().batch(), ask, answer, of.begin(), of.taken()));
    } else {
      BitSet wanted = ask.answer(side.rows(of.snapshot().batch()));
      if (!answer.equals(wanted)) {
        throw new AssertionError("the side index gave " + answer + ", expected " + wanted);
      }
    }
    return answer;
  }

  private void hold(GinIndex of) {
    Held hold = take(of);
    held.add(hold);
    try {
      for (int i = 0; i < 2; i++) {
        HistoryRows.Ask ask = rows.ask(random);
        hold.answers().add(new Answered(ask, search(hold, ask)));
      }
    } catch (SnapshotExpiredException e) {
      expired++;
    }
  }

  /** Asks a held snapshot again. */
  private void release() {
    Held hold = held.remove(random.nextInt(held.size()));
    try (Snapshot snapshot = hold.snapshot()) {
      for (Answered before : hold.answers()) {
        BitSet again = rows.search(hold.index(), snapshot, before.ask(), env::pause);
        if (!again.equals(before.answer())) {
          throw new AssertionError(
              name
                  + ": the snapshot of batch "
                  + snapshot.batch()
                  + " answered "
                  + before
                  + " and later "
                  + again);
        }
      }
      if (hold.index() == index) {
        search(hold, rows.everything());
      }
    } catch (SnapshotExpiredException e) {
      expired++;
    }
  }

  private void checkpoint() {
    long begin = history.now();
    db.checkpoint();
    history.checkpointed(begin, history.now());
    moment.run();
  }

  private void verify() {
    try {
      List<String> problems = db.verify();
      if (!problems.isEmpty()) {
        throw new AssertionError(name + " found " + problems);
      }
    } catch (SnapshotExpiredException e) {
      expired++;
    }
  }

  private void makeOrDrop() {
    long after = published();
    if (sideIndex == null) {
      sideIndex = db.createGin(SIDE, base.spec());
      side.made(after, published());
      change(new BitSet(), someRows(MOST_ROWS));
      hold(sideIndex);
    } else {
      db.drop(SIDE);
      side.dropped(after, published());
      sideIndex = null;
    }
  }

  private long published() {
    try (Snapshot snapshot = db.snapshot()) {
      return snapshot.batch();
    }
  }
}
