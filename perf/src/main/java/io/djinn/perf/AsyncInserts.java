package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;

/** Single-row inserts a second of one thread that does not wait for the disk, by keys of a row. */
final class AsyncInserts {
  static final int[] KEYS_PER_ROW = {10, 100};

  private static final int ASYNC_MILLIS = 100;

  private final WritesPlan plan;

  AsyncInserts(WritesPlan plan) {
    this.plan = plan;
  }

  /** The name of the figure of rows of so many keys. */
  static String figure(int keysPerRow) {
    return "rowsPerSecondOf" + keysPerRow + "Keys";
  }

  Figures measure() throws Exception {
    DjinnOptions options = DjinnOptions.defaults().withDurability(Durability.async(ASYNC_MILLIS));
    TrigramStore[] stores = new TrigramStore[KEYS_PER_ROW.length];
    double[][] rates = new double[stores.length][plan.rounds()];
    try (Djinn db = Djinn.open(plan.store(), options)) {
      for (int i = 0; i < stores.length; i++) {
        stores[i] =
            TrigramStore.create(
                db,
                "keys" + KEYS_PER_ROW[i],
                plan.rows(KEYS_PER_ROW[i]),
                true,
                plan.pendingListLimit());
        InsertPhase.rowsPerSecond(stores[i], 1, 1, plan.phaseNanos());
      }
      for (int round = 0; round < plan.rounds(); round++) {
        for (int i = 0; i < stores.length; i++) {
          rates[i][round] = InsertPhase.rowsPerSecond(stores[i], 1, 1, plan.phaseNanos());
        }
      }
    }
    TrigramStore.checkReopened(plan.store(), plan.seed(), stores);
    Figures figures = new Figures().put("rounds", plan.rounds());
    for (int i = 0; i < stores.length; i++) {
      Series series = Series.of(rates[i]);
      figures
          .put(figure(KEYS_PER_ROW[i]), series.median())
          .put(figure(KEYS_PER_ROW[i]) + "Spread", series.spread());
    }
    return figures;
  }
}
