package io.djinn.opclass.builtin.scalar;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.scalar.type.KeyBytes;
import java.util.Arrays;

/**
 * A comparison with its right operand, as one key or range of keys.
 *
 * <p>An operand whose key is as long as keys get has a second key beside the range: its beginning,
 * where rows may be on either side and are compared themselves. All others are told apart by keys.
 */
final class ScalarQuery implements GinQuery {
  private static final byte[] LOWEST = {};

  private final ScalarOps operatorClass;
  private final ScalarOperator operator;

  /** The operand's whole key, null for SQL NULL. */
  private final byte[] operand;

  private final byte[][] keys;

  /** Where each range ends; null for the last key there is. */
  private final byte[][] ends;

  /** Index of the range, or -1. */
  private final int range;

  /** Index of the key that decides nothing, or -1. */
  private final int undecided;

  ScalarQuery(ScalarOps operatorClass, ScalarOperator operator, byte[] operand) {
    this.operatorClass = operatorClass;
    this.operator = operator;
    this.operand = operand;
    if (operand == null || (operator == ScalarOperator.LESS && operand.length == 0)) {
      keys = new byte[0][];
      ends = keys;
      range = -1;
      undecided = -1;
      return;
    }
    boolean isLong = operand.length >= ScalarOps.MAX_KEY_BYTES;
    byte[] key = isLong ? Arrays.copyOf(operand, ScalarOps.MAX_KEY_BYTES) : operand;
    if (operator.takesLess()) {
      boolean isUpTo = !isLong && operator.takes(0);
      keys = isLong ? new byte[][] {LOWEST, key} : new byte[][] {LOWEST};
      ends = new byte[][] {isUpTo ? next(key) : key, null};
      range = 0;
      undecided = isLong ? 1 : -1;
    } else if (operator.takesGreater()) {
      boolean isFrom = !isLong && operator.takes(0);
      keys = isLong ? new byte[][] {key, next(key)} : new byte[][] {isFrom ? key : next(key)};
      ends = new byte[][] {null, null};
      range = isLong ? 1 : 0;
      undecided = isLong ? 0 : -1;
    } else {
      keys = new byte[][] {key};
      ends = new byte[][] {null};
      range = -1;
      undecided = isLong ? 0 : -1;
    }
  }

  /** The least key above a key. */
  private static byte[] next(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  @Override
  public Mode mode() {
    return keys.length == 0 ? Mode.NONE : Mode.DEFAULT;
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
  public boolean isRange(int index) {
    return index == range;
  }

  @Override
  public byte[] end(int index) {
    if (index != range) {
      return GinQuery.super.end(index);
    }
    return ends[index];
  }

  /** A row has one key, so it has one of these at most. */
  @Override
  public int consistent(byte[] presence) {
    int answer = Ternary.NO;
    for (int i = 0; i < keys.length; i++) {
      if (presence[i] == Ternary.YES && i != undecided) {
        return Ternary.YES;
      }
      if (presence[i] != Ternary.NO) {
        answer = Ternary.MAYBE;
      }
    }
    return answer;
  }

  @Override
  public boolean needsRecheck() {
    return undecided >= 0;
  }

  @Override
  public boolean matches(Object value) {
    if (operand == null || value == null) {
      return false;
    }
    KeyBytes key = new KeyBytes();
    operatorClass.encode(value, key);
    return operator.takes(
        Arrays.compareUnsigned(key.bytes(), 0, key.length(), operand, 0, operand.length));
  }

  @Override
  public String operatorClass() {
    return operatorClass.spelling();
  }

  @Override
  public String toString() {
    return operatorClass.name()
        + " "
        + operator.symbol()
        + (operand == null ? " null" : " key of " + operand.length + " bytes");
  }
}
