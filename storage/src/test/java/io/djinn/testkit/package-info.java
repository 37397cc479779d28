/**
 * What tests of the engine stand on: the simulated disk and environment, forked JVMs, seeds.
 *
 * <p>Read {@link io.djinn.testkit.SimVfs} and {@link io.djinn.testkit.SimEnv} first. Imports {@code
 * file}, {@code memory} and {@code error}, and no test framework: other modules get it as the
 * {@code testkit} jar.
 */
package io.djinn.testkit;
