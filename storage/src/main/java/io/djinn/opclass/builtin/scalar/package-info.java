/**
 * GIN over scalars, asked by {@code < <= = >= >}, and arrays of scalars.
 *
 * <p>A row has one key, its value; {@link io.djinn.opclass.builtin.scalar.type} says how keys are
 * made. A comparison is one range of keys, answered from the index alone. Values of any length can
 * be indexed: of a key longer than {@link io.djinn.opclass.builtin.scalar.ScalarOps#MAX_KEY_BYTES}
 * the beginning is kept, which keeps the order, and rows that share the beginning of a long operand
 * are compared themselves. PostgreSQL refuses such rows.
 *
 * <p>Read {@link io.djinn.opclass.builtin.scalar.ScalarOps} and {@link
 * io.djinn.opclass.builtin.scalar.ScalarQuery} first. Imports {@code opclass}, {@code error},
 * {@code opclass.builtin} and the types.
 */
package io.djinn.opclass.builtin.scalar;
