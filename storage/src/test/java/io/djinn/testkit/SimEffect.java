package io.djinn.testkit;

import java.util.Map;

/**
 * One change that the cache shows and the disk does not have yet.
 *
 * <p>Effects of one call have its operation number in common: a write that extends its file is a
 * change of sectors and a change of size, and a crash may leave either.
 */
sealed interface SimEffect {
  long operation();

  SimNode node();

  /**
   * Whole sectors of a file with the contents the cache had after the call. A crash may leave a
   * part: sectors with {@code kept}, where that is not null, and of sector {@code split} only the
   * first bytes.
   */
  record Data(
      long operation,
      SimFile node,
      long firstSector,
      Sector[] sectors,
      boolean[] kept,
      int split,
      int splitBytes)
      implements SimEffect {
    Data(long operation, SimFile node, long firstSector, Sector[] sectors) {
      this(operation, node, firstSector, sectors, null, -1, 0);
    }

    void applyTo(SectorMap map) {
      for (int i = 0; i < sectors.length; i++) {
        if (kept == null || kept[i]) {
          long index = firstSector + i;
          map.put(
              index, i == split ? Sector.join(sectors[i], splitBytes, map.get(index)) : sectors[i]);
        }
      }
    }
  }

  /** A file gets another size; what a smaller one cuts off is zero when it grows again. */
  record Size(long operation, SimFile node, long sizeBytes) implements SimEffect {}

  /**
   * Names of a directory change together: {@code name} comes to stand for {@code target}, where
   * that is not null, and {@code gone} for nothing, where that is not null. Of a rename from one
   * directory to another the half that takes the old name away has the other half as {@code first},
   * and nothing leaves it on the disk without that.
   */
  final class Name implements SimEffect {
    private final long operation;
    private final SimDirectory node;
    final String name;
    final SimNode target;
    final String gone;
    final Name first;

    /** Whether it is on the disk; false for ever where a failed sync lost it. */
    boolean hardened;

    Name(long operation, SimDirectory node, String name, SimNode target, String gone, Name first) {
      this.operation = operation;
      this.node = node;
      this.name = name;
      this.target = target;
      this.gone = gone;
      this.first = first;
    }

    @Override
    public long operation() {
      return operation;
    }

    @Override
    public SimDirectory node() {
      return node;
    }

    void applyTo(Map<String, SimNode> names) {
      if (gone != null) {
        names.remove(gone);
      }
      if (target != null) {
        names.put(name, target);
      }
    }
  }
}
