package io.djinn.perf;

import io.djinn.api.DjinnMetrics;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a store's threads waited for since it was opened, by cause, as figures. */
final class Pauses {
  private Pauses() {}

  /** The causes by their names among figures. */
  static Map<String, DjinnMetrics.Waits> causes(DjinnMetrics metrics) {
    Map<String, DjinnMetrics.Waits> causes = new LinkedHashMap<>();
    causes.put("slot", metrics.slotWait());
    causes.put("backPressure", metrics.backPressure());
    causes.put("sync", metrics.syncWait());
    causes.put("merge", metrics.merge());
    causes.put("checkpoint", metrics.checkpoint());
    return causes;
  }

  static Figures figures(DjinnMetrics metrics) {
    Figures figures = new Figures();
    causes(metrics)
        .forEach(
            (cause, waits) ->
                figures
                    .put(cause + "Count", waits.count())
                    .put(cause + "P999Micros", waits.p999Nanos() / 1e3)
                    .put(cause + "MaxMicros", waits.maxNanos() / 1e3));
    return figures;
  }
}
