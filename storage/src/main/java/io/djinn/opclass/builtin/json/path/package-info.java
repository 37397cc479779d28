/**
 * The SQL/JSON path language as PostgreSQL 18 has it: {@code $.cast[*] ? (@ starts with "J")}.
 *
 * <p>{@link io.djinn.opclass.builtin.json.path.JsonPath} is a path made ready; {@link
 * io.djinn.opclass.builtin.json.path.PathItem} is one step of it and links to the next; {@link
 * io.djinn.opclass.builtin.json.path.PathEvaluator} walks a value along it with errors suppressed,
 * as the operators {@code @?} and {@code @@} do. Grammar and evaluation follow PostgreSQL's {@code
 * jsonpath_gram.y} and {@code jsonpath_exec.c}. Limits are named in the errors: variables are
 * refused, a path has a depth, and one row a number of steps.
 *
 * <p>Imports {@code error}, {@code json.value}, {@code json.datetime} and, for {@code like_regex},
 * {@code regex}.
 */
package io.djinn.opclass.builtin.json.path;
