package io.djinn.api;

/**
 * Counts of a store as a whole.
 *
 * @param pages pages handed out, page 0 included
 * @param freePages pages in the free list
 * @param filePages pages that have blocks in the file
 * @param logBytes log a restart would read at most
 */
public record StoreStats(
    int pageSizeBytes,
    long pages,
    long freePages,
    long filePages,
    long publishedBatch,
    int frames,
    int freeFrames,
    long logBytes) {}
