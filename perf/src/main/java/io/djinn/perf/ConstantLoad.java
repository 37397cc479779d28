package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import org.HdrHistogram.Histogram;

/**
 * Latency of durable single-row inserts that arrive at a constant rate, while the pending list is
 * merged; raw appends of as many bytes arrive at the same rate in windows between.
 *
 * <p>The list is drained before each raw window, so that only the disk is measured there.
 */
final class ConstantLoad {
  private static final int WINDOWS = 5;
  private static final int RAW_SHARE = 4;

  private final WritesPlan plan;
  private final long windowNanos;
  private final OpenLoop inserts;
  private final OpenLoop appends;
  private final Histogram insertNanos = OpenLoop.histogram();
  private final Histogram appendNanos = OpenLoop.histogram();
  private TrigramStore store;
  private long logBytes;
  private long inserted;
  private long tookNanos;
  private long mostPending;
  private long pendingSamples;
  private Figures pauses;

  ConstantLoad(WritesPlan plan) {
    this.plan = plan;
    windowNanos = plan.seconds() * 1_000_000_000L / WINDOWS;
    inserts = new OpenLoop(plan.threads(), plan.perSecond());
    appends = new OpenLoop(1, plan.perSecond());
  }

  Figures measure() throws Exception {
    try (RawAppends raw = new RawAppends(plan.rawFile())) {
      try (Djinn db = Djinn.open(plan.store(), DjinnOptions.defaults())) {
        store =
            TrigramStore.create(
                db, "trigrams", plan.rows(WritesPlan.KEYS_PER_ROW), true, plan.pendingListLimit());
        store.fill(plan.baseRows());
        logBytes = store.logBytesPerRow();
        inserts.run(windowNanos / RAW_SHARE, () -> store.insert(1), OpenLoop.histogram());
        append(raw, OpenLoop.histogram());
      }
      // Opened again, so that what the store tells of itself is of the measured windows alone.
      try (Djinn db = Djinn.open(plan.store(), DjinnOptions.defaults())) {
        store.goOnIn(db);
        for (int window = 0; window < WINDOWS; window++) {
          store.index().flush();
          append(raw, appendNanos);
          insert();
        }
        pauses = Pauses.figures(db.metrics());
      }
    }
    TrigramStore.checkReopened(plan.store(), plan.seed(), store);
    return figures();
  }

  private void append(RawAppends raw, Histogram nanos) throws InterruptedException {
    appends.run(windowNanos / RAW_SHARE, () -> raw.append((int) logBytes), nanos);
  }

  private void insert() throws InterruptedException {
    long tids = store.endTid();
    PendingSampler sampler = new PendingSampler(store);
    long start = System.nanoTime();
    try {
      inserts.run(windowNanos, () -> store.insert(1), insertNanos);
    } finally {
      tookNanos += System.nanoTime() - start;
      sampler.stop();
    }
    inserted += store.endTid() - tids;
    mostPending = Math.max(mostPending, sampler.mostBytes());
    pendingSamples += sampler.samples();
  }

  private Figures figures() {
    Figures figures =
        new Figures()
            .put("perSecond", plan.perSecond())
            .put("reachedPerSecond", inserted * 1e9 / tookNanos)
            .put("threads", plan.threads())
            .put("seconds", tookNanos / 1e9)
            .put("logBytesPerCommit", logBytes)
            .put("pendingListLimit", plan.pendingListLimit())
            .put("mostPendingBytes", mostPending)
            .put("pendingSamples", pendingSamples);
    put(figures, "insert", insertNanos);
    put(figures, "raw", appendNanos);
    figures.putAll(pauses);
    return figures;
  }

  private static void put(Figures figures, String name, Histogram nanos) {
    figures
        .put(name + "Count", nanos.getTotalCount())
        .put(name + "P50Micros", nanos.getValueAtPercentile(50) / 1e3)
        .put(name + "P99Micros", nanos.getValueAtPercentile(99) / 1e3)
        .put(name + "P999Micros", nanos.getValueAtPercentile(99.9) / 1e3)
        .put(name + "MaxMicros", nanos.getMaxValue() / 1e3);
  }
}
