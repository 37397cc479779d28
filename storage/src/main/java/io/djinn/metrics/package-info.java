/**
 * What the engine counts of itself and how long its threads wait, by cause.
 *
 * <p>{@link io.djinn.metrics.Metrics} is written by any thread and allocates nothing after it was
 * made; {@code io.djinn.api.DjinnMetrics} is what users get of it. Imports nothing of the engine.
 */
package io.djinn.metrics;
