/**
 * Checks of a whole store, of production quality, and dumps of pages and log records.
 *
 * <p>Read {@link io.djinn.verify.StoreVerifier} first. Imports the access methods and everything
 * below them.
 */
package io.djinn.verify;
