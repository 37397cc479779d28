package io.djinn.build.plan;

/**
 * What one of each thing that a build counts costs, in nanoseconds of one participant.
 *
 * @param extract of a nanosecond that rows take in a sample, where code is hardly warm
 * @param tid to find its key, append it, write, read and load it
 * @param key to load it
 * @param record to make, sort, write and merge it
 * @param recordKeyByte of its key
 * @param fileByte to pack, write, read and unpack
 * @param lead what one thread does alone, whatever the size
 * @param leadKey the same, for each key
 * @param leadTid the same, for each TID
 * @param start of a further participant
 * @param sharing what each further participant at work adds to all of this, as a share: caches,
 *     memory and cores are shared
 */
public record UnitCosts(
    double extract,
    double tid,
    double key,
    double record,
    double recordKeyByte,
    double fileByte,
    double lead,
    double leadKey,
    double leadTid,
    double start,
    double sharing) {
  /**
   * The sums of {@code java -jar perf/target/perf.jar fit}, rounded; {@code
   * build-parallel/README.md} has that run, its parts, and what the model is wrong by.
   */
  public static final UnitCosts MEASURED =
      new UnitCosts(0.19, 40, 205, 134, 16, 2.4, 4.3e6, 3.6, 0.31, 0.84e6, 0.18);

  /** Work that participants share. */
  public double workNanos(BuildCounts counts) {
    return counts.extractNanos() * extract
        + counts.tids() * tid
        + counts.keys() * key
        + counts.records() * record
        + counts.recordKeyBytes() * recordKeyByte
        + counts.fileBytes() * fileByte;
  }

  /** Work and waits of one thread alone. */
  public double leadNanos(BuildCounts counts) {
    return lead + counts.keys() * leadKey + counts.tids() * leadTid;
  }
}
