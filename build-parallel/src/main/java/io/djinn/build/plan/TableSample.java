package io.djinn.build.plan;

/**
 * What some rows of a table were found to be like.
 *
 * @param tableRows rows the table has
 * @param rows looked at
 * @param keys they gave, each counted as often as it came
 * @param distinctKeys among those
 * @param singleKeys of the distinct ones that came once
 * @param distinctBytes of the distinct ones together
 * @param extractNanos it took to read the rows and to make their keys, once code was warm
 */
public record TableSample(
    long tableRows,
    long rows,
    long keys,
    long distinctKeys,
    long singleKeys,
    long distinctBytes,
    long extractNanos) {
  /** With a tenth more single keys than equally frequent ones would give, half counts as uneven. */
  private static final int EVENNESS_POWER = 8;

  public TableSample {
    if (rows < 1 || rows > tableRows || singleKeys > distinctKeys || distinctKeys > keys) {
      throw new IllegalArgumentException(
          "no sample: "
              + rows
              + " of "
              + tableRows
              + " rows, "
              + keys
              + " keys, "
              + distinctKeys
              + " distinct, "
              + singleKeys
              + " once");
    }
  }

  /** Keys of the whole table, as many times as they come. */
  public double tableKeys() {
    return (double) keys * tableRows / rows;
  }

  /**
   * Distinct keys of a part of the table.
   *
   * <p>Were all keys equally frequent, their number would follow from how many came once. Where
   * more came once than would then, some keys are much rarer than others: those that came twice are
   * taken for all of their kind, and those that came once stand for as many as the square root of
   * how much larger the part is. What lies between is between.
   *
   * @param share of the table, 0 to 1
   */
  public double distinctKeys(double share) {
    if (keys == 0) {
      return 1;
    }
    double given = tableKeys() * share;
    double sampled = keys / tableKeys();
    double even = (double) keys * distinctKeys / (keys - singleKeys + singleKeys * sampled);
    double times = tableKeys() / even;
    double asEven = even * (1 - Math.pow(1 - share, times));
    double growth = Math.max(1, share * tableRows / rows);
    double asUneven = distinctKeys - singleKeys + singleKeys * Math.sqrt(growth);
    double singleOfEven = keys * Math.pow(1 - sampled, times - 1);
    double evenness =
        singleKeys == 0 ? 0 : Math.pow(Math.min(1, singleOfEven / singleKeys), EVENNESS_POWER);
    return Math.min(Math.max(1, given), evenness * asEven + (1 - evenness) * asUneven);
  }

  /** Mean time of reading a row and making its keys. */
  public double extractNanosARow() {
    return (double) extractNanos / rows;
  }

  /** Mean bytes of a distinct key. */
  public double keyBytes() {
    return distinctKeys == 0 ? 0 : (double) distinctBytes / distinctKeys;
  }
}
