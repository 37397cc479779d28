package io.djinn.opclass.builtin;

import io.djinn.opclass.KeySink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the right operand of a query: its elements as keys, in order, null for a null. */
final class ArrayOperand implements KeySink {
  private final List<byte[]> sequence = new ArrayList<>();
  private boolean isNull;

  @Override
  public void key(byte[] bytes, int offset, int length) {
    sequence.add(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Override
  public void nullElement() {
    sequence.add(null);
  }

  @Override
  public void emptyItem() {
    sequence.clear();
  }

  @Override
  public void nullItem() {
    isNull = true;
  }

  /** Whether the operand is SQL NULL. */
  boolean isNull() {
    return isNull;
  }

  boolean hasNullElement() {
    return sequence.contains(null);
  }

  byte[][] sequence() {
    return sequence.toArray(byte[][]::new);
  }

  /** The keys without nulls and duplicates, in key order. */
  byte[][] distinctKeys() {
    byte[][] sorted =
        sequence.stream()
            .filter(key -> key != null)
            .sorted(Arrays::compareUnsigned)
            .toArray(byte[][]::new);
    int count = 0;
    for (byte[] key : sorted) {
      if (count == 0 || !Arrays.equals(sorted[count - 1], key)) {
        sorted[count++] = key;
      }
    }
    return Arrays.copyOf(sorted, count);
  }
}
