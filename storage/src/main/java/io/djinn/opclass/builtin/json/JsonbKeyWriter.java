package io.djinn.opclass.builtin.json;

import io.djinn.opclass.KeySink;

/**
 * The keys of {@code jsonb_ops}: a flag, then the text.
 *
 * <pre>
 *   flag  what                                            text
 *   01    key of an object; string that is an element     UTF-8
 *   02    null                                            nothing
 *   03    boolean                                         t or f
 *   04    number                                          sign, digits, e and exponent: by value
 *   05    string that is a member's value                 UTF-8
 *   +10   text of more than 125 bytes                     its hash, 8 bytes
 * </pre>
 *
 * <p>Flags and the limit are those of PostgreSQL's {@code jsonb_gin.c}.
 */
final class JsonbKeyWriter extends JsonbKeys {
  /** Longer texts are hashed, bytes. */
  static final int LONGEST_TEXT = 125;

  JsonbKeyWriter(KeySink sink) {
    super(sink);
  }

  /** The key of an object's key, and of a string that is an element. */
  static byte[] keyOfName(String name) {
    KeyCollector collector = new KeyCollector();
    new JsonbKeyWriter(collector).name(name, 0);
    return collector.last();
  }

  /** The key of a scalar. */
  static byte[] keyOfScalar(Object scalar, boolean isMember) {
    KeyCollector collector = new KeyCollector();
    JsonbKeyWriter writer = new JsonbKeyWriter(collector);
    writer.scalar(writer.put(scalar), isMember, 0);
    return collector.last();
  }

  @Override
  void enter(int depth) {}

  @Override
  void leave(int depth) {}

  @Override
  void name(String name, int depth) {
    key.begin(JsonbScalar.KEY_FLAG);
    key.putText(name);
    finish(JsonbScalar.KEY_FLAG);
  }

  @Override
  void scalar(JsonbScalar type, boolean isMember, int depth) {
    finish(type == JsonbScalar.STRING && !isMember ? JsonbScalar.KEY_FLAG : type.flag);
  }

  private void finish(int flag) {
    if (key.length() > 1 + LONGEST_TEXT) {
      key.hashRest();
      key.setFlag(flag | JsonbScalar.HASHED);
    } else {
      key.setFlag(flag);
    }
    emit();
  }
}
