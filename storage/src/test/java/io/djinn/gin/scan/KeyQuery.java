package io.djinn.gin.scan;

import io.djinn.opclass.GinQuery;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A query of given keys and ranges whose three-valued answer is a function of their presence.
 *
 * @param ends where the range of each key ends: null for a single key, {@link #NO_END} for none
 */
record KeyQuery(
    Mode mode,
    List<byte[]> keys,
    List<byte[]> ends,
    boolean needsRecheck,
    ToIntFunction<byte[]> consistency)
    implements GinQuery {
  static final byte[] NO_END = {(byte) 0xFF, (byte) 0xFF};

  KeyQuery(Mode mode, List<byte[]> keys, boolean needsRecheck, ToIntFunction<byte[]> consistency) {
    this(mode, keys, Collections.nCopies(keys.size(), null), needsRecheck, consistency);
  }

  @Override
  public int keyCount() {
    return keys.size();
  }

  @Override
  public byte[] key(int index) {
    return keys.get(index);
  }

  @Override
  public int category(int index) {
    return NORMAL_KEY;
  }

  @Override
  public boolean isRange(int index) {
    return ends.get(index) != null;
  }

  @Override
  public byte[] end(int index) {
    return ends.get(index) == NO_END ? null : ends.get(index);
  }

  /** Whether a query key stands for a normal key of a row. */
  static boolean covers(GinQuery query, int index, byte[] key) {
    if (query.category(index) != NORMAL_KEY) {
      return false;
    }
    if (!query.isRange(index)) {
      return Arrays.equals(query.key(index), key);
    }
    return Arrays.compareUnsigned(query.key(index), key) <= 0
        && (query.end(index) == null || Arrays.compareUnsigned(key, query.end(index)) < 0);
  }

  @Override
  public int consistent(byte[] presence) {
    return consistency.applyAsInt(presence);
  }

  @Override
  public boolean matches(Object value) {
    throw new UnsupportedOperationException("rows are not compared here");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(mode.toString());
    for (int i = 0; i < keys.size(); i++) {
      text.append(' ').append(new String(keys.get(i), java.nio.charset.StandardCharsets.UTF_8));
      if (isRange(i)) {
        byte[] end = end(i);
        text.append("..")
            .append(end == null ? "" : new String(end, java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }
}
