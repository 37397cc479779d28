/**
 * How the time a participant works divides into kinds of work, measured by the batch and by sample:
 * nothing looks at the clock for each key.
 *
 * <p>Read {@link io.djinn.build.work.BuildWork} and {@link io.djinn.build.work.WorkMeter} first.
 * Imports {@code sort} and {@code memory} of the storage engine.
 */
package io.djinn.build.work;
