package io.djinn.opclass.builtin.json;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;

/**
 * JSON asked by {@code @>} (contains), {@code @?} (a path yields something) and {@code @@} (a path
 * is true).
 *
 * <p>Each scalar is a key, together with the way to it; see {@link JsonbPathHasher} for the bytes.
 * What has no scalar in it, as {@code {"a": {}}}, has no keys: a query for such a value compares
 * every row. Semantics follow PostgreSQL's {@code jsonb_path_ops}.
 */
public final class JsonbPathOps extends JsonbClass {
  static final String NAME = "jsonb_path_ops";

  private static final JsonbPathOps INSTANCE = new JsonbPathOps();

  private JsonbPathOps() {
    super(NAME, JsonbOperator.OF_PATHS, true);
  }

  /** The operator class {@code jsonb_path_ops}. */
  public static JsonbPathOps instance() {
    return INSTANCE;
  }

  /** Rows that contain the value, given as Map, Collection, String, Number, Boolean. */
  public static GinQuery contains(Object value) {
    return INSTANCE.query(JsonbOperator.CONTAINS.symbol(), value);
  }

  /** Rows for which the path yields an item. */
  public static GinQuery pathExists(String path) {
    return INSTANCE.query(JsonbOperator.PATH_EXISTS.symbol(), path);
  }

  /** Rows for which the path is true. */
  public static GinQuery pathMatches(String path) {
    return INSTANCE.query(JsonbOperator.PATH_MATCHES.symbol(), path);
  }

  @Override
  JsonbKeys keysInto(KeySink sink) {
    return new JsonbPathHasher(sink);
  }
}
