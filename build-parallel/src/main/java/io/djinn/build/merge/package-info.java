/**
 * The leader's merge: cuts the key space into ranges, and lists longer than a range by TID, and
 * merges each such task of all runs into a loader; threads without a task are given parts of the
 * ranges of others.
 *
 * <p>Read {@link io.djinn.build.merge.RangeQueue} and {@link io.djinn.build.merge.MergeWorker}
 * first. Imports {@code run}, {@code sort}, {@code memory} and {@code error}.
 */
package io.djinn.build.merge;
