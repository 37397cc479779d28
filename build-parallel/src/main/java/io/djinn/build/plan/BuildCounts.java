package io.djinn.build.plan;

/**
 * How much a build has to do, as its report counts it or as a sample of the table lets expect.
 *
 * @param extractNanos it takes to read all rows and to make their keys, as a sample tells
 * @param tids of the lists of all keys
 * @param keys there are, each counted once
 * @param records of all runs: a key has one in each run it is in
 * @param recordKeyBytes bytes of the keys of those records
 * @param fileBytes of runs in temporary files, before packing
 */
public record BuildCounts(
    double extractNanos,
    double tids,
    double keys,
    double records,
    double recordKeyBytes,
    double fileBytes) {}
