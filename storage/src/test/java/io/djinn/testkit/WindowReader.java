package io.djinn.testkit;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A reader of what some {@link WindowWriter}s write: finds out after how many steps of each writer
 * a snapshot was taken, and holds every answer against exactly that.
 *
 * <p>The steps lie between those that were done before and those begun after the snapshot was
 * taken, and never go back.
 */
public final class WindowReader {
  private final Djinn db;
  private final GinIndex index;
  private final List<WindowWriter> writers;
  private final SplittableRandom random;
  private final long[] last;
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();

  /** A snapshot, and the steps after which it was taken. */
  private record State(Snapshot snapshot, long[] steps) {}

  private State held;

  public WindowReader(Djinn db, GinIndex index, List<WindowWriter> writers, long seed) {
    this.db = db;
    this.index = index;
    this.writers = writers;
    random = new SplittableRandom(seed);
    last = new long[writers.size()];
  }

  /** Answers that were compared. */
  public long answers() {
    return answers.get();
  }

  /** Snapshots that were given up by the engine. */
  public long expired() {
    return expired.get();
  }

  /** Takes a snapshot and compares some answers. */
  public void look() {
    long[] done = done();
    try (Snapshot snapshot = db.snapshot()) {
      compareSome(new State(snapshot, steps(snapshot, done)));
    } catch (SnapshotExpiredException e) {
      expired.incrementAndGet();
    }
  }

  /** Compares answers of a snapshot that is kept over many turns. */
  public void lookBack() {
    try {
      if (held == null) {
        long[] done = done();
        Snapshot snapshot = db.snapshot();
        held = new State(snapshot, new long[0]);
        held = new State(snapshot, steps(snapshot, done));
      }
      compareSome(held);
      if (random.nextInt(30) == 0) {
        release();
      }
    } catch (SnapshotExpiredException e) {
      expired.incrementAndGet();
      release();
    }
  }

  /** Gives up the snapshot that is kept. */
  public void release() {
    if (held != null) {
      held.snapshot().close();
      held = null;
    }
  }

  /** Compares all answers with the state after all steps; for when the writers have ended. */
  public void compareAll() {
    try (Snapshot snapshot = db.snapshot()) {
      State state = new State(snapshot, done());
      for (WindowWriter writer : writers) {
        compare(state, writer.key());
      }
      compare(state, WindowWriter.COMMON);
      WindowWriter.sharedKeys().forEach(key -> compare(state, key));
      for (int i = 0; i < 200; i++) {
        compareSome(state);
      }
    }
  }

  private long[] done() {
    return writers.stream().mapToLong(WindowWriter::done).toArray();
  }

  /** The steps of each writer that a snapshot sees. */
  private long[] steps(Snapshot snapshot, long[] done) {
    long[] begun = writers.stream().mapToLong(WindowWriter::begun).toArray();
    long[] steps = new long[begun.length];
    for (int at = 0; at < steps.length; at++) {
      WindowWriter writer = writers.get(at);
      TreeSet<Long> rows = search(snapshot, writer.key());
      long step = begun[at];
      while (step >= done[at] && !rows.equals(writer.rows(step))) {
        step--;
      }
      if (step < done[at]) {
        throw new AssertionError(
            "writer "
                + at
                + ": batch "
                + snapshot.batch()
                + " has the state after none of the steps "
                + done[at]
                + " to "
                + begun[at]
                + "\n  missing after the first "
                + minus(writer.rows(done[at]), rows)
                + "\n  too much "
                + minus(rows, writer.rows(done[at])));
      }
      if (step < last[at] && !rows.equals(writer.rows(last[at]))) {
        throw new AssertionError(
            "writer " + at + ": step " + step + " is seen after step " + last[at]);
      }
      last[at] = Math.max(step, last[at]);
      steps[at] = step;
    }
    answers.addAndGet(steps.length);
    return steps;
  }

  private void compareSome(State state) {
    int key = WindowWriter.sharedKey(random);
    switch (random.nextInt(4)) {
      case 0 -> compare(state, WindowWriter.COMMON);
      case 1 -> compare(state, key);
      case 2 -> compare(state, writers.get(random.nextInt(writers.size())).key(), key);
      default -> compare(state, key, WindowWriter.sharedKey(random));
    }
  }

  private void compare(State state, int... keys) {
    TreeSet<Long> wanted = new TreeSet<>();
    for (int at = 0; at < writers.size(); at++) {
      wanted.addAll(writers.get(at).rows(state.steps()[at], keys));
    }
    TreeSet<Long> found = search(state.snapshot(), keys);
    answers.incrementAndGet();
    if (!found.equals(wanted)) {
      throw new AssertionError(
          "keys "
              + Arrays.toString(keys)
              + " in batch "
              + state.snapshot().batch()
              + " after steps "
              + Arrays.toString(state.steps())
              + "\n  missing "
              + minus(wanted, found)
              + "\n  too much "
              + minus(found, wanted));
    }
  }

  private static TreeSet<Long> minus(TreeSet<Long> set, TreeSet<Long> without) {
    TreeSet<Long> difference = new TreeSet<>(set);
    difference.removeAll(without);
    return difference;
  }

  private TreeSet<Long> search(Snapshot snapshot, int... keys) {
    TreeSet<Long> found = new TreeSet<>();
    long before = -1;
    try (TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(keys))) {
      while (cursor.next()) {
        if (cursor.tid() <= before) {
          throw new AssertionError("TID " + cursor.tid() + " after " + before);
        }
        before = cursor.tid();
        found.add(before);
      }
    }
    return found;
  }
}
