/**
 * The {@code djinn} command: one class a command, over the public API alone.
 *
 * <p>Read {@link io.djinn.build.cli.DjinnMain} and {@link io.djinn.build.cli.Failures} first.
 * Imports {@code io.djinn.api}, {@code opclass}, {@code source}, {@code error}, the builder and
 * picocli. Nothing here loads a class of the engine before a command that needs one runs, so that
 * help, version and usage errors are quick and silent.
 */
package io.djinn.build.cli;
