package io.djinn.testkit;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The sectors of a file by index, copied on write: a copy shares all nodes of 64 sectors until one
 * side changes one. Keeps a hash of its contents up to date.
 */
final class SectorMap {
  private static final int NODE_SECTORS = 64;

  private Sector[][] nodes = new Sector[0][];
  private final BitSet owned = new BitSet();
  private long hash;

  /** A map of the same contents; costs a pointer for every 32 KiB. */
  SectorMap copy() {
    SectorMap copy = new SectorMap();
    copy.nodes = nodes.clone();
    copy.hash = hash;
    owned.clear();
    return copy;
  }

  Sector get(long index) {
    int node = (int) (index / NODE_SECTORS);
    return node < nodes.length && nodes[node] != null
        ? nodes[node][(int) (index % NODE_SECTORS)]
        : null;
  }

  void put(long index, Sector sector) {
    Sector old = get(index);
    if (old == sector) {
      return;
    }
    int node = Math.toIntExact(index / NODE_SECTORS);
    if (node >= nodes.length) {
      nodes = Arrays.copyOf(nodes, Math.max(node + 1, nodes.length + nodes.length / 2));
    }
    if (!owned.get(node)) {
      nodes[node] = nodes[node] == null ? new Sector[NODE_SECTORS] : nodes[node].clone();
      owned.set(node);
    }
    nodes[node][(int) (index % NODE_SECTORS)] = sector;
    hash += share(index, sector) - share(index, old);
  }

  /** Zeroes everything from a byte on. */
  void clearFrom(long byteOffset) {
    long index = byteOffset / Sector.BYTES;
    int kept = (int) (byteOffset % Sector.BYTES);
    if (kept != 0) {
      Sector cut = get(index);
      if (cut != null) {
        put(index, Sector.join(cut, kept, null));
      }
      index++;
    }
    for (long limit = (long) nodes.length * NODE_SECTORS; index < limit; ) {
      if (nodes[(int) (index / NODE_SECTORS)] == null) {
        index += NODE_SECTORS - index % NODE_SECTORS;
      } else {
        put(index++, null);
      }
    }
  }

  /** The same for equal contents; sums the sectors' shares, so that a change costs a sector. */
  long hash() {
    return hash;
  }

  /** Copies a range of bytes to an address. */
  void read(long byteOffset, long address, long lengthBytes) {
    for (long done = 0; done < lengthBytes; ) {
      int offset = (int) ((byteOffset + done) % Sector.BYTES);
      int length = (int) Math.min(Sector.BYTES - offset, lengthBytes - done);
      Sector.copy(get((byteOffset + done) / Sector.BYTES), offset, address + done, length);
      done += length;
    }
  }

  /** The first bytes as an array. */
  byte[] toArray(int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    for (int done = 0; done < lengthBytes; done += Sector.BYTES) {
      int length = Math.min(Sector.BYTES, lengthBytes - done);
      Sector.copy(get(done / Sector.BYTES), 0, bytes, done, length);
    }
    return bytes;
  }

  private static long share(long index, Sector sector) {
    return sector == null ? 0 : SimDisk.mix(sector.hash + index * 0xD6E8FEB86659FD93L);
  }
}
