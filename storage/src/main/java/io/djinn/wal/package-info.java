/** The log: records, writer, reader and the table of edits. */
package io.djinn.wal;
