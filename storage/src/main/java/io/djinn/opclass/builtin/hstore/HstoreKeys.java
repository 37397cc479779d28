package io.djinn.opclass.builtin.hstore;

import io.djinn.opclass.builtin.FoundValue;
import io.djinn.opclass.builtin.Utf8Key;
import java.util.Arrays;

/** Makes keys of the index of the keys and values of an hstore. */
final class HstoreKeys {
  /** Of a longer key the beginning is kept; fits pages of 4 KiB and more. */
  static final int MAX_KEY_BYTES = 1024;

  private static final byte KEY = 'K';
  private static final byte VALUE = 'V';
  private static final byte NULL = 'N';

  private final Utf8Key utf8 = new Utf8Key();
  private byte[] bytes = new byte[64];
  private int length;
  private boolean isCut;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Whether other texts may have the same key, since their ends are missing. */
  boolean isCut() {
    return isCut;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  void setKey(String key) {
    set(KEY, key);
  }

  /**
   * @param value null for a null
   */
  void setValue(String value) {
    if (value == null) {
      bytes[0] = NULL;
      length = 1;
      isCut = false;
    } else {
      set(VALUE, value);
    }
  }

  private void set(byte kind, String text) {
    int count = utf8.tryEncode(text);
    if (count < 0) {
      throw new IllegalArgumentException(
          String.format(
              "%s takes Unicode text: \"%s\" has a lone surrogate U+%04X at character %d",
              HstoreOps.NAME, FoundValue.cut(text), (int) text.charAt(~count), ~count + 1));
    }
    isCut = count >= MAX_KEY_BYTES - 1;
    length = Math.min(count + 1, MAX_KEY_BYTES);
    if (length > bytes.length) {
      bytes = new byte[length];
    }
    bytes[0] = kind;
    System.arraycopy(utf8.bytes(), 0, bytes, 1, length - 1);
  }
}
