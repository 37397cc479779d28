/**
 * The leader's merge: cuts the key space into ranges, and merges each range of all runs into a
 * loader.
 *
 * <p>Read {@link io.djinn.build.merge.KeyRanges} and {@link io.djinn.build.merge.MergeWorker}
 * first. Imports {@code run}, {@code sort}, {@code memory} and {@code error}.
 */
package io.djinn.build.merge;
