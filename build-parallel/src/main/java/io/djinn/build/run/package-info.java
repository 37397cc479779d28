/**
 * Where a participant's runs go: into memory blocks while the budget allows, else into its
 * temporary file.
 *
 * <p>Read {@link io.djinn.build.run.RunStore} and {@link io.djinn.build.run.SpillFiles} first.
 * Imports {@code accumulate}, {@code sort}, {@code file}, {@code memory} and {@code error}.
 */
package io.djinn.build.run;
