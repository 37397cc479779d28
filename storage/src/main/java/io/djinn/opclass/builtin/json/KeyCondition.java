package io.djinn.opclass.builtin.json;

import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the keys of a row must be like for the row to be a candidate: a key, or several conditions
 * of which all or any must hold.
 */
final class KeyCondition {
  private final byte[] key;
  private final boolean needsAll;
  private final List<KeyCondition> parts;
  private int index = -1;

  private KeyCondition(byte[] key, boolean needsAll, List<KeyCondition> parts) {
    this.key = key;
    this.needsAll = needsAll;
    this.parts = parts;
  }

  static KeyCondition of(byte[] key) {
    return new KeyCondition(key, false, List.of());
  }

  /** All of the conditions, or null where there are none. */
  static KeyCondition allOf(List<KeyCondition> parts) {
    return join(true, parts);
  }

  /** Any of the conditions, or null where there are none. */
  static KeyCondition anyOf(List<KeyCondition> parts) {
    return join(false, parts);
  }

  private static KeyCondition join(boolean needsAll, List<KeyCondition> parts) {
    return switch (parts.size()) {
      case 0 -> null;
      case 1 -> parts.get(0);
      default -> new KeyCondition(null, needsAll, List.copyOf(parts));
    };
  }

  /** Gives each distinct key its index, and returns the keys in their order. */
  byte[][] number() {
    Map<byte[], List<KeyCondition>> byKey = new TreeMap<>(Arrays::compareUnsigned);
    collect(byKey);
    byte[][] keys = byKey.keySet().toArray(byte[][]::new);
    int next = 0;
    for (List<KeyCondition> leaves : byKey.values()) {
      for (KeyCondition leaf : leaves) {
        leaf.index = next;
      }
      next++;
    }
    return keys;
  }

  private void collect(Map<byte[], List<KeyCondition>> byKey) {
    if (key != null) {
      byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(this);
    }
    for (KeyCondition part : parts) {
      part.collect(byKey);
    }
  }

  /** How its keys are joined, of conditions that join all of them in one way. */
  KeyJoin join() {
    if (key != null || parts.stream().allMatch(part -> part.isJoined(needsAll))) {
      return needsAll ? KeyJoin.ALL : KeyJoin.ANY_COMPARED;
    }
    return KeyJoin.UNKNOWN;
  }

  private boolean isJoined(boolean byAll) {
    return key != null
        || (needsAll == byAll && parts.stream().allMatch(part -> part.isJoined(byAll)));
  }

  /** Whether it holds, from the presence of each key: a {@link Ternary}. */
  byte holds(byte[] presence) {
    if (key != null) {
      return presence[index];
    }
    byte decisive = needsAll ? Ternary.NO : Ternary.YES;
    byte result = needsAll ? Ternary.YES : Ternary.NO;
    for (int i = 0; i < parts.size(); i++) {
      byte part = parts.get(i).holds(presence);
      if (part == decisive) {
        return part;
      }
      if (part == Ternary.MAYBE) {
        result = part;
      }
    }
    return result;
  }
}
