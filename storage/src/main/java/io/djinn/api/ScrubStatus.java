package io.djinn.api;

import java.util.List;

/**
 * What reading the store in the background has found so far.
 *
 * @param intervalSeconds time in which every page is read once, 0 where none is
 * @param passes how often every page was read since the store was opened
 * @param pagesRead pages read since then
 * @param problems pages that were bad when they were read last, in words
 */
public record ScrubStatus(
    long intervalSeconds, long passes, long pagesRead, List<String> problems) {}
