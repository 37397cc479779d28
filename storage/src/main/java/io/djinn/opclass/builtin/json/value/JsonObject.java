package io.djinn.opclass.builtin.json.value;

import java.util.Arrays;

/**
 * An immutable JSON object with its keys in jsonb's order: by length in UTF-8, then by bytes.
 *
 * <p>Where a text names a key more than once the last value counts. The values before it are kept
 * aside, out of every answer, because the index has their keys: those are read from the text as it
 * streams by, before the last value is known, and whoever removes the row must find them all.
 */
public final class JsonObject {
  private static final String[] NO_KEYS = {};
  private static final Object[] NO_VALUES = {};

  private final String[] keys;
  private final Object[] values;
  private final String[] overriddenKeys;
  private final Object[] overriddenValues;
  private final int depth;

  private JsonObject(
      String[] keys, Object[] values, String[] overriddenKeys, Object[] overriddenValues) {
    this.keys = keys;
    this.values = values;
    this.overriddenKeys = overriddenKeys;
    this.overriddenValues = overriddenValues;
    depth = 1 + Math.max(JsonArray.deepest(values), JsonArray.deepest(overriddenValues));
  }

  /** Levels of containers, this one included. */
  int depth() {
    return depth;
  }

  /**
   * Takes the members in the order of the text; the arrays become the object's.
   *
   * @param names perhaps with repetitions
   */
  static JsonObject of(String[] names, Object[] members) {
    int count = names.length;
    boolean sorted = true;
    for (int i = 1; i < count && sorted; i++) {
      sorted = JsonText.compareKeys(names[i - 1], names[i]) < 0;
    }
    if (sorted) {
      return new JsonObject(names, members, NO_KEYS, NO_VALUES);
    }
    Integer[] order = new Integer[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> JsonText.compareKeys(names[a], names[b]));
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (isLast(names, order, i)) {
        distinct++;
      }
    }
    String[] keys = new String[distinct];
    Object[] values = new Object[distinct];
    String[] overriddenKeys = distinct == count ? NO_KEYS : new String[count - distinct];
    Object[] overriddenValues = distinct == count ? NO_VALUES : new Object[count - distinct];
    int kept = 0;
    int dropped = 0;
    for (int i = 0; i < count; i++) {
      if (isLast(names, order, i)) {
        keys[kept] = names[order[i]];
        values[kept++] = members[order[i]];
      } else {
        overriddenKeys[dropped] = names[order[i]];
        overriddenValues[dropped++] = members[order[i]];
      }
    }
    return new JsonObject(keys, values, overriddenKeys, overriddenValues);
  }

  /** Whether no later member has the name of the i-th one; the sort is stable. */
  private static boolean isLast(String[] names, Integer[] order, int i) {
    return i + 1 == order.length || !names[order[i]].equals(names[order[i + 1]]);
  }

  public int size() {
    return keys.length;
  }

  /** The key at the index, in jsonb's order. */
  public String key(int index) {
    return keys[index];
  }

  /** The value of the key at the index. */
  public Object value(int index) {
    return values[index];
  }

  /** Index of the key, negative where the object has none of that name. */
  public int indexOf(String key) {
    int low = 0;
    int high = keys.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = JsonText.compareKeys(keys[middle], key);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** The value of the key, or Java null. */
  public Object get(String key) {
    int index = indexOf(key);
    return index < 0 ? null : values[index];
  }

  /** Number of members that a later one of the same name replaced. */
  public int overriddenCount() {
    return overriddenKeys.length;
  }

  public String overriddenKey(int index) {
    return overriddenKeys[index];
  }

  public Object overriddenValue(int index) {
    return overriddenValues[index];
  }
}
