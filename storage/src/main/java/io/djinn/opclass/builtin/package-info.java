/**
 * The operator classes that come with the engine.
 *
 * <p>Read {@link io.djinn.opclass.builtin.ArrayOps} and {@link
 * io.djinn.opclass.builtin.ArrayOpsProvider} first. Imports {@code opclass}, {@code error} and
 * Jackson's parser; nothing but users imports this package, it is found as a service.
 */
package io.djinn.opclass.builtin;
