/**
 * The exceptions of the engine, below every other package so that each layer can throw its own.
 *
 * <p>A mistake in the caller's arguments is an {@link IllegalArgumentException} or {@link
 * IllegalStateException} with value and limit; everything else is a {@link
 * io.djinn.error.DjinnException}. Imports nothing.
 */
package io.djinn.error;
