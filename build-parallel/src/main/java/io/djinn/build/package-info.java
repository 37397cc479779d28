/**
 * Builds an index over a row source with several threads inside one memory budget.
 *
 * <p>Participants scan stretches of blocks and accumulate keys off-heap, spill sorted runs, and
 * hand them to the leader through rings; when all runs are known the key space is cut into ranges,
 * each merged and loaded by one thread. What was written to the index meanwhile is applied by the
 * store before it makes the index visible. Read {@link io.djinn.build.ParallelBuild} and {@link
 * io.djinn.build.Participant} first. Imports the packages below and {@code source}, {@code
 * opclass}, {@code sort}, {@code file}, {@code memory} and {@code error} of the storage engine.
 */
package io.djinn.build;
