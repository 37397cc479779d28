/**
 * Loads merged ranges into the pages of a store.
 *
 * <p>Read {@link io.djinn.build.load.IndexLoaders} first. Imports {@code merge}, the store's public
 * API and its bulk-load contracts.
 */
package io.djinn.build.load;
