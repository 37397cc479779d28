package io.djinn.api;

/** The counts of a GIN index, as its metapage keeps them and the verifier recounts them. */
public record GinStats(
    long totalPages,
    long entryPages,
    long postingPages,
    long keys,
    long tids,
    long pendingPages,
    long pendingRows,
    long pendingBytes,
    int formatVersion) {}
