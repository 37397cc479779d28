/**
 * What programs import: open a store, make indexes, write in batches, search snapshots.
 *
 * <p>Read {@link io.djinn.api.Djinn} and {@link io.djinn.api.GinIndex} first. Imports every package
 * below it; nothing below imports it.
 */
package io.djinn.api;
