package io.djinn.opclass.builtin.json.value;

import java.util.Arrays;
import java.util.List;

/** An immutable JSON array. */
public final class JsonArray {
  private final Object[] elements;
  private final int depth;

  /** Takes the array as its own. */
  JsonArray(Object[] elements) {
    this.elements = elements;
    depth = 1 + deepest(elements);
  }

  /** Levels of containers in the deepest of the values. */
  static int deepest(Object[] values) {
    int deepest = 0;
    for (Object value : values) {
      if (value instanceof JsonArray array) {
        deepest = Math.max(deepest, array.depth);
      } else if (value instanceof JsonObject object) {
        deepest = Math.max(deepest, object.depth());
      }
    }
    return deepest;
  }

  /** Levels of containers, this one included. */
  int depth() {
    return depth;
  }

  public int size() {
    return elements.length;
  }

  public Object get(int index) {
    return elements[index];
  }

  /** The elements as a list that can not be changed. */
  public List<Object> elements() {
    return List.of(elements);
  }

  @Override
  public String toString() {
    return Arrays.toString(elements);
  }
}
