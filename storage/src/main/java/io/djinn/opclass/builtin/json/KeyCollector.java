package io.djinn.opclass.builtin.json;

import io.djinn.opclass.KeySink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the keys of the right operand of a query. */
final class KeyCollector implements KeySink {
  private final List<byte[]> keys = new ArrayList<>();

  @Override
  public void key(byte[] bytes, int offset, int length) {
    keys.add(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Override
  public void nullElement() {
    throw new IllegalStateException("the null of JSON is an ordinary key");
  }

  @Override
  public void emptyItem() {}

  @Override
  public void nullItem() {
    throw new IllegalStateException("an operand that is SQL NULL has no keys");
  }

  List<byte[]> keys() {
    return keys;
  }

  byte[] last() {
    return keys.get(keys.size() - 1);
  }
}
