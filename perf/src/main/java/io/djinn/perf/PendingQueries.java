package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Snapshot;
import io.djinn.perf.TrigramQuestion.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * What a full pending list costs queries: the same rows in two indexes of one store, one that never
 * has a pending list and one whose list is filled before every turn, asked the same questions in
 * turns.
 */
final class PendingQueries {
  private static final int QUESTIONS = 64;
  private static final int CHECKED = 4;

  /** Turns of each index and shape in a round. */
  private static final int TURNS = 4;

  /** Batches after which the list may be no longer than it was. */
  private static final int MOST_VAIN_BATCHES = 4;

  private static final int ROWS_PER_BATCH = 20;

  /** An index without commits for longer is merged as idle. */
  private static final long BUSY_NANOS = 50_000_000;

  /** A list that is not emptied for longer is merged for its age. */
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final WritesPlan plan;
  private final Map<Shape, List<TrigramQuestion>> questions = new EnumMap<>(Shape.class);
  private final Map<Shape, Histogram> emptyNanos = new EnumMap<>(Shape.class);
  private final Map<Shape, Histogram> fullNanos = new EnumMap<>(Shape.class);
  private TrigramStore empty;
  private TrigramStore full;
  private long leastPending = Long.MAX_VALUE;
  private long emptiedNanos = System.nanoTime();
  private long busyNanos;

  PendingQueries(WritesPlan plan) {
    this.plan = plan;
  }

  Figures measure() {
    TrigramRows rows = plan.rows(WritesPlan.KEYS_PER_ROW);
    SplittableRandom random = new SplittableRandom(plan.seed());
    for (Shape shape : Shape.values()) {
      questions.put(shape, TrigramQuestion.of(rows, shape, QUESTIONS, random));
    }
    try (Djinn db = Djinn.open(plan.store(), DjinnOptions.defaults())) {
      empty = TrigramStore.create(db, "straight", rows, false, plan.pendingListLimit());
      full = TrigramStore.create(db, "pending", rows, true, plan.pendingListLimit());
      insert(plan.baseRows());
      full.index().flush();
      round(true);
      forget();
      for (int round = 0; round < plan.rounds(); round++) {
        round(false);
        // All answers row by row, with the list as it is.
        fill();
        for (List<TrigramQuestion> some : questions.values()) {
          int at = round * CHECKED % (QUESTIONS - CHECKED);
          full.check(some.subList(at, at + CHECKED));
          empty.check(some.subList(at, at + CHECKED));
        }
      }
    }
    TrigramStore.checkReopened(plan.store(), plan.seed(), empty, full);
    return figures();
  }

  private void forget() {
    emptyNanos.clear();
    fullNanos.clear();
    leastPending = Long.MAX_VALUE;
  }

  private void insert(long rowCount) {
    empty.fill(rowCount);
    full.fill(rowCount);
  }

  /**
   * Inserts into both indexes until more rows make the list no longer: where the index keeps it
   * from growing further by merging.
   */
  private void fill() {
    long most = full.stats().pendingBytes();
    int vain = 0;
    while (most < plan.pendingListLimit() / 2 && vain < MOST_VAIN_BATCHES) {
      insert(ROWS_PER_BATCH);
      long now = full.stats().pendingBytes();
      // Merging makes the list shorter and inserts make it longer again: only a new height counts.
      vain = now > most ? 0 : vain + 1;
      most = Math.max(most, now);
    }
  }

  private void round(boolean isWarmUp) {
    long turnNanos =
        Math.max(
            1, plan.phaseNanos() / ((long) TURNS * Shape.values().length * (isWarmUp ? 1 : 2)));
    for (int turn = 0; turn < TURNS; turn++) {
      for (Shape shape : Shape.values()) {
        if (turn % 2 == 0) {
          askFull(shape, turnNanos);
          ask(shape, empty, emptyNanos, turnNanos);
        } else {
          ask(shape, empty, emptyNanos, turnNanos);
          askFull(shape, turnNanos);
        }
      }
    }
  }

  private void askFull(Shape shape, long turnNanos) {
    if (System.nanoTime() - emptiedNanos > FRESH_NANOS) {
      full.index().flush();
      emptiedNanos = System.nanoTime();
    }
    fill();
    long before = full.stats().pendingBytes();
    ask(shape, full, fullNanos, turnNanos);
    leastPending = Math.min(leastPending, Math.min(before, full.stats().pendingBytes()));
  }

  /** Asks all questions of a shape at least once, and again until the time is over. */
  private void ask(Shape shape, TrigramStore store, Map<Shape, Histogram> nanos, long turnNanos) {
    Histogram histogram = nanos.computeIfAbsent(shape, s -> OpenLoop.histogram());
    long end = System.nanoTime() + turnNanos;
    try (Snapshot snapshot = store.db().snapshot()) {
      do {
        for (TrigramQuestion question : questions.get(shape)) {
          long start = System.nanoTime();
          long found = question.ask(store.index(), snapshot);
          long now = System.nanoTime();
          histogram.recordValue(now - start);
          if (store == full && now - busyNanos > BUSY_NANOS) {
            full.repeatLastRow();
            busyNanos = now;
          }
          long expected = question.count(store.endTid());
          if (found != expected) {
            throw new IllegalStateException(
                question + ": " + found + " rows found, brute force finds " + expected);
          }
        }
      } while (System.nanoTime() < end);
    }
  }

  private Figures figures() {
    Figures figures =
        new Figures()
            .put("rows", full.endTid())
            .put("pendingListLimit", plan.pendingListLimit())
            .put("leastPendingBytes", leastPending);
    List<Double> ratios = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      double ofEmpty = emptyNanos.get(shape).getValueAtPercentile(50) / 1e3;
      double ofFull = fullNanos.get(shape).getValueAtPercentile(50) / 1e3;
      figures
          .put("empty" + shape.figure() + "Micros", ofEmpty)
          .put("full" + shape.figure() + "Micros", ofFull)
          .put("ratio" + shape.figure(), ofFull / ofEmpty);
      ratios.add(ofFull / ofEmpty);
    }
    return figures.put("ratio", ratios.stream().mapToDouble(r -> r).max().orElseThrow());
  }
}
