/**
 * What tests of several modules share: pages in memory, without any test framework.
 *
 * <p>Read {@link io.djinn.testkit.MemoryPages} first. Imports the contracts of {@code page}, {@code
 * batch} and {@code wal}.
 */
package io.djinn.testkit;
