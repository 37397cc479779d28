package io.djinn.testkit;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** A disk and the cache before it, which outlive the processes ({@link SimVfs}) that use them. */
final class SimDisk {
  final SimDirectory root;
  final long mapCapacityBytes;
  long quotaBytes = Long.MAX_VALUE;
  SimVfs lockHolder;
  private long operations;

  SimDisk(SimDirectory root, long mapCapacityBytes) {
    this.root = root;
    this.mapCapacityBytes = mapCapacityBytes;
  }

  /** The number that the effects of the next call have in common. */
  long nextOperation() {
    return ++operations;
  }

  /** What the quota leaves; a file with two names counts once. */
  long freeBytes() {
    Set<SimNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    return Math.max(0, quotaBytes - usedBytes(root, seen));
  }

  private static long usedBytes(SimDirectory directory, Set<SimNode> seen) {
    long bytes = 0;
    for (SimNode node : directory.cached.values()) {
      if (seen.add(node)) {
        bytes +=
            node instanceof SimFile
                ? ((SimFile) node).sizeBytes()
                : usedBytes((SimDirectory) node, seen);
      }
    }
    return bytes;
  }

  long durableHash() {
    return durableHash(root);
  }

  private static long durableHash(SimDirectory directory) {
    long hash = 1;
    for (Map.Entry<String, SimNode> entry : directory.durable.entrySet()) {
      long share = mix(entry.getKey().hashCode() * 0x9E3779B97F4A7C15L + entry.getKey().length());
      if (entry.getValue() instanceof SimFile) {
        SimFile file = (SimFile) entry.getValue();
        share = mix(share + file.durableBytes()) + file.durable().hash();
      } else {
        share = ~share + durableHash((SimDirectory) entry.getValue());
      }
      hash += mix(share);
    }
    return hash;
  }

  /** Spreads a number over 64 bits. */
  static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
