package io.djinn.api;

/**
 * What {@link GinIndex#flush} did.
 *
 * @param rows rows moved from the pending list into the tree
 * @param pages pages of the pending list freed
 */
public record FlushResult(long rows, long pages) {}
