/**
 * The contracts between data types and access methods: which keys a value has, which keys decide a
 * query, and what their presence proves.
 *
 * <p>Read {@link io.djinn.opclass.GinOperatorClass} and {@link io.djinn.opclass.GinQuery} first.
 * Imports {@code error}, {@code memory} and Jackson's parser; never an implementation: those are
 * found as services by {@link io.djinn.opclass.OperatorClasses}.
 */
package io.djinn.opclass;
