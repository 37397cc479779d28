package io.djinn.build.scan;

/**
 * A few blocks for one participant to scan.
 *
 * @param fromBlock first block
 * @param toBlock block behind the last one
 * @param startsRun whether the blocks before it were not the participant's last piece, so that its
 *     run ends first
 */
public record Piece(long fromBlock, long toBlock, boolean startsRun) {}
