package io.djinn.build;

/**
 * What one participant did in one phase, or all together.
 *
 * @param seconds of work
 * @param cpuSeconds processor time
 * @param runs written
 * @param records of the runs: a key has one in each run it is in
 * @param rawBytes of the runs' records
 * @param compressedBytes of the runs as stored
 * @param spilledBytes of the runs in temporary files
 */
public record PhaseReport(
    BuildPhase phase,
    double seconds,
    double cpuSeconds,
    long runs,
    long records,
    long rawBytes,
    long compressedBytes,
    long spilledBytes) {
  PhaseReport plus(PhaseReport other) {
    return new PhaseReport(
        phase,
        seconds + other.seconds,
        cpuSeconds + other.cpuSeconds,
        runs + other.runs,
        records + other.records,
        rawBytes + other.rawBytes,
        compressedBytes + other.compressedBytes,
        spilledBytes + other.spilledBytes);
  }

  /** Raw bytes of a compressed one; 1 where there are none. */
  public double ratio() {
    return compressedBytes == 0 ? 1 : (double) rawBytes / compressedBytes;
  }
}
