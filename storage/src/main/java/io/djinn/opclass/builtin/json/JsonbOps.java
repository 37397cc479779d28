package io.djinn.opclass.builtin.json;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;

/**
 * JSON asked by {@code @>} (contains), {@code ? ?| ?&} (has one key, any, all), {@code @?} (a path
 * yields something) and {@code @@} (a path is true).
 *
 * <p>Each key of an object, each string, number, boolean and null is a key; see {@link
 * JsonbKeyWriter} for their bytes. Semantics follow PostgreSQL's {@code jsonb_ops}.
 */
public final class JsonbOps extends JsonbClass {
  static final String NAME = "jsonb_ops";

  private static final JsonbOps INSTANCE = new JsonbOps();

  private JsonbOps() {
    super(NAME, JsonbOperator.ALL, false);
  }

  /** The operator class {@code jsonb_ops}. */
  public static JsonbOps instance() {
    return INSTANCE;
  }

  /** Rows that contain the value, given as Map, Collection, String, Number, Boolean. */
  public static GinQuery contains(Object value) {
    return INSTANCE.query(JsonbOperator.CONTAINS.symbol(), value);
  }

  /** Rows that have the string as a key of the object, or as an element of the array. */
  public static GinQuery hasKey(String key) {
    return INSTANCE.query(JsonbOperator.HAS_KEY.symbol(), key);
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
    return new JsonbKeyWriter(sink);
  }
}
