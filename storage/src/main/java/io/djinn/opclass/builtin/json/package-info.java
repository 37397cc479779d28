/**
 * The operator classes of JSON: {@code jsonb_ops} with {@code @> ? ?| ?& @? @@} and {@code
 * jsonb_path_ops} with {@code @> @? @@}.
 *
 * <pre>
 *   {"a": {"b": [1, "x"]}}
 *
 *   jsonb_ops        key a   key b   number 1   key x       a key says what it is, not where
 *   jsonb_path_ops   hash(a, b, 1)   hash(a, b, "x")        a key a leaf, and the way to it
 * </pre>
 *
 * <p>Both are read from the text as it streams by. jsonb_path_ops has fewer and rarer keys, so it
 * answers containment better; jsonb_ops knows also that a key or an element exists. Neither is
 * exact: a candidate's value is parsed and compared, by {@link
 * io.djinn.opclass.builtin.json.JsonbContainment} or by the path language of {@code json.path}.
 *
 * <p>Read {@link io.djinn.opclass.builtin.json.JsonbOps} and {@link
 * io.djinn.opclass.builtin.json.JsonbKeyWriter} first. Imports {@code opclass}, {@code error},
 * Jackson's parser and the packages below.
 */
package io.djinn.opclass.builtin.json;
