/**
 * Hands ranges of blocks to participants so that each works through contiguous stretches.
 *
 * <p>Read {@link io.djinn.build.scan.Stretches} and {@link io.djinn.build.scan.Piece} first.
 * Imports nothing.
 */
package io.djinn.build.scan;
