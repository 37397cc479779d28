package io.djinn.build.plan;

/**
 * What a build is expected to take, and how many workers are expected to gain something.
 *
 * <p>The work of a build is that of its rows (read and make keys), of its TIDs (find the key,
 * append, decode, encode), of its keys, and of the records of its runs (sort, write, merge): a key
 * has one record in each run it is in. More participants share the work and have smaller tables, so
 * more runs, so more records; each costs a start, and slows the others down by its share of caches
 * and memory. What one thread does alone they do not share.
 *
 * <p>Known to be rough: the number of distinct keys where most are rare, which is told up to seven
 * times too low; the time of rows, which depends on how warm code is when they are sampled;
 * payloads, which are not counted; the machine, which is another one than that of the fit. A choice
 * suffers little: all of these change the time of one and of several participants in nearly the
 * same proportion, and what is told too low leads to fewer workers, not to more.
 *
 * @param sample of the table
 * @param budgetBytes of the build
 * @param cores that can work at one time
 * @param costs of the machine
 */
public record CostModel(TableSample sample, long budgetBytes, int cores, UnitCosts costs) {
  /** A gain that is worth the trouble of threads. */
  public static final double LEAST_GAIN_SECONDS = 0.05;

  /** And it must be so much of the serial time: the model does not tell less. */
  public static final double LEAST_GAIN_SHARE = 0.1;

  /** What a key takes in a table beside its bytes: slot, head, first chunk. */
  private static final double TABLE_BYTES_A_KEY = 48;

  private static final double TABLE_BYTES_A_TID = 1.5;

  /** What a record takes in a run beside the bytes of its key. */
  private static final double RUN_BYTES_A_RECORD = 3;

  /** Numbers of runs that are tried are so far apart. */
  private static final double RUNS_GROWTH = 1.1;

  /** The share of the budget that tables have. */
  private static final double TABLES_SHARE = 0.8;

  /** The share of the budget that runs may stay in. */
  private static final double RUNS_SHARE = 0.0625;

  /** With the costs of the fit. */
  public CostModel(TableSample sample, long budgetBytes, int cores) {
    this(sample, budgetBytes, cores, UnitCosts.MEASURED);
  }

  /** Seconds a build is expected to take. */
  public double seconds(int participants) {
    return leadSeconds(participants) + sharedSeconds(participants);
  }

  /** Those of them in which one thread works alone, or is waited for. */
  public double leadSeconds(int participants) {
    double starts = (participants - 1) * costs.start();
    return (costs.leadNanos(counts(participants)) + starts) / 1e9;
  }

  /** Those of them in which all participants work. */
  public double sharedSeconds(int participants) {
    int atWork = Math.min(participants, Math.max(1, cores));
    double slower = 1 + costs.sharing() * (atWork - 1);
    return costs.workNanos(counts(participants)) * slower / atWork / 1e9;
  }

  /** How much so many participants have to do together. */
  public BuildCounts counts(int participants) {
    double records = records(participants);
    double runBytes =
        records * (RUN_BYTES_A_RECORD + sample.keyBytes()) + sample.tableKeys() * TABLE_BYTES_A_TID;
    return new BuildCounts(
        sample.tableRows() * sample.extractNanosARow(),
        sample.tableKeys(),
        sample.distinctKeys(1),
        records,
        records * sample.keyBytes(),
        runBytes < budgetBytes * RUNS_SHARE ? 0 : runBytes);
  }

  /** Records of all runs: the tables of all participants are filled so often, or once each. */
  private double records(int participants) {
    double runs = participants;
    double table = budgetBytes * TABLES_SHARE / participants;
    while (tableBytes(1 / runs) > table && runs < sample.tableRows()) {
      runs *= RUNS_GROWTH;
    }
    return runs * sample.distinctKeys(1 / runs);
  }

  private double tableBytes(double share) {
    return sample.distinctKeys(share) * (TABLE_BYTES_A_KEY + sample.keyBytes())
        + sample.tableKeys() * share * TABLE_BYTES_A_TID;
  }

  /**
   * The number of workers expected to be the quickest, or 0 where none gains enough.
   *
   * @param mostWorkers to think of
   */
  public int workers(int mostWorkers) {
    int best = 0;
    double serial = seconds(1);
    double least = serial - Math.max(LEAST_GAIN_SECONDS, serial * LEAST_GAIN_SHARE);
    for (int workers = 1; workers <= mostWorkers; workers++) {
      double seconds = seconds(workers + 1);
      if (seconds < least) {
        least = seconds;
        best = workers;
      }
    }
    return best;
  }
}
