/**
 * Everything needed to crash-test code on Djinn: a simulated disk, an environment without threads,
 * pages in memory, seeds, and oracles.
 *
 * <p>Read {@link io.djinn.testkit.SimVfs} and {@link io.djinn.testkit.SimEnv} first. Depends on no
 * test framework.
 */
package io.djinn.testkit;
