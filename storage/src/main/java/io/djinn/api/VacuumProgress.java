package io.djinn.api;

/**
 * How far a vacuum is.
 *
 * @param keysWalked keys that are done
 * @param keys keys the index had at the beginning
 * @param tidsTested TIDs tested, one for each key that holds it
 * @param tids TIDs the index had at the beginning, counted likewise
 * @param tidsRemoved TIDs removed, counted likewise
 */
public record VacuumProgress(
    long keysWalked, long keys, long tidsTested, long tids, long tidsRemoved) {
  /** The part of the index that was walked, 0 to 1; an estimate, as others may change it. */
  public double fraction() {
    long total = keys + tids;
    return total == 0 ? 1 : Math.min(1, (double) (keysWalked + tidsTested) / total);
  }
}
