package io.djinn.source;

import io.djinn.opclass.KeySink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Holds the keys of one row until the whole row has been read, so that a sink gets all keys of a
 * row or none.
 */
final class KeyBuffer implements KeySink {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int NULL_ELEMENT = -1;
  private static final int EMPTY_ITEM = -2;
  private static final int NULL_ITEM = -3;

  /** This less the length of a key that has a payload, whose own length is the next number. */
  private static final int WITH_PAYLOAD = -4;

  private byte[] bytes = new byte[1024];

  /** Length of each key, and of its payload, or what was handed over instead of a key. */
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
    // Number keys are most of the keys there are, and too short for a call to pay.
    if (length == Integer.BYTES) {
      INTS.set(to, end, (int) INTS.get(key, offset));
    } else if (length == Long.BYTES) {
      LONGS.set(to, end, (long) LONGS.get(key, offset));
    } else {
      System.arraycopy(key, offset, to, end, length);
    }
    byteCount = end + length;
    add(length);
  }

  @Override
  public void key(
      byte[] key, int offset, int length, byte[] payload, int payloadOffset, int payloadLength) {
    long needed = (long) byteCount + length + payloadLength;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(bytes.length, Math.toIntExact(needed)));
    }
    System.arraycopy(key, offset, bytes, byteCount, length);
    System.arraycopy(payload, payloadOffset, bytes, byteCount + length, payloadLength);
    byteCount = (int) needed;
    add(WITH_PAYLOAD - length);
    add(payloadLength);
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
      } else if (length <= WITH_PAYLOAD) {
        int keyLength = WITH_PAYLOAD - length;
        int payloadLength = lengths[++i];
        keys.key(bytes, offset, keyLength, bytes, offset + keyLength, payloadLength);
        offset += keyLength + payloadLength;
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
