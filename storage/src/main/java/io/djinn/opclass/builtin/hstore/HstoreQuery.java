package io.djinn.opclass.builtin.hstore;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An hstore operator with its right operand. */
final class HstoreQuery implements GinQuery {
  private final HstoreOperator operator;
  private final boolean isNull;

  /** The pairs of {@code @>}, or the keys of the others, with nulls as values. */
  private final Map<String, String> wanted;

  private final byte[][] keys;

  /** Which keys are of texts cut short, so that having them proves nothing. */
  private final boolean[] isCut;

  private final boolean needsRecheck;

  /** The operand SQL NULL. */
  HstoreQuery(HstoreOperator operator) {
    this(operator, new LinkedHashMap<>(), true);
  }

  /** {@code @>}. */
  HstoreQuery(Map<String, String> pairs) {
    this(HstoreOperator.CONTAINS, pairs, false);
  }

  /**
   * An operator other than {@code @>}.
   *
   * @param keys without nulls
   */
  HstoreQuery(HstoreOperator operator, List<String> keys) {
    this(operator, withNulls(keys), false);
  }

  private static Map<String, String> withNulls(List<String> keys) {
    Map<String, String> wanted = new LinkedHashMap<>();
    keys.forEach(key -> wanted.put(key, null));
    return wanted;
  }

  private HstoreQuery(HstoreOperator operator, Map<String, String> wanted, boolean isNull) {
    this.operator = operator;
    this.isNull = isNull;
    this.wanted = wanted;
    TreeMap<byte[], Boolean> sorted = new TreeMap<>(Arrays::compareUnsigned);
    HstoreKeys made = new HstoreKeys();
    wanted.forEach(
        (key, value) -> {
          made.setKey(key);
          sorted.put(made.copy(), made.isCut());
          if (operator == HstoreOperator.CONTAINS) {
            made.setValue(value);
            sorted.put(made.copy(), made.isCut());
          }
        });
    keys = sorted.keySet().toArray(byte[][]::new);
    isCut = new boolean[keys.length];
    boolean isAnyCut = false;
    int i = 0;
    for (boolean cut : sorted.values()) {
      isCut[i++] = cut;
      isAnyCut |= cut;
    }
    needsRecheck = keys.length > 0 && (isAnyCut || operator == HstoreOperator.CONTAINS);
  }

  @Override
  public Mode mode() {
    if (isNull || (keys.length == 0 && operator == HstoreOperator.HAS_ANY_KEY)) {
      return Mode.NONE;
    }
    return keys.length == 0 ? Mode.ALL : Mode.DEFAULT;
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
    if (mode() == Mode.NONE) {
      return Ternary.NO;
    }
    boolean isAny = operator == HstoreOperator.HAS_ANY_KEY;
    boolean isMaybe = false;
    for (int i = 0; i < keys.length; i++) {
      if (presence[i] == Ternary.MAYBE || (presence[i] == Ternary.YES && isCut[i])) {
        isMaybe = true;
      } else if (isAny && presence[i] == Ternary.YES) {
        return Ternary.YES;
      } else if (!isAny && presence[i] == Ternary.NO) {
        return Ternary.NO;
      }
    }
    if (isMaybe || (operator == HstoreOperator.CONTAINS && keys.length > 0)) {
      return Ternary.MAYBE;
    }
    return isAny ? Ternary.NO : Ternary.YES;
  }

  @Override
  public KeyJoin keyJoin() {
    if (operator != HstoreOperator.HAS_ANY_KEY) {
      return KeyJoin.ALL;
    }
    if (!needsRecheck) {
      return KeyJoin.ANY;
    }
    return isEveryCut() ? KeyJoin.ANY_COMPARED : KeyJoin.OTHER;
  }

  private boolean isEveryCut() {
    for (boolean cut : isCut) {
      if (!cut) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean needsRecheck() {
    return needsRecheck;
  }

  @Override
  public boolean matches(Object value) {
    if (isNull || value == null) {
      return false;
    }
    Map<String, String> pairs = HstoreOps.pairs(value);
    return switch (operator) {
      case CONTAINS -> containsAll(pairs);
      case HAS_KEY, HAS_ALL_KEYS -> pairs.keySet().containsAll(wanted.keySet());
      case HAS_ANY_KEY -> wanted.keySet().stream().anyMatch(pairs::containsKey);
    };
  }

  private boolean containsAll(Map<String, String> pairs) {
    for (Map.Entry<String, String> pair : wanted.entrySet()) {
      String found = pairs.get(pair.getKey());
      boolean isSame = pair.getValue() == null ? found == null : pair.getValue().equals(found);
      if (!isSame || !pairs.containsKey(pair.getKey())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String operatorClass() {
    return HstoreOps.NAME;
  }

  @Override
  public String toString() {
    return HstoreOps.NAME + " " + operator.symbol() + " " + wanted.size() + " keys";
  }
}
