package io.djinn.build;

/**
 * What one participant did, or all together.
 *
 * @param rows scanned
 * @param keys loaded
 * @param tids loaded, over all keys
 * @param runs written, those of earlier merges included
 * @param rawBytes of the runs' records
 * @param compressedBytes of the runs as stored
 * @param spilledBytes of the runs in temporary files
 * @param pages written by loaders
 * @param cpuSeconds processor time
 * @param waitSeconds between first and last phase without work
 */
public record ParticipantReport(
    long rows,
    long keys,
    long tids,
    long runs,
    long rawBytes,
    long compressedBytes,
    long spilledBytes,
    long pages,
    double cpuSeconds,
    double waitSeconds) {
  static final ParticipantReport NOTHING = new ParticipantReport(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  ParticipantReport plus(ParticipantReport other) {
    return new ParticipantReport(
        rows + other.rows,
        keys + other.keys,
        tids + other.tids,
        runs + other.runs,
        rawBytes + other.rawBytes,
        compressedBytes + other.compressedBytes,
        spilledBytes + other.spilledBytes,
        pages + other.pages,
        cpuSeconds + other.cpuSeconds,
        waitSeconds + other.waitSeconds);
  }
}
