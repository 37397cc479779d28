package io.djinn.perf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a run of measured builds is to measure.
 *
 * @param data directory of real data
 * @param rounds of each setting
 * @param budgetBytes of each build, but for those side by side, which have half of it each
 * @param budgets for the arrays beside that one, bytes
 * @param serialSeconds a serial build must take at least
 * @param copies of the tables of settings whose size is not to be found by calibration
 * @param rowsOfCopy the most rows of each copy
 * @param isLucene whether Apache Lucene builds as much beside it
 * @param postgresUrl of a database where PostgreSQL does, or null
 */
record BuildRunOptions(
    Path data,
    int rounds,
    long budgetBytes,
    List<Long> budgets,
    double serialSeconds,
    Map<BuildSetting, Integer> copies,
    int rowsOfCopy,
    boolean isLucene,
    String postgresUrl) {}
