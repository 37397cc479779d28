/**
 * What programs import: open a store, make indexes, write in batches, search snapshots.
 *
 * <p>A {@link io.djinn.api.GinBuild} makes indexes, or makes one anew, beside all of that: an index
 * takes writes from the beginning and is read when all are complete. A {@code GinIndex} so has
 * versions by batch number, of which a snapshot finds its own.
 *
 * <p>Read {@link io.djinn.api.Djinn} and {@link io.djinn.api.GinIndex} first. Imports every package
 * below it; nothing below imports it.
 */
package io.djinn.api;
