/**
 * Scalar types and their keys: how a number, a text, a time … becomes bytes whose unsigned order is
 * the order of the values.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><th>type</th><th>bytes</th></tr>
 * <tr><td>int2, int4, int8</td><td>big-endian, the sign bit flipped</td></tr>
 * <tr><td>float4, float8</td><td>IEEE bits big-endian, a negative number's all flipped, another's
 * sign bit flipped; −0 is 0, and every NaN is the one above all numbers</td></tr>
 * <tr><td>numeric</td><td>class, decimal exponent, pairs of digits without trailing zeros; see
 * {@link io.djinn.opclass.builtin.scalar.type.NumericType}</td></tr>
 * <tr><td>text</td><td>UTF-8</td></tr>
 * <tr><td>date</td><td>days since 2000-01-01 as int4; the infinities are its least and greatest
 * </td></tr>
 * <tr><td>timestamp, timestamptz</td><td>microseconds since 2000-01-01 as int8, likewise; UTC</td>
 * </tr>
 * <tr><td>uuid, bytea</td><td>the bytes</td></tr>
 * <tr><td>bool</td><td>0 or 1</td></tr>
 * </table>
 *
 * <p>Ranges, text forms and errors are PostgreSQL's. Read {@link
 * io.djinn.opclass.builtin.scalar.type.ScalarType} and {@link
 * io.djinn.opclass.builtin.scalar.type.NumericType} first. Imports {@code opclass.builtin} and
 * Jackson's parser.
 */
package io.djinn.opclass.builtin.scalar.type;
