package io.djinn.nativetests.planted;

import java.util.Map;
import java.util.TreeMap;

/**
 * Tests that are run against a planted bug: a class, or one of its methods, with system properties
 * that choose a part of it.
 */
record Suite(String className, String method, Map<String, String> properties) {
  static Suite of(String className, String method) {
    return new Suite(className, method, Map.of());
  }

  static Suite of(String className) {
    return of(className, "");
  }

  Suite with(String property, String value) {
    Map<String, String> more = new TreeMap<>(properties);
    more.put(property, value);
    return new Suite(className, method, more);
  }

  @Override
  public String toString() {
    StringBuilder words = new StringBuilder(className.substring(className.lastIndexOf('.') + 1));
    if (!method.isEmpty()) {
      words.append('#').append(method);
    }
    properties.forEach((name, value) -> words.append(' ').append(name).append('=').append(value));
    return words.toString();
  }
}
