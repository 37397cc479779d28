package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Inserts a second of which each commit is durable, beside the raw rate of appending and syncing as
 * many bytes in the same directory; all kinds take turns, round by round.
 */
final class DurableInserts {
  /** Threads that each insert single rows. */
  static final int[] THREADS = {1, 4, 16};

  static final int ROWS_PER_BATCH = 100;

  private static final int BLOCKS_PER_ROUND = 200;

  private final WritesPlan plan;
  private final TrigramRows rows;

  DurableInserts(WritesPlan plan) {
    this.plan = plan;
    rows = plan.rows(WritesPlan.KEYS_PER_ROW);
  }

  /** The name of the figure of so many threads. */
  static String single(int threads) {
    return "rowsPerSecond" + threads + (threads == 1 ? "Thread" : "Threads");
  }

  Figures measure() throws Exception {
    Path warmUp = plan.directory().resolve("warm-up");
    BuildProbe.deleteTree(warmUp);
    try (RawAppends raw = new RawAppends(plan.rawFile())) {
      try (Djinn db = Djinn.open(warmUp, DjinnOptions.defaults())) {
        new Rounds(store(db), raw, 1).run();
      }
      BuildProbe.deleteTree(warmUp);
      TrigramStore store;
      Rounds rounds;
      try (Djinn db = Djinn.open(plan.store(), DjinnOptions.defaults())) {
        store = store(db);
        rounds = new Rounds(store, raw, plan.rounds());
        rounds.run();
      }
      TrigramStore.checkReopened(plan.store(), plan.seed(), store);
      return rounds.figures().put("rows", store.endTid());
    }
  }

  private TrigramStore store(Djinn db) {
    return TrigramStore.create(db, "trigrams", rows, true, plan.pendingListLimit());
  }

  /** What the rounds have found. */
  private final class Rounds {
    private final TrigramStore store;
    private final RawAppends raw;
    private final int rounds;
    private final double[][] single;
    private final double[] appends;
    private final double[] batches;
    private final double[] logBytes;
    private final double[] toRaw;
    private final double[] toOne;
    private final double[] blockNanos;

    Rounds(TrigramStore store, RawAppends raw, int rounds) {
      this.store = store;
      this.raw = raw;
      this.rounds = rounds;
      single = new double[THREADS.length][rounds];
      appends = new double[rounds];
      batches = new double[rounds];
      logBytes = new double[rounds];
      toRaw = new double[rounds];
      toOne = new double[rounds];
      blockNanos = new double[rounds * BLOCKS_PER_ROUND];
    }

    void run() throws Exception {
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < THREADS.length; i++) {
          long tids = store.endTid();
          long before = store.db().stats().logBytes();
          single[i][round] = InsertPhase.rowsPerSecond(store, THREADS[i], 1, plan.phaseNanos());
          if (THREADS[i] == 1) {
            long grown = store.db().stats().logBytes() - before;
            long commits = store.endTid() - tids;
            // A checkpoint makes the log shorter: then a few commits tell.
            long bytes = grown > 0 ? grown / commits : store.logBytesPerRow();
            logBytes[round] = bytes;
            appends[round] = raw.perSecond((int) bytes, plan.phaseNanos());
          }
        }
        batches[round] = InsertPhase.rowsPerSecond(store, 1, ROWS_PER_BATCH, plan.phaseNanos());
        System.arraycopy(
            raw.blockNanos(BLOCKS_PER_ROUND),
            0,
            blockNanos,
            round * BLOCKS_PER_ROUND,
            BLOCKS_PER_ROUND);
        toRaw[round] = single[0][round] / appends[round];
        toOne[round] = single[THREADS.length - 1][round] / single[0][round];
      }
    }

    Figures figures() {
      Figures figures = new Figures().put("rounds", rounds);
      put(figures, "logBytesPerCommit", logBytes);
      put(figures, "rawPerSecond", appends);
      for (int i = 0; i < THREADS.length; i++) {
        put(figures, single(THREADS[i]), single[i]);
      }
      put(figures, "rowsPerSecondInBatches", batches);
      put(figures, "shareOfRaw", toRaw);
      put(figures, "timesOneThread", toOne);
      double[] sorted = blockNanos.clone();
      Arrays.sort(sorted);
      return figures.put("blockMicros", Series.of(sorted).median() / 1e3);
    }

    private void put(Figures figures, String name, double... values) {
      Series series = Series.of(values);
      figures.put(name, series.median()).put(name + "Spread", series.spread());
    }
  }
}
