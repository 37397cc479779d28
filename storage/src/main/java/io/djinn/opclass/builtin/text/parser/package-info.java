/**
 * The default parser of text search: cuts a text into words, numbers, addresses, paths and what is
 * between them.
 *
 * <p>Read {@link io.djinn.opclass.builtin.text.parser.TextParser} and {@link
 * io.djinn.opclass.builtin.text.parser.ParserTable} first. Imports the JDK only.
 */
package io.djinn.opclass.builtin.text.parser;
