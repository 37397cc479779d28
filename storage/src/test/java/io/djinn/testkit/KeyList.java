package io.djinn.testkit;

import io.djinn.opclass.KeySink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The keys of one row in the order they came, in words: hex bytes, or the name of what came. */
public final class KeyList implements KeySink {
  private final List<String> keys = new ArrayList<>();

  @Override
  public void key(byte[] bytes, int offset, int length) {
    keys.add(HexFormat.of().formatHex(Arrays.copyOfRange(bytes, offset, offset + length)));
  }

  @Override
  public void nullElement() {
    keys.add("null element");
  }

  @Override
  public void emptyItem() {
    keys.add("empty item");
  }

  @Override
  public void nullItem() {
    keys.add("null item");
  }

  public List<String> keys() {
    return keys;
  }
}
