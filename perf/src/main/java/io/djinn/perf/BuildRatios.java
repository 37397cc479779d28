package io.djinn.perf;

/** The ratios of one round of a setting: what travels from one machine to another. */
final class BuildRatios {
  private BuildRatios() {}

  /**
   * Computes them.
   *
   * @param serial one participant
   * @param parallel two participants with the same budget
   * @param alone one participant with half the budget
   * @param first one of two such builds side by side
   * @param second the other one
   * @param lucene Lucene's build with two threads, or null
   */
  static Figures of(
      Figures serial,
      Figures parallel,
      Figures alone,
      Figures first,
      Figures second,
      Figures lucene) {
    double speedUp = serial.number("seconds") / parallel.number("seconds");
    double together = Math.max(first.number("seconds"), second.number("seconds"));
    double ceiling = 2 * alone.number("seconds") / together;
    Figures ratios =
        new Figures()
            .put("speedUp", speedUp)
            .put("ceiling", ceiling)
            .put("shareOfCeiling", speedUp / ceiling)
            .put("cpuRatio", parallel.number("cpuSeconds") / serial.number("cpuSeconds"))
            .put(
                "processCpuRatio",
                parallel.number("processCpuSeconds") / serial.number("processCpuSeconds"))
            .put(
                "togetherCpuRatio",
                (first.number("cpuSeconds") + second.number("cpuSeconds"))
                    / (2 * alone.number("cpuSeconds")))
            .put("lonelyShare", parallel.number("lonelyShare"))
            .put("busyShare", parallel.number("cpuSeconds") / (2 * parallel.number("seconds")))
            .put("bytesPerTid", parallel.number("indexBytes") / parallel.number("tids"));
    if (lucene != null) {
      ratios
          .put("luceneTimes", lucene.number("seconds") / parallel.number("seconds"))
          .put("luceneBytesShare", parallel.number("indexBytes") / lucene.number("indexBytes"));
    }
    return ratios;
  }
}
