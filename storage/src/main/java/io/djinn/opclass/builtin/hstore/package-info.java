/**
 * {@code gin_hstore_ops}: rows that are maps of text to text or null, asked by {@code @> ? ?| ?&}.
 *
 * <table>
 * <caption>Keys of a row</caption>
 * <tr><th>bytes</th><th>for</th></tr>
 * <tr><td>K and the key</td><td>each key</td></tr>
 * <tr><td>V and the value</td><td>each value that is not null</td></tr>
 * <tr><td>N</td><td>a null among the values</td></tr>
 * </table>
 *
 * <p>A key tells nothing of its value, so {@code @>} needs the row; the others are answered from
 * the index. Keys of the index have a bounded length: of longer texts the beginning is kept, and a
 * query for one needs the row. PostgreSQL refuses such rows.
 *
 * <p>Read {@link io.djinn.opclass.builtin.hstore.HstoreOps} and {@link
 * io.djinn.opclass.builtin.hstore.HstoreText} first. Imports {@code opclass}, {@code error}, {@code
 * opclass.builtin} and Jackson's parser.
 */
package io.djinn.opclass.builtin.hstore;
