package io.djinn.build;

/**
 * What went through the rings of one participant, or of all.
 *
 * @param runs handed over
 * @param blocks they have
 * @param bytes they have as stored
 * @param stalls puts that found the ring full, and emptied it themselves
 */
public record RingReport(long runs, long blocks, long bytes, long stalls) {
  static final RingReport NOTHING = new RingReport(0, 0, 0, 0);

  RingReport plus(RingReport other) {
    return new RingReport(
        runs + other.runs, blocks + other.blocks, bytes + other.bytes, stalls + other.stalls);
  }
}
