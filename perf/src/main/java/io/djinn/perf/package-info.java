/**
 * Measurements: generated and copied tables, macro runs of builds in processes of their own beside
 * other engines, and the command that starts them and the micro-benchmarks.
 *
 * <p>Read {@link io.djinn.perf.SettingRun} and {@link io.djinn.perf.BuildProbe} first. May import
 * {@code api}, {@code opclass}, {@code source} and {@code build}; nothing imports this.
 */
package io.djinn.perf;
