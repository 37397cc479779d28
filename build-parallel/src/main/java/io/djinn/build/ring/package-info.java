/**
 * Finished runs on their way from the participants to the leader.
 *
 * <p>Read {@link io.djinn.build.ring.RunRing} first. Imports {@code sort} and {@code memory}.
 */
package io.djinn.build.ring;
