/**
 * The operator classes that come with the engine.
 *
 * <p>Read {@link io.djinn.opclass.builtin.ArrayOps} and {@link
 * io.djinn.opclass.builtin.ArrayElements} first. Imports {@code opclass}, {@code error} and
 * Jackson's parser; nothing but users and the packages below it imports this package, classes are
 * found as services.
 */
package io.djinn.opclass.builtin;
