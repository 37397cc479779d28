package io.djinn.gin.scan;

import io.djinn.opclass.GinQuery;
import java.util.List;
import java.util.function.ToIntFunction;

/** A query of given keys whose three-valued answer is a function of their presence. */
record KeyQuery(
    Mode mode, List<byte[]> keys, boolean needsRecheck, ToIntFunction<byte[]> consistency)
    implements GinQuery {
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
  public int consistent(byte[] presence) {
    return consistency.applyAsInt(presence);
  }

  @Override
  public boolean matches(Object value) {
    throw new UnsupportedOperationException("rows are not compared here");
  }
}
