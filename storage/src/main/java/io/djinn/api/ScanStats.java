package io.djinn.api;

/**
 * What a search has read so far, as {@code --explain} shows it.
 *
 * @param streams key streams opened
 * @param entryPages pages of the entry tree read
 * @param postingPages pages of posting trees read
 * @param segmentsDecoded segments of posting lists decoded
 * @param segmentsSkipped segments passed over without decoding
 * @param candidates TIDs given out
 */
public record ScanStats(
    long streams,
    long entryPages,
    long postingPages,
    long segmentsDecoded,
    long segmentsSkipped,
    long candidates) {}
