/**
 * What tests of the engine stand on: the simulated disk and environment, forked JVMs, seeds.
 *
 * <p>Read {@link io.djinn.testkit.ForkedJvm} and {@link io.djinn.testkit.TestSeed} first. Imports
 * {@code file}, {@code memory} and {@code error}, and no test framework: other modules get it as
 * the {@code testkit} jar.
 */
package io.djinn.testkit;
