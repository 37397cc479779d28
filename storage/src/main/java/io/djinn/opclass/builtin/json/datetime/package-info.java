/**
 * The dates and times that paths read out of strings, as SQL/JSON has them.
 *
 * <p>{@link io.djinn.opclass.builtin.json.datetime.JsonDateTime} is such a value; {@link
 * io.djinn.opclass.builtin.json.datetime.DateTimeReader} reads one by a template or by the ISO
 * formats. Follows the standard mode of PostgreSQL's {@code formatting.c}. Imports the JDK only.
 */
package io.djinn.opclass.builtin.json.datetime;
