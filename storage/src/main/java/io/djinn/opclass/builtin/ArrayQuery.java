package io.djinn.opclass.builtin;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;

/**
 * An array operator with its right operand.
 *
 * <p>Overlap and containment are exact from keys alone. {@code <@} and {@code =} need the row, for
 * its other elements, their order and their number, except where the operand has no keys: then only
 * empty arrays are candidates and all of them match.
 */
final class ArrayQuery implements GinQuery {
  private static final byte[] NO_BYTES = {};

  private final ArrayOps operatorClass;
  private final ArrayOperator operator;
  private final byte[][] sequence;
  private final byte[][] distinctKeys;
  private final boolean hasNullElement;
  private final Mode mode;

  ArrayQuery(ArrayOps operatorClass, ArrayOperator operator, ArrayOperand operand) {
    this.operatorClass = operatorClass;
    this.operator = operator;
    sequence = operand.sequence();
    distinctKeys = operand.distinctKeys();
    hasNullElement = operand.hasNullElement();
    mode = operand.isNull() ? Mode.NONE : chooseMode();
  }

  private Mode chooseMode() {
    return switch (operator) {
      case OVERLAPS -> distinctKeys.length == 0 ? Mode.NONE : Mode.DEFAULT;
      case CONTAINS ->
          hasNullElement ? Mode.NONE : distinctKeys.length == 0 ? Mode.ALL : Mode.DEFAULT;
      case CONTAINED_BY -> Mode.INCLUDE_EMPTY;
      case EQUALS -> sequence.length == 0 ? Mode.INCLUDE_EMPTY : Mode.DEFAULT;
    };
  }

  @Override
  public Mode mode() {
    return mode;
  }

  /** A null of the operand is a key only for {@code =}, where nulls are equal. */
  @Override
  public int keyCount() {
    if (mode == Mode.NONE) {
      return 0;
    }
    boolean nullIsKey = hasNullElement && operator == ArrayOperator.EQUALS;
    return distinctKeys.length + (nullIsKey ? 1 : 0);
  }

  @Override
  public byte[] key(int index) {
    return index < distinctKeys.length ? distinctKeys[index] : NO_BYTES;
  }

  @Override
  public int category(int index) {
    return index < distinctKeys.length ? NORMAL_KEY : NULL_ELEMENT;
  }

  @Override
  public int consistent(byte[] presence) {
    if (mode == Mode.NONE) {
      return Ternary.NO;
    }
    int count = keyCount();
    boolean anyYes = false;
    boolean anyNo = false;
    boolean anyMaybe = false;
    for (int i = 0; i < count; i++) {
      anyYes |= presence[i] == Ternary.YES;
      anyNo |= presence[i] == Ternary.NO;
      anyMaybe |= presence[i] == Ternary.MAYBE;
    }
    return switch (operator) {
      case OVERLAPS -> anyYes ? Ternary.YES : anyMaybe ? Ternary.MAYBE : Ternary.NO;
      case CONTAINS -> anyNo ? Ternary.NO : anyMaybe ? Ternary.MAYBE : Ternary.YES;
      // A candidate without any of the keys is one for its empty item.
      case CONTAINED_BY -> anyYes || anyMaybe ? Ternary.MAYBE : Ternary.YES;
      case EQUALS -> anyNo ? Ternary.NO : count > 0 ? Ternary.MAYBE : Ternary.YES;
    };
  }

  @Override
  public KeyJoin keyJoin() {
    return switch (operator) {
      case OVERLAPS -> KeyJoin.ANY;
      case CONTAINS, EQUALS -> KeyJoin.ALL;
      case CONTAINED_BY -> KeyJoin.ANY_COMPARED;
    };
  }

  @Override
  public boolean needsRecheck() {
    return keyCount() > 0
        && (operator == ArrayOperator.CONTAINED_BY || operator == ArrayOperator.EQUALS);
  }

  @Override
  public boolean matches(Object value) {
    if (mode == Mode.NONE) {
      return false;
    }
    ArrayMatcher matcher = new ArrayMatcher(operator, sequence, distinctKeys);
    operatorClass.extract(value, matcher);
    return matcher.matches();
  }

  @Override
  public String operatorClass() {
    return operatorClass.spelling();
  }

  @Override
  public String toString() {
    return operatorClass.spelling() + " " + operator.symbol() + " " + sequence.length + " elements";
  }
}
