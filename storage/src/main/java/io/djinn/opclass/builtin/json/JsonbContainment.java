package io.djinn.opclass.builtin.json;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonObject;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;

/**
 * {@code @>} and {@code ?} between two values.
 *
 * <p>An object contains another if it contains each of its members; an array contains another if
 * each element of that is in it, whatever the order and however often; nothing moves between
 * levels. An array that is not inside anything contains also a single scalar.
 */
final class JsonbContainment {
  /** Pairs of values that may be compared for one row, where the caller sets no limit. */
  static final long DEFAULT_MAX_STEPS = 50_000_000;

  /** Pairs of scalars from which a set is made of one side. */
  private static final int PAIRS_FOR_SET = 256;

  private final long maxSteps;
  private long steps;

  private JsonbContainment(long maxSteps) {
    this.maxSteps = maxSteps;
  }

  /**
   * Whether a value contains another.
   *
   * @throws QueryTooExpensiveException beyond the limit of steps
   */
  static boolean contains(Object value, Object wanted, long maxSteps) {
    boolean isContainer = wanted instanceof JsonObject || wanted instanceof JsonArray;
    if (!isContainer && value instanceof JsonArray array) {
      return hasScalar(array, wanted);
    }
    return new JsonbContainment(maxSteps).isContained(value, wanted);
  }

  /** Whether the text is a key of the object, or an element of the array, or the string itself. */
  static boolean exists(Object value, String text) {
    if (value instanceof JsonObject object) {
      return object.indexOf(text) >= 0;
    }
    return value instanceof JsonArray array ? hasScalar(array, text) : text.equals(value);
  }

  private boolean isContained(Object value, Object wanted) {
    if (wanted instanceof JsonObject members) {
      return value instanceof JsonObject object && isObjectContained(object, members);
    }
    if (wanted instanceof JsonArray elements) {
      return value instanceof JsonArray array && isArrayContained(array, elements);
    }
    return isSameScalar(value, wanted);
  }

  private boolean isObjectContained(JsonObject object, JsonObject members) {
    if (object.size() < members.size()) {
      return false;
    }
    for (int i = 0; i < members.size(); i++) {
      count(1);
      int index = object.indexOf(members.key(i));
      if (index < 0 || !isContained(object.value(index), members.value(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean isArrayContained(JsonArray array, JsonArray elements) {
    Set<Object> scalars =
        (long) array.size() * elements.size() > PAIRS_FOR_SET ? scalarsOf(array) : null;
    for (int i = 0; i < elements.size(); i++) {
      Object wanted = elements.get(i);
      boolean isFound;
      if (wanted instanceof JsonObject || wanted instanceof JsonArray) {
        isFound = false;
        count(array.size());
        for (int n = 0; n < array.size() && !isFound; n++) {
          isFound = isContained(array.get(n), wanted);
        }
      } else {
        isFound = scalars == null ? hasScalar(array, wanted) : scalars.contains(canonical(wanted));
      }
      if (!isFound) {
        return false;
      }
    }
    return true;
  }

  private void count(int pairs) {
    steps += pairs;
    if (steps > maxSteps) {
      throw new QueryTooExpensiveException(
          "@> took more than the " + maxSteps + " steps it is allowed on one value");
    }
  }

  private static Set<Object> scalarsOf(JsonArray array) {
    Set<Object> scalars = new HashSet<>();
    for (int i = 0; i < array.size(); i++) {
      Object element = array.get(i);
      if (!(element instanceof JsonObject) && !(element instanceof JsonArray)) {
        scalars.add(canonical(element));
      }
    }
    return scalars;
  }

  /** Equal for numbers of equal value. */
  private static Object canonical(Object scalar) {
    return scalar instanceof BigDecimal number ? number.stripTrailingZeros() : scalar;
  }

  private static boolean hasScalar(JsonArray array, Object scalar) {
    for (int i = 0; i < array.size(); i++) {
      if (isSameScalar(array.get(i), scalar)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSameScalar(Object a, Object b) {
    if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      return x.compareTo(y) == 0;
    }
    // Containers have no equals and are no scalars.
    return !(a instanceof JsonObject) && !(a instanceof JsonArray) && a.equals(b);
  }
}
