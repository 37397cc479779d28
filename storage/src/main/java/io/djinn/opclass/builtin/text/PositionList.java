package io.djinn.opclass.builtin.text;

import java.util.Arrays;

/** Positions packed with their weights, as {@link TsVector} packs them; grows as needed. */
final class PositionList {
  private char[] positions = new char[16];
  private int count;

  void clear() {
    count = 0;
  }

  int size() {
    return count;
  }

  char get(int index) {
    return positions[index];
  }

  void add(char packed) {
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, 2 * count);
    }
    positions[count++] = packed;
  }

  /** Keeps positions from an index on that have one of the weights, then without them. */
  void filter(int from, int weights) {
    int kept = from;
    for (int i = from; i < count; i++) {
      if (weights == 0 || (weights & 1 << TsVector.weightOf(positions[i])) != 0) {
        positions[kept++] = (char) TsVector.positionOf(positions[i]);
      }
    }
    count = kept;
  }

  /** The positions, ascending and distinct; they have no weights. */
  char[] toSortedDistinct() {
    char[] sorted = Arrays.copyOf(positions, count);
    Arrays.sort(sorted);
    int distinct = 0;
    for (char position : sorted) {
      if (distinct == 0 || position != sorted[distinct - 1]) {
        sorted[distinct++] = position;
      }
    }
    return distinct == count ? sorted : Arrays.copyOf(sorted, distinct);
  }
}
