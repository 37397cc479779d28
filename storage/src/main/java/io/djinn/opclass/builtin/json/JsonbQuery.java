package io.djinn.opclass.builtin.json;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.util.function.Predicate;

/**
 * An operator with its right operand: a condition on keys, and the exact answer for a value.
 *
 * <p>Keys alone never prove that a row matches: they tell neither where a key is, nor what lies
 * beside what, and hashes may meet.
 */
final class JsonbQuery implements GinQuery {
  private static final byte[][] NO_KEYS = {};

  private final String operatorClass;
  private final String description;
  private final Mode mode;
  private final KeyCondition condition;
  private final byte[][] keys;
  private final Predicate<Object> test;

  private JsonbQuery(
      String operatorClass,
      String description,
      Mode mode,
      KeyCondition condition,
      Predicate<Object> test) {
    this.operatorClass = operatorClass;
    this.description = description;
    this.mode = mode;
    this.condition = condition;
    this.test = test;
    keys = condition == null ? NO_KEYS : condition.number();
  }

  /** A query that no row matches. */
  static JsonbQuery ofNothing(String operatorClass, String description) {
    return new JsonbQuery(operatorClass, description, Mode.NONE, null, value -> false);
  }

  /**
   * @param condition what the keys must be like, or null where they tell nothing
   * @param test decides a value of {@link JsonValues}
   */
  static JsonbQuery of(
      String operatorClass, String description, KeyCondition condition, Predicate<Object> test) {
    Mode mode = condition == null ? Mode.ALL : Mode.DEFAULT;
    return new JsonbQuery(operatorClass, description, mode, condition, test);
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public int keyCount() {
    return keys.length;
  }

  @Override
  public byte[] key(int index) {
    return keys[index];
  }

  @Override
  public int category(int index) {
    return NORMAL_KEY;
  }

  @Override
  public int consistent(byte[] presence) {
    if (condition == null) {
      return mode == Mode.NONE ? Ternary.NO : Ternary.MAYBE;
    }
    return condition.holds(presence) == Ternary.NO ? Ternary.NO : Ternary.MAYBE;
  }

  @Override
  public KeyJoin keyJoin() {
    return condition == null ? KeyJoin.UNKNOWN : condition.join();
  }

  @Override
  public boolean needsRecheck() {
    return mode != Mode.NONE;
  }

  @Override
  public boolean matches(Object value) {
    return mode != Mode.NONE && value != null && test.test(JsonValues.of(value));
  }

  @Override
  public String operatorClass() {
    return operatorClass;
  }

  @Override
  public String toString() {
    return operatorClass + " " + description;
  }
}
