package io.djinn.opclass.builtin;

import io.djinn.opclass.KeySink;
import java.util.Arrays;

/** Compares one row with an operand, element by element as the row's keys are handed over. */
final class ArrayMatcher implements KeySink {
  private final ArrayOperator operator;
  private final byte[][] sequence;
  private final byte[][] distinctKeys;
  private final boolean[] found;
  private int foundCount;
  private int elementCount;
  private boolean isNull;
  private boolean differs;

  /**
   * @param sequence the operand's elements in order, null for a null
   * @param distinctKeys its keys without nulls and duplicates, in key order
   */
  ArrayMatcher(ArrayOperator operator, byte[][] sequence, byte[][] distinctKeys) {
    this.operator = operator;
    this.sequence = sequence;
    this.distinctKeys = distinctKeys;
    found = new boolean[distinctKeys.length];
  }

  @Override
  public void key(byte[] bytes, int offset, int length) {
    if (operator == ArrayOperator.EQUALS) {
      byte[] other = next();
      differs |=
          other == null || !Arrays.equals(bytes, offset, offset + length, other, 0, other.length);
      return;
    }
    int index = find(bytes, offset, length);
    if (index < 0) {
      differs |= operator == ArrayOperator.CONTAINED_BY;
    } else if (!found[index]) {
      found[index] = true;
      foundCount++;
    }
  }

  @Override
  public void nullElement() {
    if (operator == ArrayOperator.EQUALS) {
      differs |= elementCount >= sequence.length || next() != null;
    } else {
      differs |= operator == ArrayOperator.CONTAINED_BY;
    }
  }

  @Override
  public void emptyItem() {}

  @Override
  public void nullItem() {
    isNull = true;
  }

  boolean matches() {
    if (isNull) {
      return false;
    }
    return switch (operator) {
      case OVERLAPS -> foundCount > 0;
      case CONTAINS -> foundCount == distinctKeys.length;
      case CONTAINED_BY -> !differs;
      case EQUALS -> !differs && elementCount == sequence.length;
    };
  }

  /** The operand's element at the row's next position; null also past its end. */
  private byte[] next() {
    int index = elementCount++;
    return index < sequence.length ? sequence[index] : null;
  }

  private int find(byte[] bytes, int offset, int length) {
    int low = 0;
    int high = distinctKeys.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] key = distinctKeys[middle];
      int order = Arrays.compareUnsigned(key, 0, key.length, bytes, offset, offset + length);
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
}
