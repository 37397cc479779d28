package io.djinn.api;

/**
 * What {@link GinIndex#vacuum} did.
 *
 * @param keysWalked keys whose TIDs were tested
 * @param tidsTested TIDs tested, one for each key that holds it
 * @param tidsRemoved TIDs removed, counted likewise
 * @param keysRemoved keys that were left without a TID and went
 * @param pagesFreed pages of the index's trees that ran empty and may be used again
 * @param rowsMoved rows moved from the pending list into the tree first
 * @param seconds from beginning to end
 */
public record VacuumReport(
    long keysWalked,
    long tidsTested,
    long tidsRemoved,
    long keysRemoved,
    long pagesFreed,
    long rowsMoved,
    double seconds) {}
