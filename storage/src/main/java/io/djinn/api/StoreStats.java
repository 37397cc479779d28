package io.djinn.api;

/**
 * Counts of a store as a whole.
 *
 * @param pages pages handed out, page 0 included
 * @param freePages pages in the free list
 * @param filePages pages that have blocks in the file
 * @param logBytes log a restart would read at most
 * @param scrubPasses how often every page was read in the background; see {@link ScrubStatus}
 * @param scrubPages pages read so
 * @param scrubProblems pages that were bad when they were read last
 */
public record StoreStats(
    int pageSizeBytes,
    long pages,
    long freePages,
    long filePages,
    long publishedBatch,
    int frames,
    int freeFrames,
    long logBytes,
    long scrubPasses,
    long scrubPages,
    long scrubProblems) {}
