/**
 * One participant's table of key → growing compressed list, off-heap, and its way into a run.
 *
 * <p>Read {@link io.djinn.build.accumulate.KeyTable} and {@link io.djinn.build.accumulate.KeyBatch}
 * first. Imports {@code work}, {@code opclass}, {@code sort}, {@code memory} and {@code error}.
 */
package io.djinn.build.accumulate;
