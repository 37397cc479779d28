/**
 * JSON values as PostgreSQL's jsonb holds them: keys of objects in jsonb's order and once each,
 * numbers as decimals within numeric's limits, Unicode text without U+0000.
 *
 * <p>Values are plain Java: {@link io.djinn.opclass.builtin.json.value.JsonNull}, Boolean, {@link
 * java.math.BigDecimal}, String, {@link io.djinn.opclass.builtin.json.value.JsonArray} and {@link
 * io.djinn.opclass.builtin.json.value.JsonObject}. Read the last one and {@link
 * io.djinn.opclass.builtin.json.value.JsonValues} first. Imports {@code error} and Jackson's
 * parser.
 */
package io.djinn.opclass.builtin.json.value;
