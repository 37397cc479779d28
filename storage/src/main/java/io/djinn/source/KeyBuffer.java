package io.djinn.source;

import io.djinn.opclass.KeySink;
import java.util.Arrays;

/**
 * Holds the keys of one row until the whole row has been read, so that a sink gets all keys of a
 * row or none.
 */
final class KeyBuffer implements KeySink {
  private static final int NULL_ELEMENT = -1;
  private static final int EMPTY_ITEM = -2;
  private static final int NULL_ITEM = -3;

  private byte[] bytes = new byte[1024];

  /** Length of each key, or what was handed over instead of one. */
  private int[] lengths = new int[128];

  private int byteCount;
  private int count;

  void clear() {
    byteCount = 0;
    count = 0;
  }

  @Override
  public void key(byte[] key, int offset, int length) {
    if (length > bytes.length - byteCount) {
      bytes = Arrays.copyOf(bytes, grown(bytes.length, Math.addExact(byteCount, length)));
    }
    byte[] to = bytes;
    int end = byteCount;
    if (length <= Long.BYTES) {
      // Number keys are most of the keys there are, and too short for a call to pay.
      for (int i = 0; i < length; i++) {
        to[end + i] = key[offset + i];
      }
    } else {
      System.arraycopy(key, offset, to, end, length);
    }
    byteCount = end + length;
    add(length);
  }

  @Override
  public void nullElement() {
    add(NULL_ELEMENT);
  }

  @Override
  public void emptyItem() {
    add(EMPTY_ITEM);
  }

  @Override
  public void nullItem() {
    add(NULL_ITEM);
  }

  private void add(int length) {
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, grown(count, count + 1));
    }
    lengths[count++] = length;
  }

  private static int grown(int size, int atLeast) {
    return Math.max(atLeast, (int) Math.min(2L * size, Integer.MAX_VALUE - 8));
  }

  /** Hands over what was collected, in order. */
  void replay(KeySink keys) {
    int offset = 0;
    for (int i = 0; i < count; i++) {
      int length = lengths[i];
      if (length >= 0) {
        keys.key(bytes, offset, length);
        offset += length;
      } else if (length == NULL_ELEMENT) {
        keys.nullElement();
      } else if (length == EMPTY_ITEM) {
        keys.emptyItem();
      } else {
        keys.nullItem();
      }
    }
  }
}
