package io.djinn.opclass.builtin.json;

import io.djinn.opclass.KeySink;
import java.util.Arrays;

/**
 * The keys of {@code jsonb_path_ops}: for each scalar the hash of the keys that lead to it and of
 * itself, 8 bytes. Arrays on the way leave no trace.
 *
 * <p>PostgreSQL's hashes have 32 bits. With millions of different leaves a query key of 32 bits
 * meets a stranger now and then, and each stranger's rows are fetched in vain; 4 bytes more a key
 * end that.
 */
final class JsonbPathHasher extends JsonbKeys {
  /** Hash of the way to the members of an object that is not inside another. */
  static final long ROOT = 0;

  /** Hash of the way to the current member of the container at each depth. */
  private long[] ways = new long[16];

  JsonbPathHasher(KeySink sink) {
    super(sink);
  }

  /** Hash of the way to a member, from that to its object. */
  static long wayTo(long way, String name) {
    JsonbPathHasher hasher = new JsonbPathHasher(new KeyCollector());
    hasher.ways[0] = way;
    hasher.name(name, 1);
    return hasher.ways[1];
  }

  /** The key of a scalar that a way leads to. */
  static byte[] keyOf(long way, Object scalar) {
    KeyCollector collector = new KeyCollector();
    JsonbPathHasher hasher = new JsonbPathHasher(collector);
    hasher.ways[0] = way;
    hasher.scalar(hasher.put(scalar), true, 0);
    return collector.last();
  }

  @Override
  void enter(int depth) {
    if (depth >= ways.length) {
      ways = Arrays.copyOf(ways, 2 * ways.length);
    }
    ways[depth] = ways[depth - 1];
  }

  @Override
  void leave(int depth) {}

  @Override
  void name(String name, int depth) {
    key.begin(JsonbScalar.KEY_FLAG);
    key.putText(name);
    ways[depth] = KeyBytes.mix(ways[depth - 1], key.hash(0));
  }

  @Override
  void scalar(JsonbScalar type, boolean isMember, int depth) {
    key.setFlag(type.flag);
    key.setTo(KeyBytes.mix(ways[depth], key.hash(0)));
    emit();
  }
}
