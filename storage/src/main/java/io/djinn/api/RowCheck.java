package io.djinn.api;

import java.util.List;

/**
 * What a comparison of an index with its rows found.
 *
 * @param rows rows of the source that are in the index
 * @param absentRows rows up to the last one indexed that are not
 * @param pairs keys of the rows in the index, each counted once a row
 * @param problems what is wrong, in words; empty where nothing is
 */
public record RowCheck(long rows, long absentRows, long pairs, List<String> problems) {}
