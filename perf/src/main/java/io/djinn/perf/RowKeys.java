package io.djinn.perf;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** The distinct keys of one row, as brute force sees them. */
final class RowKeys implements KeySink {
  private final Set<ByteBuffer> keys = new HashSet<>();
  private int others;

  void clear() {
    keys.clear();
    others = 0;
  }

  /** Normal keys. */
  Set<ByteBuffer> keys() {
    return keys;
  }

  /** Keys of all categories. */
  int count() {
    return keys.size() + Integer.bitCount(others);
  }

  @Override
  public void key(byte[] bytes, int offset, int length) {
    keys.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
  }

  @Override
  public void nullElement() {
    others |= 1 << GinQuery.NULL_ELEMENT;
  }

  @Override
  public void emptyItem() {
    others |= 1 << GinQuery.EMPTY_ITEM;
  }

  @Override
  public void nullItem() {
    others |= 1 << GinQuery.NULL_ITEM;
  }
}
